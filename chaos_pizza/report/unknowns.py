"""What a drill could not find out, and why: said outright, so that no blank is taken for a nought."""

from chaos_pizza.drill.measures import was_detected_before_impact
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.result import DrillResult, InstantName
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.report.phrasing import clock_time, counted, span
from chaos_pizza.report.standing import NO_PURCHASE_FAILED, OF_RECOVERY, none_failed

_LABELS = {
    MeasureName.TTD: "Time to detect",
    MeasureName.TTD_FROM_IMPACT: "Time to detect from the first failed purchase",
    MeasureName.TTA: "Time to acknowledge",
    MeasureName.TTM: "Time to mitigate",
    MeasureName.TTR: "Time to recover",
    MeasureName.IMPACT_DELAY: "Impact delay",
    MeasureName.RECOVERY_LAG: "Recovery lag",
}
_INSTANTS = {
    InstantName.FIRST_IMPACT: "no purchase of the drill's was seen to fail",
    InstantName.ALERT_PENDING: "no alert was seen pending",
    InstantName.ALERT_FIRING: "no alert that counts was seen firing",
    InstantName.NOTIFIED: "no notification was seen to arrive",
    InstantName.NOTICED: "nobody told the drill that they noticed",
    InstantName.ACKNOWLEDGED: "nobody told the drill that they took it",
    InstantName.MITIGATED: "the fault was not seen to end",
}


def list_unknowns(result: DrillResult, settings: DrillSettings) -> list[str]:
    """Return a line for every measure that is unknown or only bounded and every instant that is not known, and why.

    Empty where there was no fault to measure by.
    """
    if settings.fault is FaultKind.NONE:
        return []
    if InstantName.FAULT_START not in result.timeline.instants:
        return ["All times: nothing proves when the fault began, and they are counted from there."]
    measures = [
        f"{_LABELS[name]}: {_how_far(result, name)}, since {_why(name, result, settings)}."
        for name in MeasureName
        if _is_open(result.measures.get(name))
    ]
    reasons = {**_INSTANTS, InstantName.RECOVERED: _not_recovered(settings)}
    missing = [reason for name, reason in reasons.items() if name not in result.timeline.instants]
    return [*measures, *([f"Not on the timeline: {'; '.join(missing)}."] if missing else [])]


def _is_open(measure: Measure | None) -> bool:
    return measure is None or measure.censored


def _how_far(result: DrillResult, name: MeasureName) -> str:
    measure = result.measures.get(name)
    if name is MeasureName.TTD_FROM_IMPACT and was_detected_before_impact(result.timeline):
        return "none"
    if name in OF_RECOVERY and none_failed(result):
        return "none"
    return "unknown" if measure is None else span(measure)


def _why(name: MeasureName, result: DrillResult, settings: DrillSettings) -> str:
    known = result.timeline.instants
    no_impact = InstantName.FIRST_IMPACT not in known
    if name in OF_RECOVERY:
        return _why_no_recovery(result, settings)
    if name is MeasureName.IMPACT_DELAY or (name is MeasureName.TTD_FROM_IMPACT and no_impact):
        return _INSTANTS[InstantName.FIRST_IMPACT]
    if name is MeasureName.TTD_FROM_IMPACT and was_detected_before_impact(result.timeline):
        return "it was detected before any purchase was known to have failed"
    if name in {MeasureName.TTD, MeasureName.TTD_FROM_IMPACT}:
        return f"nothing and nobody had detected the fault until {_end(result)}"
    if name is MeasureName.TTA:
        is_detected = result.timeline.detected_by is not None
        return _INSTANTS[InstantName.ACKNOWLEDGED] if is_detected else "there was no detection to count from"
    return f"nobody had ended the fault until {_end(result)}"


def _why_no_recovery(result: DrillResult, settings: DrillSettings) -> str:
    if none_failed(result):
        return f"{NO_PURCHASE_FAILED} and there was nothing to recover from"
    if InstantName.MITIGATED not in result.timeline.instants:
        return f"nobody had ended the fault until {_end(result)}"
    return _not_recovered(settings)


def _end(result: DrillResult) -> str:
    """Return up to when it was looked for, in words."""
    by = result.timeline.ended_by
    if InstantName.MITIGATED in result.timeline.instants:
        return "it was over" if by is None or by.mitigates else "the drill itself ended it"
    where = "where the record breaks off" if result.cut_off else "when the drill was over"
    return f"{clock_time(result.ended_at)} UTC, {where}"


def _not_recovered(settings: DrillSettings) -> str:
    return f"no run of {counted(settings.recovery.good_purchases, 'good purchase')} was seen after the fault"
