"""The process that restores calm when a drill can't any more."""
