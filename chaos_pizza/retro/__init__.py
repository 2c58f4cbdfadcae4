"""The retrospective: all drills together, what they show, and what they can't."""
