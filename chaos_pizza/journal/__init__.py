"""The journal: the drill itself, as an append-only file. All else that is said of a drill is a function of it."""
