"""Courses of purchases for the pictures' tests, told as lists. Each begins when the drills of `report_examples` do."""

import numpy as np
from report_examples import BEGIN

from chaos_pizza.drill.course import OUTCOMES, PurchaseCourse
from chaos_pizza.model.purchase import Outcome


def course_of(purchases):
    """The course of purchases told as (second, outcome) or (second, outcome, latency in seconds or None)."""
    told = [(*purchase, 0.1)[:3] for purchase in purchases]
    return PurchaseCourse(
        BEGIN,
        np.array([second for second, _, _ in told], dtype=np.float64),
        np.array([np.nan if latency is None else latency for _, _, latency in told], dtype=np.float64),
        np.array([OUTCOMES.index(outcome) for _, outcome, _ in told], dtype=np.int8),
    )


def every(step_s, until_s, outcome_at):
    """A purchase in every step until then, with the outcome that `outcome_at` names for its second."""
    return course_of([(number * step_s, outcome_at(number * step_s)) for number in range(round(until_s / step_s))])


def failing_from(begin_s, end_s):
    """An outage as `every` wants it."""
    return lambda second: Outcome.FAILED if begin_s <= second < end_s else Outcome.OK


def day(failing=()):
    """24 h at 10 purchases a second, 864,000 in all, of which those with these numbers failed."""
    outcomes = np.zeros(864_000, dtype=np.int8)
    outcomes[list(failing)] = OUTCOMES.index(Outcome.FAILED)
    return PurchaseCourse(BEGIN, np.arange(864_000) / 10, np.full(864_000, 0.02), outcomes)
