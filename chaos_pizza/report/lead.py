"""The answer at the top of a drill's page: the verdict, and the times that matter, in large figures."""

from dataclasses import dataclass

import jinja2

from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.result import BudgetCheck, DrillResult, Verdict
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.report.escape import one_line
from chaos_pizza.report.hands import WHO_ENDED, detector, who_ended
from chaos_pizza.report.notices import REHEARSED
from chaos_pizza.report.phrasing import at_least, bounds, limit, share, span
from chaos_pizza.report.sections import counted_while
from chaos_pizza.report.standing import NONE, ended_by_drill, why_no_time

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("chaos_pizza.report"),
    undefined=jinja2.StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_VERDICTS = {
    Verdict.PASSED: ("passed", "✔"),
    Verdict.FAILED: ("alarm", "✘"),
    Verdict.INVALID: ("caution", "?"),
    Verdict.ABORTED: ("caution", "■"),
    Verdict.CALM_NOT_RESTORED: ("alarm", "⚠"),
}
_CARDS = (
    (MeasureName.TTD, "Time to detect (TTD)", "undetected"),
    (MeasureName.TTM, "Time to mitigate (TTM)", "not mitigated"),
    (MeasureName.TTR, "Time to recover (TTR)", "not recovered"),
)


_NO_BUDGET = "no budget"


@dataclass(frozen=True, slots=True)
class Card:
    """A figure on the page, in plain texts.

    `tone` is how it looks: passed, alarm, caution or muted. `figure` is its one large text, `known` how well that is
    known, `budget` what was allowed and whether it was kept, `by` who or what brought it about; empty where there is
    nothing to say.
    """

    label: str
    tone: str
    figure: str
    known: str = ""
    budget: str = ""
    by: str = ""

    @property
    def is_judged(self) -> bool:
        """Whether a budget was set for it."""
        return self.budget not in {"", _NO_BUDGET}


def get_ready() -> None:
    """Read the template, so that the first part to be made takes only its own time."""
    _TEMPLATES.get_template("lead.html.j2")


def to_lead(result: DrillResult, settings: DrillSettings) -> str:
    """Return the top of a drill's page as HTML: verdict, reasons, and a card for each time; outside texts escaped."""
    tone, sign = _VERDICTS[result.judgement.verdict]
    return _TEMPLATES.get_template("lead.html.j2").render(
        rehearsed=REHEARSED if settings.responder.simulated else None,
        tone=tone,
        sign=sign,
        verdict=result.judgement.verdict.value,
        exit_code=result.judgement.verdict.exit_code,
        reasons=[one_line(reason) for reason in result.judgement.reasons],
        cards=_cards(result, settings),
    )


def _cards(result: DrillResult, settings: DrillSettings) -> list[Card]:
    if settings.fault is FaultKind.NONE:
        return [_false_alarms(result.timeline.detected_by), *_good_purchases(result)]
    if not any(result.measures.get(name) for name, _, _ in _CARDS):
        return _good_purchases(result)
    checks = {check.name: check for check in result.budgets}
    times = [
        _without(label, why, checks.get(name.value))
        if (why := why_no_time(result, name, nothing_broken=False))
        else _time_card(label, never, result.measures.get(name), checks.get(name.value), _by(result, name))
        for name, label, never in _CARDS
    ]
    return [*times, *_good_purchases(result)]


def _false_alarms(by: str | None) -> Card:
    if by is None:
        return Card("False alarms", "passed", "none", "Nothing was broken, and nobody raised an alarm.")
    return Card("False alarms", "alarm", "raised", "Nothing was broken.", by=f"By {detector(by, one_line)}")


def _good_purchases(result: DrillResult) -> list[Card]:
    """Return the card of the share of good purchases, where a budget was set for it."""
    check = next((check for check in result.budgets if check.name == "success_ratio"), None)
    if check is None:
        return []
    tone, budget = _budget(check)
    figure = "unknown" if check.value is None else share(check.value)
    when = counted_while(result)
    return [Card("Good purchases", tone, figure, when[0].upper() + when[1:], budget)]


def _without(label: str, why: str, check: BudgetCheck | None) -> Card:
    tone, budget = _budget(check)
    if check is not None and check.kept is None:
        tone, budget = "muted", f"no time to hold against it (at most {limit(check.budget)})"
    return Card(label, tone, NONE, why.capitalize(), budget)


def _time_card(label: str, never: str, measure: Measure | None, check: BudgetCheck | None, by: str) -> Card:
    tone, budget = _budget(check)
    if measure is None:
        return Card(label, tone, "unknown", budget=budget, by=by)
    if measure.censored or measure.latest is None:
        return Card(label, tone, never, at_least(measure.value), budget, by)
    known = bounds(measure.earliest, measure.latest)
    figure = span(measure).partition(" (")[0]
    return Card(label, tone, figure, "" if known == figure else known, budget, by)


def _budget(check: BudgetCheck | None) -> tuple[str, str]:
    """Return how a budget's card looks, and what it says."""
    if check is None:
        return "muted", _NO_BUDGET
    is_ratio = check.name.endswith("_ratio")
    allowed = f"at least {share(check.budget)}" if is_ratio else f"at most {limit(check.budget)}"
    if check.kept is None:
        return "caution", f"? can't be told ({allowed})"
    return ("passed", f"✔ kept ({allowed})") if check.kept else ("alarm", f"✘ missed ({allowed})")


def _by(result: DrillResult, name: MeasureName) -> str:
    """Return who or what detected or ended it."""
    if name is MeasureName.TTD and result.timeline.detected_by is not None:
        return f"By {detector(result.timeline.detected_by, one_line)}"
    if name is MeasureName.TTM and result.timeline.ended_by is not None:
        return f"Ended by {who_ended(result, result.timeline.ended_by)}"
    by, ttr = ended_by_drill(result), result.measures.get(MeasureName.TTR)
    if name is MeasureName.TTR and by is not None and ttr is not None and not ttr.censored:
        return f"After {WHO_ENDED[by]}: counts nobody's work"
    return ""
