"""The sentences of the report's sections, each drawn from the drill's result.

Every function returns sentences, ready for Markdown; texts from outside are escaped here. What the result doesn't know
is said to be unknown, or left to the people who do know.
"""

from chaos_pizza.drill.measures import was_detected_before_impact
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.result import DrillResult, Instant, InstantName
from chaos_pizza.model.settings import DrillSettings, FaultKind, ResponderKind
from chaos_pizza.report.cure_claim import describe_claim
from chaos_pizza.report.escape import plain
from chaos_pizza.report.hands import WHO_ENDED, detector, who_ended
from chaos_pizza.report.phrasing import bitcoin, bounds, counted, day_of, limit, moment, share, span
from chaos_pizza.report.standing import none_failed, told_instants, was_taken_as_detected

WHAT_BROKE = {
    FaultKind.NONE: "nothing was broken",
    FaultKind.FAIL: "the pizza factory answered every order with an error",
    FaultKind.BADJWT: "the pizza factory baked pizzas that do not verify",
    FaultKind.THROTTLE: "the pizza factory took orders but answered far too late",
    FaultKind.OVEN_FULL: "the factory's oven was kept full, so that orders waited in vain",
    FaultKind.SHOP_CHAOS: "the shop itself failed about half of its purchases",
}


def summarize(result: DrillResult, settings: DrillSettings) -> list[str]:
    """Return what broke, who felt it, what noticed, who ended it and when all was well again."""
    if settings.fault is FaultKind.NONE:
        return [
            "This drill was a placebo: nothing was broken, and the right answer was silence.",
            *_detected_in_placebo(result),
            *_purchases(result),
        ]
    start = result.timeline.instants.get(InstantName.FAULT_START)
    if start is None:
        wanted = f"This drill was to bring about a fault (kind: {plain(settings.fault.value)})"
        return [f"{wanted}, but nothing proves that it was ever on: it tells nothing of how the shop bears one."]
    set_in = f"{_at(result, start.when).capitalize()} UTC the fault of this drill set in: {WHAT_BROKE[settings.fault]}."
    return [set_in, *_purchases(result), *detected(result), *ended(result), *_recovered(result)]


def detected(result: DrillResult) -> list[str]:
    """Return what detected the fault first and how long that took; or that nothing did."""
    ttd = result.measures.get(MeasureName.TTD)
    by = result.timeline.detected_by
    if by is None:
        return [f"Nothing and nobody detected the fault{_for_at_least(ttd, sign=',')}."]
    return [f"The fault was first detected by {detector(by)}{f', {span(ttd)} after it began' if ttd else ''}."]


def ended(result: DrillResult) -> list[str]:
    """Return who ended the fault and when; plainly so where nobody but the drill did."""
    mitigated = result.timeline.instants.get(InstantName.MITIGATED)
    by, ttm = result.timeline.ended_by, result.measures.get(MeasureName.TTM)
    if mitigated is None or by is None:
        return [f"The fault was not seen to end{_lasted(ttm)}."]
    if by.mitigates:
        return [f"The fault was ended by {who_ended(result, by)}{f', {span(ttm)} after it began' if ttm else ''}."]
    if by is Actor.UNKNOWN:
        return ["The fault ended, and nobody can tell by whose hand."]
    return [f"Nobody mitigated the fault{_for_at_least(ttm)}; then {WHO_ENDED[by]} put an end to it."]


def describe_detection(result: DrillResult, settings: DrillSettings) -> list[str]:
    """Return how the fault was detected, the alerts' own times, and what the rules allowed at best."""
    if settings.fault is FaultKind.NONE:
        return _detected_in_placebo(result)
    if InstantName.FAULT_START not in result.timeline.instants:
        return ["Without a fault that is proven, there was nothing to detect."]
    sentences = detected(result)
    from_impact = result.measures.get(MeasureName.TTD_FROM_IMPACT)
    if from_impact is not None and not from_impact.censored:
        sentences.append(f"From the first failed purchase to the detection it took {span(from_impact)}.")
    elif was_detected_before_impact(result.timeline):
        sentences.append("It was detected before any purchase was known to have failed.")
    sentences += _alerted(result)
    told = (
        (InstantName.NOTIFIED, "The notification arrived"),
        (InstantName.NOTICED, "A person noticed"),
    )
    sentences += _dated(result, told)
    by = result.timeline.detected_by
    allowed = [
        f"the rule {plain(floor.rule)} by itself allows detection after {bounds(floor.least_s, floor.most_s)}"
        for floor in result.detection_floors
        if by is None or by == f"alert {floor.rule}"
    ]
    return [*sentences, f"In a total outage, {', and '.join(allowed)}."] if allowed else sentences


