"""Whether the figures that a rule watches moved: if they did not, it is blind to what happened."""

from chaos_pizza.model.alert import RISING, AlertRule

STIRRED_SHARE = 0.3
"""Figures whose pace during the fault is within this share of what it was before have not moved."""


def has_stirred(rule: AlertRule, before: float | None, during: float | None) -> bool | None:
    """Tell whether the figures moved to the side on which the rule looks; `None` where that can't be told.

    `before` and `during` the fault they rose at this pace (per second), or by this share for a rule about a share. A
    rule that waits for a rise takes an unknown past for one in which nothing rose.
    """
    if during is None:
        return None
    if rule.operator in RISING:
        return during > (before or 0.0) * (1 + STIRRED_SHARE)
    return None if before is None else during < before * (1 - STIRRED_SHARE)
