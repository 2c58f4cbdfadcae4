"""How exact a drill's figures are, and how exact they can be expected to be at a rate."""

from dataclasses import dataclass, field

from chaos_pizza.model.incident import Peer
from chaos_pizza.model.measure import MeasureName

TOLD = (MeasureName.TTD, MeasureName.TTM, MeasureName.TTR)
"""The measures whose error is told."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took each of `count` times (1 or more): middle, 99th percentile and greatest, in seconds.

    Percentiles are by nearest rank, so each is a time that it really took once.
    """

    count: int
    p50_s: float
    p99_s: float
    greatest_s: float


@dataclass(frozen=True, slots=True)
class ClockBounds:
    """A service's clock was ahead of ours by `least_s` to `most_s` seconds (below 0: behind).

    `steady` is false where no single difference explains all that was seen of it.
    """

    peer: Peer
    least_s: float
    most_s: float
    steady: bool

    @property
    def uncertainty_s(self) -> float:
        """How far the middle of the two may be off, either way."""
        return (self.most_s - self.least_s) / 2


@dataclass(frozen=True, slots=True)
class MeasureError:
    """How far a measure's single figure may be off, in seconds.

    `bound_s` is the most, either way: the truth lies in the measure's interval, `interval_s` long, and the figure is
    its middle or near it. `start_s` and `end_s` say what of it comes from where the measure begins and where it ends:
    half of what is not known of each instant.
    """

    interval_s: float
    bound_s: float
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Precision:
    """How exact a drill's figures are, from what it saw of itself.

    `rate_per_s` is what was planned, and `is_even` whether that lay evenly in time; `None` where a script of the team's
    decided it, whose plan nobody knows. `lateness` is how late purchases left, against the plan. `path` is the time
    from the sending of a good purchase to its answer. `longest_gap_s` is the longest time in which no purchase was
    decided. These are `None` where too few purchases were made. `errors` holds no entry for a measure that is unknown
    or a lower bound. `dropped` is how many purchases of the whole drill were planned and never left.
    """

    rate_per_s: float | None
    lateness: Spread | None = None
    path: Spread | None = None
    longest_gap_s: float | None = None
    clocks: tuple[ClockBounds, ...] = ()
    errors: dict[MeasureName, MeasureError] = field(default_factory=dict)
    is_even: bool = True
    dropped: int = 0

    @property
    def plan_was_kept(self) -> bool | None:
        """Whether 99 of 100 purchases that left did so before the next one was due; `None` without any or a plan."""
        if self.lateness is None or self.rate_per_s is None:
            return None
        return self.lateness.p99_s <= 1 / self.rate_per_s


@dataclass(frozen=True, slots=True)
class RateCalibration:
    """What came of buying at a rate for `lasted_s` seconds without any fault.

    `offered` purchases were planned in that time, `decided` came to an end or ran out of time; `good` of these were,
    and that within `latency_budget_s`. The others are as in `Precision`. `expected_s` is the error to expect of each
    measure, either way; empty where it can't be told.
    """

    rate_per_s: float
    lasted_s: float
    offered: int
    decided: int
    good: int
    lateness: Spread | None
    path: Spread | None
    expected_s: dict[MeasureName, float] = field(default_factory=dict)
    latency_budget_s: float = 2.0

    @property
    def is_kept(self) -> bool:
        """Whether this machine and this shop keep up: 95 of 100 were decided, and 99 of 100 left before the next."""
        return self.left_in_time and self.decided >= ENOUGH_DECIDED * self.offered

    @property
    def left_in_time(self) -> bool:
        """Whether 99 of 100 left before the next one was due: whatever came of them, this machine kept the plan."""
        return self.lateness is not None and self.lateness.p99_s <= 1 / self.rate_per_s

    @property
    def is_no_use(self) -> bool:
        """Whether the plan was kept and not one purchase was good: then it isn't the rate that is wrong."""
        return self.left_in_time and not self.good


ENOUGH_DECIDED = 0.95
"""So many of the purchases that were due have to be decided for a rate to count as kept (0 to 1)."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a calibration found: a row for each rate, lowest first.

    `factory_path` is how long the factory takes to answer; `None` where it never did. `clocks` are the services' clocks
    against ours, as far as the `Date` of their answers tells.
    """

    target: str
    rates: tuple[RateCalibration, ...]
    factory_path: Spread | None
    clocks: tuple[ClockBounds, ...] = ()
