"""A drill on the terminal: while it runs, and what came of it."""
