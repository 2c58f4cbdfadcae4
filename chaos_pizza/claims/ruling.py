"""What one drill says of a claim: held, refuted, or neither.

A claim is held or refuted only where every value that the figure may have had says so. A time is known as an interval;
where it found no end (it is censored), it has a lower bound alone.
"""

from collections.abc import Iterable
from enum import StrEnum

from chaos_pizza.claims.claim import DETECTED_BY, SIGHT, VERDICT, Condition, Relation
from chaos_pizza.model.detection import Sight
from chaos_pizza.model.history import Origin, PastDrill
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import FaultKind

_PROVING = (Verdict.PASSED, Verdict.FAILED)
_DETECTORS = {"alert ": "alert", "mark by ": "person", "person": "person"}
"""How `detected_by` begins, as `drill.detection` writes it, and a person in an incident."""
_MEASURES = {name.value: name for name in MeasureName}
_SURE_SIGHTS = (Sight.MOVED, Sight.BLIND)


class Ruling(StrEnum):
    """What a drill says of a claim."""

    HELD = "held"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


def tells(drill: PastDrill) -> bool:
    """Tell whether a drill can say anything of a claim.

    It can where its verdict is passed or failed, and its fault was proven or it was a placebo. An incident can too,
    although it has no verdict: what went wrong in earnest did go wrong.
    """
    if drill.origin is Origin.INCIDENT:
        return True
    return drill.verdict in _PROVING and (drill.fault_proven is True or drill.fault is FaultKind.NONE)


def rule_on(conditions: Iterable[Condition], drill: PastDrill) -> Ruling:
    """Return what a drill that tells says of all these conditions together, each of them about its experiment.

    One that is refuted refutes them all, and one that is undecided leaves the rest undecided. An incident can refute,
    but what it does not refute it leaves undecided: people wrote it down, and nothing was measured.
    """
    rulings = {rule(condition, drill) for condition in conditions}
    if Ruling.REFUTED in rulings:
        return Ruling.REFUTED
    if Ruling.UNDECIDED in rulings or drill.origin is Origin.INCIDENT:
        return Ruling.UNDECIDED
    return Ruling.HELD


def rule(condition: Condition, drill: PastDrill) -> Ruling:
    """Return what a drill's figures say of one condition, whatever sort of drill it was."""
    if isinstance(condition.wanted, str):
        word = word_of(condition, drill)
        # A rule that came near might have fired, had the fault lasted longer; one that is blind to it never would.
        is_open = word is None or word == Sight.MOVED.value
        return Ruling.UNDECIDED if is_open else _ruled(word == condition.wanted, word != condition.wanted)
    if condition.figure in _MEASURES:
        measure = drill.measures.get(_MEASURES[condition.figure])
        if measure is None:
            return Ruling.UNDECIDED
        return _rule_on_bounds(measure.earliest, measure.latest, condition.relation, condition.wanted)
    number = _impact(condition.figure, drill)
    if number is None:
        return Ruling.UNDECIDED
    return _rule_on_bounds(number, number, condition.relation, condition.wanted)


def word_of(condition: Condition, drill: PastDrill) -> str | None:
    """Return the drill's word for a figure of words; `None` where it doesn't know one."""
    if condition.figure == VERDICT:
        return drill.verdict.value if drill.verdict else None
    if condition.figure == DETECTED_BY:
        return _detector(drill.detected_by)
    assert condition.figure == SIGHT  # noqa: S101 - the grammar knows no other
    return _sight(condition.rule, drill)


def _impact(figure: str, drill: PastDrill) -> float | None:
    """Return a figure of the impact; `None` where a drill made no purchase: nothing failed, since nothing was tried."""
    if drill.origin is Origin.DRILL and not drill.purchases:
        return None
    number: float | None = getattr(drill, figure)
    return number


def _rule_on_bounds(least: float, most: float | None, relation: Relation, wanted: float) -> Ruling:
    """Hold a figure that lies between two bounds, both included, against what is wanted; `most` may be unknown."""
    if relation is Relation.AT_MOST:
        return _ruled(most is not None and most <= wanted, least > wanted)
    if relation is Relation.BELOW:
        return _ruled(most is not None and most < wanted, least >= wanted)
    if relation is Relation.AT_LEAST:
        return _ruled(least >= wanted, most is not None and most < wanted)
    if relation is Relation.ABOVE:
        return _ruled(least > wanted, most is not None and most <= wanted)
    return _ruled(least == most == wanted, least > wanted or (most is not None and most < wanted))


def _ruled(is_held: bool, is_refuted: bool) -> Ruling:
    return Ruling.HELD if is_held else Ruling.REFUTED if is_refuted else Ruling.UNDECIDED


def _detector(detected_by: str | None) -> str | None:
    # Who detects a fault that nobody detected while it lasted can't be told: it might have been an alert, later. And
    # the runbook begins by an alert, whichever of the two the drill took for the first.
    if detected_by is None:
        return None
    return next((word for begin, word in _DETECTORS.items() if detected_by.startswith(begin)), None)


def _sight(rule_name: str | None, drill: PastDrill) -> str | None:
    """Return what the rule saw by whichever alerting saw most; `None` where none watched, or one could not be read."""
    sights = {sight.sight for sight in drill.sights if sight.rule == rule_name}
    if Sight.FIRED in sights:
        return Sight.FIRED.value
    if not sights or Sight.UNKNOWN in sights:
        return None
    return next(sight.value for sight in _SURE_SIGHTS if sight in sights)