def describe_impact(result: DrillResult, settings: DrillSettings) -> list[str]:
    """Return what the drill's diners went through; what real customers went through is not known here."""
    impact = result.impact
    sentences = []
    start = result.timeline.instants.get(InstantName.FAULT_START)
    recovered = result.timeline.instants.get(InstantName.RECOVERED)
    ttr = result.measures.get(MeasureName.TTR)
    if impact.failed and start and recovered and ttr:
        began, over = _at(result, start.when), _at(result, recovered.when)
        sentences.append(
            f"Diners could not rely on their purchases for {span(ttr)}: "
            f"the fault began {began} UTC, and the shop had recovered {over} UTC."
        )
    sentences += _purchases(result)
    if impact.failed:
        seconds = counted(round(60 * impact.minutes_below_tolerance), "different second")
        if impact.diners_affected is not None:
            diners = counted(settings.traffic.diners, "diner")
            sentences.append(f"That affected {impact.diners_affected} of the drill's {diners}.")
        if impact.revenue_lost_btc is not None:
            sentences.append(f"Purchases worth {bitcoin(impact.revenue_lost_btc)} were lost.")
        sentences.append(f"Failed purchases fell into {seconds} of the clock.")
    if impact.orders_without_pizza:
        stand = "stands" if impact.orders_without_pizza == 1 else "stand"
        orders = counted(impact.orders_without_pizza, "order")
        sentences.append(f"{orders} {stand} in the shop's books for which no pizza exists.")
    return [
        *sentences,
        "These figures count the drill's own purchases only; what other customers met is not among them.",
    ]


def describe_response(result: DrillResult, settings: DrillSettings) -> list[str]:
    """Return who took the incident and when, as far as anybody said so."""
    if settings.fault is not FaultKind.NONE and not result.timeline.fault_proven:
        return ["No incident was proven that anybody could have responded to."]
    runbook = settings.responder.kind is ResponderKind.RUNBOOK
    reaction = limit(settings.responder.reaction_s)
    played = f"The drill played the runbook in a person's place, set to begin {reaction} after the first alert."
    sentences = [played] if runbook and InstantName.ALERT_FIRING in result.timeline.instants else []
    if runbook and not sentences:
        sentences = ["The drill was to play the runbook once an alert fired, and none did."]
    tta = result.measures.get(MeasureName.TTA)
    diagnosed = _dated(result, ((InstantName.DIAGNOSED, "The cause was known"),))
    if InstantName.ACKNOWLEDGED not in result.timeline.instants:
        nobody = "Nobody responded" if settings.fault is FaultKind.NONE else "Nobody acknowledged the incident"
        return [*sentences, f"{nobody}, as far as anybody told the drill.", *diagnosed]
    sentences += _dated(result, ((InstantName.ACKNOWLEDGED, "The incident was acknowledged"),))
    after = [f"That was {span(tta)} after the detection."] if tta and not tta.censored else []
    if was_taken_as_detected(result):
        after = ["That was how it was detected."]
    return [*sentences, *after, *diagnosed]


def describe_prevention(result: DrillResult) -> list[str]:
    """Return that there is nothing to prevent where no fault was proven; else people must say, so nothing."""
    return [] if result.timeline.fault_proven else ["No fault was proven that could be prevented."]


