"""Whether a rule's condition holds for a value."""

import operator
from collections.abc import Callable

from chaos_pizza.model.alert import AlertRule, Operator

_COMPARE: dict[Operator, Callable[[float, float], bool]] = {
    Operator.ABOVE: operator.gt,
    Operator.AT_LEAST: operator.ge,
    Operator.BELOW: operator.lt,
    Operator.AT_MOST: operator.le,
}


def holds(rule: AlertRule, value: float | None) -> bool:
    """Tell whether the value meets the rule's threshold; no value and no number (NaN) never do."""
    return value is not None and _COMPARE[rule.operator](value, rule.threshold)
