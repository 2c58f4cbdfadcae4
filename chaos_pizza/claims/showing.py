"""What a drill showed of the figures that a claim is about, in words."""

from collections.abc import Sequence

from chaos_pizza.claims.claim import DETECTED_BY, FIGURES, SIGHT, Condition, FigureKind, number_text
from chaos_pizza.claims.ruling import Ruling, rule, word_of
from chaos_pizza.model.history import PastDrill
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.report.phrasing import span

_DECIMALS = 6
_SAW = {"fired": "fired", "moved": "came near while the fault lasted, and did not fire", "blind": "is blind to it"}


def show(conditions: Sequence[Condition], drill: PastDrill, ruling: Ruling) -> str:
    """Return what a drill showed, of those conditions that its ruling rests on; all where none of them has it alone.

    Raw text: the names of rules and of whoever detected came from outside.
    """
    weighty = [condition for condition in conditions if rule(condition, drill) is ruling] or list(conditions)
    return ", ".join(dict.fromkeys(_shown(condition, drill) for condition in weighty))


def _shown(condition: Condition, drill: PastDrill) -> str:
    figure = condition.figure
    if figure == DETECTED_BY:
        return f"detected by {drill.detected_by}" if drill.detected_by else "not detected while it lasted"
    if figure == SIGHT:
        return _sight_shown(condition, drill)
    if FIGURES[figure] is FigureKind.WORD:
        return f"{figure} {word_of(condition, drill) or 'unknown'}"
    if FIGURES[figure] is FigureKind.TIME:
        measure = drill.measures.get(MeasureName(figure))
        return f"{figure} {span(measure) if measure else 'unknown'}"
    number: float | None = getattr(drill, figure)
    return f"{figure} {'unknown' if number is None else number_text(round(float(number), _DECIMALS))}"


def _sight_shown(condition: Condition, drill: PastDrill) -> str:
    word = word_of(condition, drill)
    if word is not None:
        return f"rule {condition.rule} {_SAW[word]}"
    rules = dict.fromkeys(sight.rule for sight in drill.sights)
    if condition.rule in rules:
        return f"the figures of rule {condition.rule} were not read"
    return f"no rule {condition.rule} watched, only {', '.join(rules)}" if rules else "no rule's sight is known"