def describe_cause(result: DrillResult, settings: DrillSettings) -> list[str]:
    """Return the one cause that is known: the drill."""
    if settings.fault is FaultKind.NONE:
        return ["There was no fault: whatever was seen has a cause outside of this drill, or none."]
    start = result.timeline.instants.get(InstantName.FAULT_START)
    if start is None:
        return ["No fault was proven, so there is no cause to name."]
    kind = f"(kind: {plain(settings.fault.value)}): {WHAT_BROKE[settings.fault]}."
    injected = not start.source.startswith("not injected")
    how = "was brought about on purpose, for this drill" if injected else "is not of this drill's making"
    return [f"The fault {how} {kind}", f"Its start was taken from this: {plain(start.source)}."]


def describe_resolution(result: DrillResult, settings: DrillSettings) -> list[str]:
    """Return how the fault ended, when all was well again, and whether calm is certain."""
    calm = (
        "Calm was verified at the end, by the factory's own word and by a pizza."
        if result.timeline.calm_verified
        else "Calm was not verified at the end."
    )
    if settings.fault is FaultKind.NONE:
        return ["There was nothing to resolve.", calm]
    if InstantName.FAULT_START not in result.timeline.instants:
        return [calm]
    dated = _dated(result, ((InstantName.MITIGATED, "The fault ended"),))
    return [*ended(result), *dated, *describe_claim(result), *_recovered(result), calm]


def counted_while(result: DrillResult) -> str:
    """Return in words when the purchases were made that the impact counts."""
    if not result.timeline.fault_proven:
        return "during its method"
    is_over = InstantName.RECOVERED in result.timeline.instants
    return f"from the fault's start until {'recovery' if is_over else 'the end of the drill'}"


def _purchases(result: DrillResult) -> list[str]:
    impact = result.impact
    tried = impact.purchases - impact.rejected
    since = counted_while(result)
    if tried <= 0 or impact.success_ratio is None:
        return [f"No purchase of the drill's counts {since}: what customers would have felt is unknown."]
    if not impact.failed:
        return [f"Of the drill's {counted(tried, 'purchase')} {since}, none failed."]
    failed = f"{impact.failed} failed ({share(impact.failed / tried)})"
    return [f"Of the drill's {counted(tried, 'purchase')} {since}, {failed}."]


def _recovered(result: DrillResult) -> list[str]:
    ttr, lag = result.measures.get(MeasureName.TTR), result.measures.get(MeasureName.RECOVERY_LAG)
    if none_failed(result):
        return ["No purchase of the drill's failed, so there was nothing to recover from."]
    if ttr is None:
        return []
    if ttr.censored:
        return [f"The shop was not seen to recover within {span(ttr).removeprefix('at least ')} of the fault's start."]
    after = f", {span(lag)} after it ended" if lag is not None else ""
    return [f"The shop had recovered {span(ttr)} after the fault began{after}."]


def _alerted(result: DrillResult) -> list[str]:
    """Return which alert fired first and when, and which was pending before it."""
    known = {name: result.timeline.instants[name] for name in told_instants(result.timeline)}
    told = ((InstantName.ALERT_PENDING, "became pending first"), (InstantName.ALERT_FIRING, "fired first"))
    return [
        f"The {plain(known[name].source)} {words}, {_at(result, known[name].when)} UTC."
        for name, words in told
        if name in known
    ]


def _detected_in_placebo(result: DrillResult) -> list[str]:
    by = result.timeline.detected_by
    return [f"There was a false alarm, by {detector(by)}." if by else "Nothing and nobody raised an alarm."]


def _dated(result: DrillResult, told: tuple[tuple[InstantName, str], ...]) -> list[str]:
    known: list[tuple[Instant, str]] = [
        (result.timeline.instants[name], text) for name, text in told if name in result.timeline.instants
    ]
    return [f"{text} {_at(result, instant.when)} UTC; source: {plain(instant.source)}." for instant, text in known]


def _at(result: DrillResult, when: Interval) -> str:
    return moment(when, day_of(result.started_at), preposition="at")


def _for_at_least(measure: Measure | None, *, sign: str = "") -> str:
    return f"{sign} for {span(measure)}" if measure is not None and measure.censored else ""


def _lasted(measure: Measure | None) -> str:
    return f"; it lasted {span(measure)}" if measure is not None and measure.censored else ""
