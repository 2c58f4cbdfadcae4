"""Whether the drills under one version of the rules, or of the earlier half, differ from the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from chaos_pizza.model.history import PastDrill
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.retro.durations import LEAST_FOR_INTERVAL, Durations
from chaos_pizza.retro.experiments import Group
from chaos_pizza.retro.log_rank import LEVEL, LogRank, holm, log_rank
from chaos_pizza.retro.median import Median, estimate_median
from chaos_pizza.retro.power import Spread, drills_needed, spread_of


class Divide(StrEnum):
    """What lies between the two sides of a comparison."""

    RULES = "rules"
    """Another version of the alert rules."""
    TIME = "time"
    """Nothing but time: the earlier half of the drills against the later one. It is advice, and proves no cause."""


class Finding(StrEnum):
    """What a comparison comes to."""

    SHORTER = "shorter"
    """The times became shorter."""
    LONGER = "longer"
    ALIKE = "alike"
    """They can't be told apart: there may be a difference, or none."""


@dataclass(frozen=True, slots=True)
class Side:
    """The drills of one side; `rules_version` is theirs where they share one."""

    durations: Durations
    median: Median | None
    rules_version: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides of a group, held against each other by one measure.

    `p_value` is the test's, adjusted for all tests of the retrospective.
    `needed` is how many drills whose time found its end each side needs, among all these tests, to show a change of
    30 % in the median, by their `spread`.
    """

    experiment: str
    announced: bool | None
    measure: MeasureName
    divide: Divide
    before: Side
    after: Side
    test: LogRank
    p_value: float
    spread: Spread
    needed: int

    @property
    def finding(self) -> Finding:
        """What it comes to, at a level of 5 % after the adjustment."""
        if self.p_value >= LEVEL:
            return Finding.ALIKE
        # Below 0 fewer of the first side had found their end than would have, were both alike: theirs took longer.
        return Finding.SHORTER if self.test.z < 0 else Finding.LONGER

    @property
    def missing(self) -> int:
        """How many drills whose time finds its end both sides together lack until they would show a change of 30 %."""
        return sum(max(0, self.needed - len(side.durations.seen_s)) for side in (self.before, self.after))


def compare_groups(groups: Sequence[Group]) -> tuple[Comparison, ...]:
    """Return every comparison that some groups allow, their p-values adjusted together; empty where none can be made.

    Two versions of the rules are compared by the time to detect: the two latest with at least 5 drills each. Halves are
    compared by the time to detect and the time to mitigate where each half has 5. Where the rules divide the very same
    drills, the halves say no more about detection and are left out.
    """
    found = [comparison for group in groups for comparison in _comparisons(group)]
    adjusted = holm([comparison.test.p_value for comparison in found])
    return tuple(
        replace(each, p_value=p_value, needed=drills_needed(each.spread.log_spread, tests=len(found)))
        for each, p_value in zip(found, adjusted, strict=True)
    )


def _comparisons(group: Group) -> Iterator[Comparison]:
    versions = [
        drills
        for drills in group.by_rules().values()
        if _durations(drills, MeasureName.TTD).count >= LEAST_FOR_INTERVAL
    ]
    # By when each was last in use, so that the present rules are among those compared.
    by_rules = sorted(versions, key=lambda drills: drills[-1].started_at)[-2:]
    if len(by_rules) == 2:
        yield from _compare(group, MeasureName.TTD, Divide.RULES, *by_rules)
    half = len(group.drills) // 2
    halves = [group.drills[:half], group.drills[half:]]
    if by_rules != halves:
        yield from _compare(group, MeasureName.TTD, Divide.TIME, *halves)
    yield from _compare(group, MeasureName.TTM, Divide.TIME, *halves)


def _compare(
    group: Group, name: MeasureName, divide: Divide, before: Sequence[PastDrill], after: Sequence[PastDrill]
) -> Iterator[Comparison]:
    """Yield a comparison; none where either side is too small, or where there is nothing that could differ."""
    first, second = _side(before, name), _side(after, name)
    test = log_rank(first.durations, second.durations)
    if test is None:
        return
    spread = spread_of([first.durations, second.durations])
    yield Comparison(
        experiment=group.experiment,
        announced=group.announced,
        measure=name,
        divide=divide,
        before=first,
        after=second,
        test=test,
        # Until all tests are known, as if it were the only one.
        p_value=test.p_value,
        spread=spread,
        needed=drills_needed(spread.log_spread),
    )


def _side(drills: Sequence[PastDrill], name: MeasureName) -> Side:
    durations = _durations(drills, name)
    versions = {drill.rules_version for drill in drills}
    return Side(durations, estimate_median(durations), versions.pop() if len(versions) == 1 else None)


def _durations(drills: Sequence[PastDrill], name: MeasureName) -> Durations:
    return Durations.of(drill.measures.get(name) for drill in drills)
