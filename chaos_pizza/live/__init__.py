"""The drill that is under way: it buys, watches, responds and restores calm, and records all of it in the journal."""
