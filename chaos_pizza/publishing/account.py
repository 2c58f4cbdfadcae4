"""What is told of a drill, and the words that several tools tell it in."""

from dataclasses import dataclass, replace
from urllib.parse import quote

from chaos_pizza.drill.detection import detection_among
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.result import BudgetCheck, DrillResult, Instant, Verdict
from chaos_pizza.model.settings import DrillSettings
from chaos_pizza.report.escape import one_line
from chaos_pizza.report.hands import who_ended
from chaos_pizza.report.phrasing import limit, share, span
from chaos_pizza.report.standing import why_no_time, why_not_held

_SIGNS = {
    Verdict.PASSED: "\N{WHITE HEAVY CHECK MARK}",
    Verdict.FAILED: "\N{CROSS MARK}",
    Verdict.INVALID: "\N{WHITE QUESTION MARK ORNAMENT}",
    Verdict.ABORTED: "\N{OCTAGONAL SIGN}",
    Verdict.CALM_NOT_RESTORED: "\N{POLICE CARS REVOLVING LIGHT}",
}
_MEASURES = {
    MeasureName.TTD: ("Time to detect", "undetected"),
    MeasureName.TTA: ("Time to acknowledge", "not acknowledged"),
    MeasureName.TTM: ("Time to mitigate", "not mitigated"),
    MeasureName.TTR: ("Time to recover", "not recovered"),
}
_DRILL = "{drill}"


@dataclass(frozen=True, slots=True)
class Account:
    """A drill as it is told: its result, how it was declared, and where its report can be read (`None`: nowhere)."""

    result: DrillResult
    settings: DrillSettings
    report_url: str | None = None

    @property
    def detection(self) -> Instant | None:
        """What was first to say that something is wrong, rightly or not; `None` where nothing is known to have."""
        timeline = self.result.timeline
        return None if timeline.detected_by is None else detection_among(timeline.instants)

    @property
    def headline(self) -> str:
        """The verdict, as a sign and a word, with the experiment and its target, on one line."""
        verdict = self.result.judgement.verdict
        words = "CALM NOT RESTORED: chaos may still be on" if verdict is Verdict.CALM_NOT_RESTORED else verdict.value
        place = f"{one_line(self.result.experiment)} on {one_line(self.result.target)}"
        return f"{_SIGNS[verdict]} {words}: {place}"


def account_of(result: DrillResult, settings: DrillSettings, report_url: str | None) -> Account:
    """Return what is told of a drill; `{drill}` in `report_url` becomes the drill's id. The timeline stays at home."""
    brief = replace(result, timeline=replace(result.timeline, entries=()), waterfall=())
    url = report_url.replace(_DRILL, quote(result.drill_id, safe="")) if report_url else None
    return Account(brief, settings, url)


def measures_in_words(result: DrillResult) -> list[tuple[str, str]]:
    """Return name and figure of each time that was measured or has a budget, as people say it; empty without any.

    `("Time to detect", "1.91 s (1.91 to 1.92 s), by alert x; budget 15 s: kept")`. Texts from outside are on one line,
    and not escaped for any tool.
    """
    checks = {check.name: check for check in result.budgets}
    said = []
    for name, (label, never) in _MEASURES.items():
        measure, check = result.measures.get(name), checks.get(name.value)
        if measure is not None or check is not None:
            said.append((label, "; ".join([_figure(result, name, measure, never), *_budget_of(result, check)])))
    ratio = checks.get("success_ratio")
    if ratio is not None:
        good = "unknown" if ratio.value is None else share(ratio.value)
        said.append(("Good purchases", "; ".join([good, *_budget(ratio)])))
    return said


def _figure(result: DrillResult, name: MeasureName, measure: Measure | None, never: str) -> str:
    if measure is None:
        why_none = why_no_time(result, name)
        return "unknown" if why_none is None else f"none: {why_none}"
    if measure.censored:
        return f"{never}, {span(measure)}"
    by = result.timeline.detected_by
    if name is MeasureName.TTD and by is not None:
        return f"{span(measure)}, by {one_line(by)}"
    if name is MeasureName.TTM and result.timeline.ended_by is not None:
        return f"{span(measure)}, ended by {who_ended(result, result.timeline.ended_by)}"
    return span(measure)


def _budget_of(result: DrillResult, check: BudgetCheck | None) -> list[str]:
    """Return what is said of a time's budget; empty without one."""
    if check is None or why_not_held(result, check) is None:
        return _budget(check)
    return [f"budget {limit(check.budget)}: no time to hold against it"]


def _budget(check: BudgetCheck | None) -> list[str]:
    if check is None:
        return []
    allowed = share(check.budget) if check.name.endswith("_ratio") else limit(check.budget)
    word = {True: "kept", False: "missed", None: "can't be told"}[check.kept]
    return [f"budget {allowed}: {word}"]
