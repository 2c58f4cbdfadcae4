"""The live console's server: what everybody may see of a drill under way, and what people have to say of it."""
