"""A game day's plan, what its lot falls on, and the proof that nobody changed that afterwards."""
