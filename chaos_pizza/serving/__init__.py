"""HTTP servers of our own: the sandbox's services, and what a drill shows and takes in."""
