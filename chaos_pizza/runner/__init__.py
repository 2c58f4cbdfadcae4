"""A drill as a whole, from an experiment file to a judged report."""
