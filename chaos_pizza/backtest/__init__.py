"""Alert rules tried against what was recorded: when they would have fired, how often for nothing, what halves TTD."""
