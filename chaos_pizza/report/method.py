"""How the report's figures were come by, in sentences."""

from collections.abc import Mapping

from chaos_pizza.drill.clock_offset import ClockOffset
from chaos_pizza.drill.course import PurchaseCourse
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.result import DrillResult
from chaos_pizza.model.settings import DrillSettings, TrafficBy, TrafficSettings
from chaos_pizza.model.traffic_profile import ProfileKind
from chaos_pizza.report.by_k6 import describe_k6
from chaos_pizza.report.escape import plain
from chaos_pizza.report.phrasing import bounds, counted, limit
from chaos_pizza.report.sections import counted_while
from chaos_pizza.report.visits import describe_visits


def describe_method(
    result: DrillResult,
    settings: DrillSettings,
    course: PurchaseCourse | None = None,
    clocks: Mapping[Peer, ClockOffset] | None = None,
) -> list[str]:
    """Return how it was bought, watched and timed, a paragraph each.

    What was bought in fact is said by the `course`, how the clocks differed by the `clocks`; nothing where not given.
    """
    return [
        _traffic(settings),
        *_achieved(settings, course),
        *_left_out(result, settings),
        *describe_visits(result.sessions),
        _watching(result, settings),
        _timing(settings),
        *_clocks(clocks),
    ]


def _traffic(settings: DrillSettings) -> str:
    traffic, by = settings.traffic, ""
    if traffic.engine is TrafficBy.K6:
        return describe_k6(traffic)
    if traffic.engine is TrafficBy.LOCUST:
        by = f" and {counted(traffic.workers + traffic.expect_workers, 'Locust worker')}"
    return (
        f"**Traffic.** {_rate(traffic)} by {counted(traffic.diners, 'diner')}{by}, each sent when the plan wanted it, "
        "whether or not earlier ones had been answered. "
        f"A pizza that took longer than {limit(traffic.latency_budget_s)} counts as late, "
        f"and none was waited for longer than {limit(traffic.timeout_s)}."
    )


def _rate(traffic: TrafficSettings) -> str:
    """Return how many purchases a second there were to be, and when."""
    profile = traffic.profile
    many = "1 purchase a second" if traffic.rate_per_s == 1 else f"{traffic.rate_per_s:g} purchases a second"
    match profile.kind:
        case ProfileKind.CONSTANT:
            return many
        case ProfileKind.POISSON:
            return f"{many} on average, at random as people come (Poisson), all times drawn beforehand,"
        case ProfileKind.RAMP:
            return f"From {profile.from_per_s:g} to {many} within {limit(profile.over_s)}, and no more from then on,"
        case ProfileKind.DAY:
            least = f"{traffic.rate_per_s * profile.lowest_ratio:.3g}"
            return f"Up to {many}, and down to {least} and up again as in a day of {limit(profile.period_s)},"


def _achieved(settings: DrillSettings, course: PurchaseCourse | None) -> list[str]:
    if course is None:
        return []
    if len(course) < 2:
        return [f"**Sampling.** {counted(len(course), 'purchase')} of the drill's came to an end that is known."]
    length_s = float(course.intended_s[-1] - course.intended_s[0])
    rate = f"{(len(course) - 1) / length_s:.3g} a second" if length_s > 0 else "all at once"
    made = f"{len(course)} purchases came to an end that is known, {rate}"
    if settings.traffic.engine is TrafficBy.K6:
        return [f"**Sampling.** {made}. What happened between two of them, none saw."]
    if settings.traffic.profile.kind is not ProfileKind.CONSTANT:
        return [f"**Sampling.** {made} on average. What happened between two of them, none saw."]
    planned = f"{settings.traffic.rate_per_s:.3g} a second"
    made = f"{made}, as planned" if rate == planned else f"{made}; {settings.traffic.rate_per_s:g} were planned"
    apart = limit(float(f"{1 / settings.traffic.rate_per_s:.3g}"))
    unseen = f"Purchases were to be {apart} apart: what happened between two of them, none saw."
    return [f"**Sampling.** {made}. {unseen}"]


def _clocks(clocks: Mapping[Peer, ClockOffset] | None) -> list[str]:
    """Return how far the clocks of others were ahead of the drill's."""
    if clocks is None:
        return []
    if not clocks:
        return ["**Clocks.** No other clock was compared with the drill's."]
    told = []
    for peer, offset in clocks.items():
        moved = "" if offset.steady else ", and it moved during the drill"
        told.append(f"{peer.value}: {_offset(offset.least.total_seconds(), offset.most.total_seconds())}{moved}")
    return [f"**Clocks.** Compared with the drill's, as far as the looks at them tell: {'; '.join(told)}."]


def _offset(least_s: float, most_s: float) -> str:
    if least_s >= 0:
        return f"{bounds(least_s, most_s)} ahead"
    if most_s <= 0:
        return f"{bounds(-most_s, -least_s)} behind"
    if max(-least_s, most_s) < 0.01:
        return "the same, to within 0.01 s"
    return f"between {bounds(-least_s, -least_s)} behind and {bounds(most_s, most_s)} ahead"


def _left_out(result: DrillResult, settings: DrillSettings) -> list[str]:
    impact = result.impact
    told = []
    if impact.rejected:
        told.append(f"{counted(impact.rejected, 'purchase')} rejected by the drill's own fault, and counted nowhere")
    if impact.dropped:
        lost = " or their worker was lost" if settings.traffic.engine is TrafficBy.LOCUST else ""
        told.append(f"{impact.dropped} never sent {counted_while(result)}, because too many were under way{lost}")
    return [f"**Left out.** {'; '.join(told)}."] if told else []


def _watching(result: DrillResult, settings: DrillSettings) -> str:
    detection = settings.detection
    team = [source.label for source in result.watched if not source.is_embedded]
    if team:
        which = f"those called {', '.join(map(plain, detection.counting))}" if detection.counting else "any"
        having = ", ".join(f"{plain(name)}={plain(value)}" for name, value in detection.alert_labels.items())
        told = f"{which} with {having}" if having else which
        return f"**Detection.** By the team's own alerting, {' and '.join(team)}. Of its alerts counted {told}."
    if not detection.rules:
        return "**Detection.** No alert rule was watched; only people could notice."
    rules = counted(len(detection.rules), "alert rule")
    every = limit(detection.scrape_interval_s)
    figures = " and ".join(source.label for source in result.watched) or "nowhere: nothing watched them"
    return f"**Detection.** {rules}, over figures read every {every} from {figures}."


def _timing(settings: DrillSettings) -> str:
    good = counted(settings.recovery.good_purchases, "good purchase")
    return (
        "**Time.** All durations are on the drill's own clock, which nothing sets in mid-drill; "
        "dates from the factory's clock were brought onto it by comparing the two. "
        "What was seen only between two looks stands as a stretch of time, in brackets or as “between … and …”; "
        "“at least” marks a time that had found no end. "
        f"Recovered means the first of {good} in a row."
    )
