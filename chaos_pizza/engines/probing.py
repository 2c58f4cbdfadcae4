"""What workers' clocks show, asked for again and again."""

from collections import deque
from collections.abc import Mapping
from typing import Any

from chaos_pizza.clock import Clock
from chaos_pizza.engines.locust_master_link import MasterLink
from chaos_pizza.engines.telling import whole
from chaos_pizza.engines.worker_clock import WorkerClock
from chaos_pizza.model.micros import micros_of

_OPEN = 16
"""Questions kept that are unanswered; an answer that comes later than so many tells nothing of worth."""


class Probing:
    """Asks all workers at once for their clocks, and takes in their answers; each question is answered once by each."""

    def __init__(self, link: MasterLink, clock: Clock) -> None:
        self._link = link
        self._clock = clock
        self._number = 0
        self._open: deque[tuple[int, int, dict[str, WorkerClock]]] = deque(maxlen=_OPEN)

    def ask(self, clocks: Mapping[str, WorkerClock]) -> None:
        """Ask those whose clocks are named, by Locust's names for them."""
        self._number += 1
        self._open.append((self._number, micros_of(self._clock.now()), dict(clocks)))
        self._link.say({"do": "probe", "id": self._number})

    def hear(self, sender: str, said: Mapping[str, Any], at_us: int) -> None:
        """Take in an answer, and leave anything else alone; `ValueError` for one that is none."""
        if said.get("tell") != "probe":
            return
        number, shown_us = whole(said.get("id")), whole(said.get("clock_us"))
        for asked, asked_us, unanswered in self._open:
            clock = unanswered.pop(sender, None) if asked == number else None
            if clock is not None:
                clock.add(asked_us, at_us, shown_us)
