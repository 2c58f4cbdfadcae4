"""The timeline of a drill under way, built again as its journal grows, but no more often than can be afforded."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from chaos_pizza.drill.observations import Gathering
from chaos_pizza.drill.timeline import timeline_of
from chaos_pizza.model.event import Recorded
from chaos_pizza.model.result import Timeline

BUILD_SHARE = 10.0
"""A timeline is built again after this many times what it took: looking on must not disturb what is looked at."""


@dataclass(frozen=True, slots=True)
class _Built:
    timeline: Timeline
    count: int
    at_s: float
    cost_s: float


class GrowingTimeline:
    """The timeline of records that others go on appending to; each of these is taken in once."""

    def __init__(self, records: Sequence[Recorded], build_share: float = BUILD_SHARE) -> None:
        self._records = records
        self._build_share = build_share
        self._built: _Built | None = None
        self._gathering = Gathering()
        self._lock = threading.Lock()

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
                # A signal may break off anywhere here: what was half taken in by then is forgotten, and taken in anew.
                gathering, self._gathering = self._gathering, Gathering()
                for place in range(len(gathering), count):
                    gathering.add(self._records[place])
                timeline = timeline_of(gathering.observations())
                built = self._built = _Built(timeline, count, now_s, time.monotonic() - now_s)
                self._gathering = gathering
            return built.timeline
