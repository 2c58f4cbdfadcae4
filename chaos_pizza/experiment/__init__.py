"""What an experiment file declares of its drill. Pure."""
