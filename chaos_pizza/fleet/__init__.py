"""Many shops drilled in one go: the plan, each shop's row, and what is said of all of them."""
