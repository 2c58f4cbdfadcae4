"""Whether the figures that a rule watches moved: if they did not, it is blind to what happened."""

from collections.abc import Sequence
from itertools import pairwise

from chaos_pizza.model.alert import RISING, AlertRule

STIRRED_SHARE = 0.3
"""Figures whose pace during the fault is within this share of what it was before have not moved."""


def risen(values: Sequence[float], *, is_born: bool) -> float:
    """Return how much a counter rose that showed these values one after the other; 0 for none.

    A fall is a restart from 0. One that `is_born` with the first value rose to it from 0, too.
    """
    shown = [0.0, *values] if is_born and values else values
    return sum(after - before if after >= before else after for before, after in pairwise(shown))


def pace(own: float, whole: float | None, passed_s: float) -> float | None:
    """Return how fast a rule's counters rose, per second, or as a share of the `whole` for a rule about a share.

    `None` where that can't be told: no time passed, or nothing of the whole.
    """
    divisor = passed_s if whole is None else whole
    return own / divisor if divisor > 0 else None


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
