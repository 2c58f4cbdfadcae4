"""The embedded evaluator of alert rules: counters in, an alert's changes of state out. Pure but for shipped data."""
