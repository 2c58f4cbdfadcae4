"""The recorder: what the traffic saw is heard twice a second, and written into the journal once a second."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.purchase import Overdue, Sample
from chaos_pizza.traffic.engine import TrafficEngine
from chaos_pizza.traffic.recent import RecentPurchases

_TAKE_INTERVAL_S = 0.5
"""Alerts and stop conditions know of each purchase after no more than this."""
_WRITE_EVERY = 2
"""A line of the journal holds what was taken in so many times: a line's own bytes are shared by more purchases."""

Hear = Callable[[PurchasesObserved], object]


class Recorder:
    """Takes what the traffic saw, tells everybody in `hears` at once, and has it written by `write` each second.

    A batch is written at once when purchases turn bad, and when `recovery_run` of them were good again: nobody who
    follows the drill, and no step that waits for recovery, is to wait a second for what the diners know.
    """

    def __init__(
        self, traffic: TrafficEngine, recent: RecentPurchases, recovery_run: int, hears: Sequence[Hear], write: Hear
    ) -> None:
        self._traffic = traffic
        self._hears = hears
        self._write = write
        self._turned = asyncio.Event()
        self._samples: list[Sample] = []
        self._overdue: list[Overdue] = []
        self._dropped = self._in_flight = 0
        recent.tell_when_bad(self._turned.set)
        recent.tell_when_good(recovery_run, self._turned.set)

    async def run(self) -> None:
        """Take and write until cancelled; what is late is not made up for."""
        loop = asyncio.get_running_loop()
        due_s, left = loop.time() + _TAKE_INTERVAL_S, _WRITE_EVERY
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due_s):
                    await self._turned.wait()
            if self._turned.is_set():
                self._turned.clear()
                self.finish()
                continue
            due_s, left = max(due_s + _TAKE_INTERVAL_S, loop.time()), left - 1
            if left:
                self._take()
                continue
            left = _WRITE_EVERY
            self.finish()

    def finish(self) -> None:
        """Take what there is by now, and write all that is not written yet; nothing, too: that is a sign of life."""
        self._take()
        observed = PurchasesObserved(tuple(self._samples), tuple(self._overdue), self._dropped, self._in_flight)
        self._samples, self._overdue, self._dropped = [], [], 0
        self._write(observed)

    def _take(self) -> None:
        observed = self._traffic.take()
        self._samples += observed.samples
        self._overdue += observed.overdue
        self._dropped += observed.dropped
        self._in_flight = observed.in_flight
        for hear in self._hears:
            hear(observed)
