"""The rows of the report's tables, their cells ready for Markdown."""

from chaos_pizza.model.detection import DetectionFloor, RuleSight
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.result import BudgetCheck, DrillResult
from chaos_pizza.report.escape import plain
from chaos_pizza.report.hands import WHO_ENDED, detector, who_ended
from chaos_pizza.report.phrasing import bounds, limit, share, span
from chaos_pizza.report.standing import NONE, ended_by_drill, was_taken_as_detected, why_no_time
from chaos_pizza.report.waterfall import SIGHTS

Row = tuple[str, ...]

_MEASURES = {
    MeasureName.TTD: ("Time to detect (TTD)", "undetected"),
    MeasureName.TTA: ("Time to acknowledge (TTA)", "not acknowledged"),
    MeasureName.TTM: ("Time to mitigate (TTM)", "not mitigated"),
    MeasureName.TTR: ("Time to recover (TTR)", "not recovered"),
    MeasureName.IMPACT_DELAY: ("Impact delay", "no purchase failed"),
    MeasureName.RECOVERY_LAG: ("Recovery lag", "not recovered"),
}
OUTCOME_MEANINGS = {
    Outcome.OK: "good",
    Outcome.FAILED: "the shop answered an error",
    Outcome.BAD_PIZZA: "the pizza does not verify",
    Outcome.LATE: "over the latency budget",
    Outcome.TIMEOUT: "no answer in time",
    Outcome.UNREACHABLE: "the shop was out of reach",
    Outcome.REJECTED: "rejected: the drill's own error, not counted",
}
_PARTS = ("scrape", "window", "evaluation", "for", "group_wait")


def measure_rows(result: DrillResult, *, nothing_broken: bool | None = None) -> list[Row]:
    """Return measure, result and budget of all that was measured; empty where nothing was and no budget was set.

    `nothing_broken` says whether the drill was a placebo; without it, the result is asked.
    """
    if not any(result.measures.values()) and not result.budgets:
        return []
    checks = {check.name: check for check in result.budgets}
    rows: list[Row] = [
        _row(result, name, checks.pop(name.value, None), why_no_time(result, name, nothing_broken=nothing_broken))
        for name in _MEASURES
    ]
    for check in checks.values():
        label = "Good purchases" if check.name == "success_ratio" else plain(check.name)
        rows.append((label, _figure(check, check.value), _budget(check)))
    return rows


def floor_rows(floors: tuple[DetectionFloor, ...]) -> list[Row]:
    """Return rule, its parts and their sum for every rule; `-` for a part that it has not."""
    return [
        (
            plain(floor.rule),
            *(bounds(*floor.parts[part]) if part in floor.parts else NONE for part in _PARTS),
            bounds(floor.least_s, floor.most_s),
        )
        for floor in floors
    ]


def sight_rows(sights: tuple[RuleSight, ...]) -> list[Row]:
    """Return rule, whose alerting and what it saw of the fault, for every rule that watched."""
    return [(plain(each.rule), each.source.label, SIGHTS[each.sight] + _after(each)) for each in sights]


def outcome_rows(outcomes: dict[Outcome, int]) -> list[Row]:
    """Return outcome, what it means and how many, for those that came about."""
    return [
        (outcome.value, OUTCOME_MEANINGS[outcome], str(outcomes[outcome]))
        for outcome in Outcome
        if outcomes.get(outcome)
    ]


def missed_budgets(result: DrillResult) -> list[str]:
    """Return what each missed budget is called and was; empty where none was missed."""
    labels = {name.value: label for name, (label, _) in _MEASURES.items()} | {"success_ratio": "Good purchases"}
    missed = [check for check in result.budgets if check.kept is False]
    return [f"{labels.get(check.name) or plain(check.name)}: {_allowed(check)}" for check in missed]


def _row(result: DrillResult, name: MeasureName, check: BudgetCheck | None, why_none: str | None) -> Row:
    label, never = _MEASURES[name]
    cell = _result(result, name, never) if why_none is None else f"{NONE} ({why_none})"
    if why_none is not None and check is not None and check.kept is None:
        return (label, cell, f"{_allowed(check)}: {why_none}, so there is no time to hold against it")
    return (label, cell, _budget(check))


def _result(result: DrillResult, name: MeasureName, never: str) -> str:
    measure = result.measures.get(name)
    cell = "unknown" if measure is None else f"{never}, {span(measure)}" if measure.censored else span(measure)
    if name is MeasureName.TTD and measure is not None:
        return "; ".join([cell, *_detection(result)])
    if name is MeasureName.TTM and result.timeline.ended_by is not None:
        return f"{cell}; ended by {who_ended(result, result.timeline.ended_by)}"
    if name is MeasureName.TTA and was_taken_as_detected(result):
        return f"{cell}: it was how the fault was detected"
    if name is MeasureName.TTA and measure is not None:
        return f"{cell} after the detection"
    by = ended_by_drill(result)
    if name is MeasureName.TTR and measure is not None and not measure.censored and by is not None:
        return f"{cell}; after {WHO_ENDED[by]}"
    return cell


def _detection(result: DrillResult) -> list[str]:
    """Return by what it was detected, and what the rule that detected allows; all rules where it was none of them."""
    by = result.timeline.detected_by
    told = [f"by {detector(by)}"] if by is not None else []
    floors = [floor for floor in result.detection_floors if by == f"alert {floor.rule}"]
    for floor in floors or result.detection_floors:
        rule = "the rule" if floors or len(result.detection_floors) == 1 else f"the rule {plain(floor.rule)}"
        told.append(f"{rule} alone allows {bounds(floor.least_s, floor.most_s)} in a total outage")
    return told


def _after(sight: RuleSight) -> str:
    return f" after {span(sight.after)}" if sight.after else ""


def _budget(check: BudgetCheck | None) -> str:
    if check is None:
        return NONE
    word = {True: "kept", False: "**missed**", None: "can't be told"}[check.kept]
    return f"{_allowed(check)}: {word}"


def _allowed(check: BudgetCheck) -> str:
    return f"at least {_figure(check, check.budget)}" if _is_ratio(check) else f"at most {_figure(check, check.budget)}"


def _figure(check: BudgetCheck, value: float | None) -> str:
    if value is None:
        return "unknown"
    return share(value) if _is_ratio(check) else limit(value)


def _is_ratio(check: BudgetCheck) -> bool:
    return check.name.endswith("_ratio")
