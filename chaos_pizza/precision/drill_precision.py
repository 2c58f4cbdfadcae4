"""How exact a drill's figures are, all in one."""

from collections.abc import Mapping

from chaos_pizza.drill.clock_offset import ClockOffset
from chaos_pizza.drill.purchases import Purchases
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.precision import ClockBounds, Precision
from chaos_pizza.model.result import Timeline
from chaos_pizza.model.settings import TrafficBy, TrafficSettings
from chaos_pizza.model.traffic_profile import ProfileKind
from chaos_pizza.precision.measure_errors import measure_errors
from chaos_pizza.precision.sampling import lateness_of, longest_gap_s, path_of


def precision_of(
    purchases: Purchases,
    traffic: TrafficSettings,
    clocks: Mapping[Peer, ClockOffset],
    timeline: Timeline,
    measures: Mapping[MeasureName, Measure | None],
) -> Precision:
    """Return how exact a drill's figures are; what it did not see of itself is `None` there."""
    # When a script's purchases were meant to leave nobody says, so that they were never late is not known.
    is_planned = traffic.engine is not TrafficBy.K6
    return Precision(
        rate_per_s=traffic.rate_per_s if is_planned else None,
        lateness=lateness_of(purchases) if is_planned else None,
        path=path_of(purchases),
        longest_gap_s=longest_gap_s(purchases),
        clocks=clock_bounds(clocks),
        errors=measure_errors(timeline, measures),
        is_even=is_planned and traffic.profile.kind is ProfileKind.CONSTANT,
        dropped=purchases.dropped,
    )


def clock_bounds(clocks: Mapping[Peer, ClockOffset]) -> tuple[ClockBounds, ...]:
    """Return the clocks that were compared with ours, in the order of the services; empty where none was."""
    return tuple(
        ClockBounds(
            peer, clocks[peer].least.total_seconds(), clocks[peer].most.total_seconds(), steady=clocks[peer].steady
        )
        for peer in Peer
        if peer in clocks
    )
