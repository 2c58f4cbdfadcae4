"""The timeline of a drill under way, built again as its journal grows, but no more often than can be afforded."""

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import overload

from chaos_pizza.drill.failing_stretches import inside_failing_stretches
from chaos_pizza.drill.mitigation import SURE_RUN
from chaos_pizza.drill.observations import Gathering, Observations
from chaos_pizza.drill.purchases import OK
from chaos_pizza.drill.timeline import timeline_of
from chaos_pizza.model.event import FaultInjected, Recorded
from chaos_pizza.model.growing_column import Column
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.micros import instant_at, micros_of
from chaos_pizza.model.result import InstantName, Timeline

BUILD_SHARE = 10.0
"""A timeline is built again after this many times what it took: looking on must not disturb what is looked at."""


_KEEP = timedelta(minutes=10)
"""So long good purchases are remembered; for ever where they tell of the fault and of the recovery from it."""
_MARGIN = timedelta(minutes=2)
"""So much longer than the longest purchase that what bounds an instant is remembered with it."""
_FEW = 5_000
"""Some are forgotten whenever so many more have come."""


class PassingRecords(Sequence[Recorded]):
    """A drill's records on their way to its timeline, which lets go of what it has taken in: a drill may last for days.

    Its length counts those that are gone.
    """

    def __init__(self, records: Iterable[Recorded] = ()) -> None:
        self._held = list(records)
        self._gone = 0

    def append(self, recorded: Recorded) -> None:
        """Add the next record, in whatever thread."""
        self._held.append(recorded)

    def let_go(self, count: int) -> None:
        """Forget the first `count` of all records that ever were added."""
        del self._held[: count - self._gone]
        self._gone = count

    def __len__(self) -> int:
        return self._gone + len(self._held)

    @overload
    def __getitem__(self, place: int) -> Recorded: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Recorded]: ...
    def __getitem__(self, place: int | slice) -> Recorded | Sequence[Recorded]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        held = range(len(self))[place] - self._gone
        if held < 0:
            raise IndexError(f"record {place} was let go of")
        return self._held[held]


@dataclass(frozen=True, slots=True)
class _Built:
    timeline: Timeline
    count: int
    at_s: float
    cost_s: float


class GrowingTimeline:
    """The timeline of records that others go on appending to; each of these is taken in once.

    Whatever its length, what it remembers of a drill is little, and that changes no timeline: good purchases that are
    long over say nothing more of any instant, nor do failures amid others. Only while a fault is on that lets purchases
    be good for long are these kept, for its end may be told of late: 44 bytes each.
    """

    def __init__(self, records: Sequence[Recorded], build_share: float = BUILD_SHARE, few: int = _FEW) -> None:
        self._records = records
        self._build_share = build_share
        self._built: _Built | None = None
        self._gathering = Gathering(for_timeline=True)
        self._few = self._forget_at = few
        self._lock = threading.Lock()
        self._builder: int | None = None

    @property
    def is_building_here(self) -> bool:
        """Whether this very thread is taking records in, where an exception of a signal's would lose some of them."""
        return self._builder == threading.get_ident()

    def so_far(self) -> Timeline:
        """Return the timeline as far as it goes, for who asks again and again: it may lag by what building it costs.

        Raises `JournalError` while there is no record yet.
        """
        built = self._built
        if built is None or time.monotonic() - built.at_s >= self._build_share * built.cost_s:
            return self.up_to_now()
        return built.timeline

    def up_to_now(self) -> Timeline:
        """Return the timeline with all that is recorded by now, for who asks but once; raises as `so_far`."""
        with self._lock:
            count, now_s = len(self._records), time.monotonic()
            built = self._built
            if built is None or built.count != count:
                self._builder = threading.get_ident()
                try:
                    timeline = self._take_in(count)
                finally:
                    self._builder = None
                built = self._built = _Built(timeline, count, now_s, time.monotonic() - now_s)
            return built.timeline

    def _take_in(self, count: int) -> Timeline:
        gathering = self._gathering
        for place in range(len(gathering), count):
            gathering.add(self._records[place])
        if isinstance(self._records, PassingRecords):
            self._records.let_go(count)
        observations = gathering.observations()
        timeline = timeline_of(observations)
        if gathering.purchases_kept > self._forget_at:
            asked = min((event.sent_at for event in observations.all_of(FaultInjected)), default=None)
            before = timeline.observed_until - _KEEP
            gathering.forget(
                before,
                _to_remember(timeline, asked, observations),
                _amid(timeline, before),
                _failing(timeline, before, observations),
            )
            self._forget_at = gathering.purchases_kept + self._few
        return timeline


def _to_remember(
    timeline: Timeline, asked_at: datetime | None, observations: Observations
) -> tuple[datetime, datetime] | None:
    """Return between when purchases tell of a fault and of what became of it; `None` where none was asked for."""
    instants = timeline.instants
    known = [instants[name].when.earliest for name in _OF_FAULT if name in instants]
    begins = [*known, *([asked_at] if asked_at else [])]
    if not begins:
        return None
    recovered = instants.get(InstantName.RECOVERED)
    if recovered is None:
        return min(begins) - _MARGIN, timeline.observed_until
    return min(begins) - _MARGIN, max(recovered.when.latest, _run_until(observations, recovered.when)) + _MARGIN


def _run_until(observations: Observations, recovered: Interval) -> datetime:
    """Return by when so many good purchases had ended since then as prove a recovery: without them it is none."""
    purchases = observations.purchases
    ended_us = purchases.rows.answered_us[purchases.order[purchases.rows.outcome[purchases.order] == OK]]
    run_us = ended_us[ended_us >= micros_of(recovered.latest)][: _wanted(observations)]
    return instant_at(int(run_us.max())) if len(run_us) else recovered.latest


def _amid(timeline: Timeline, before: datetime) -> tuple[datetime, datetime] | None:
    """Return between when purchases only went on failing, of a fault that was recovered from by then; else `None`."""
    known = [timeline.instants.get(name) for name in (InstantName.FIRST_IMPACT, InstantName.MITIGATED)]
    recovered = timeline.instants.get(InstantName.RECOVERED)
    if recovered is None or recovered.when.latest > before or None in known:
        return None
    impact, mitigated = (instant.when for instant in known if instant)
    return impact.latest + _MARGIN, mitigated.earliest - _MARGIN


def _failing(timeline: Timeline, before: datetime, observations: Observations) -> list[Column]:
    """Return the numbers of purchases that only went on failing: well after the first impact, and well off the end."""
    impact, mitigated = (timeline.instants.get(name) for name in (InstantName.FIRST_IMPACT, InstantName.MITIGATED))
    if impact is None:
        return []
    wanted, since = _wanted(observations), impact.when.latest + _MARGIN
    stretches = [(since, before)]
    if mitigated is not None:
        ends, begins = mitigated.when.earliest - _MARGIN, mitigated.when.latest + _MARGIN
        stretches = [(since, min(ends, before)), (max(since, begins), before)]
    return [
        inside_failing_stretches(observations.purchases, micros_of(begins), micros_of(ends), wanted)
        for begins, ends in stretches
    ]


def _wanted(observations: Observations) -> int:
    """Return how many good purchases in a row may ever tell something."""
    return max(SURE_RUN, observations.started.settings.recovery.good_purchases)


_OF_FAULT = (InstantName.FAULT_START, InstantName.FIRST_IMPACT)
