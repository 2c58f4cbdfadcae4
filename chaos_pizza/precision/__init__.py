"""How exact figures are: pure functions from what a drill, or a calibration, saw of itself.

`drill_precision.precision_of` says it of a drill, `expectation.expected_errors` says it beforehand.
"""
