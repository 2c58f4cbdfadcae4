"""What a drill amounts to: pure functions from the journal's events to timeline, measures and verdict.

`result.judge` says all that is said of a drill; `timeline.build_timeline` says what happened when, also while it runs.
"""
