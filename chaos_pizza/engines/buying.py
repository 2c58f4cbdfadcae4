"""A worker's share of the purchases, made at their planned times whether or not earlier ones have been answered.

Only Locust's own processes import this.
"""

from collections.abc import Callable
from typing import Any

import gevent
from gevent.event import Event
from gevent.pool import Group

from chaos_pizza.clock import Clock
from chaos_pizza.engines.gevent_buyer import GeventBuyer
from chaos_pizza.engines.telling import Batch, Bought, Waiting
from chaos_pizza.model.micros import micros_of
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.traffic.plan import Plan, Planned

_BATCH_S = 0.2
"""So often what was seen is told, and that the worker is there."""
_BAD_NEWS_S = 0.02
"""A purchase that failed is told of after so long at the most: somebody waits for it."""
_OVERDUE_GRACE_S = 0.1
"""As in the drill's own traffic: an answer that came in time is never overtaken by its alarm."""


class Buying:
    """Buys every `workers`-th purchase of the plan, by the worker's own clock, and tells of it in batches."""

    def __init__(
        self,
        buyer: GeventBuyer,
        settings: TrafficSettings,
        clock: Clock,
        share: tuple[int, int, int],
        diners: int,
        tell: Callable[[dict[str, Any]], None],
    ) -> None:
        worker, self._workers, first = share
        self._first = first + (worker - first) % self._workers
        self._most_in_flight = max(1, settings.max_in_flight // self._workers)
        self._buyer = buyer
        self._settings = settings
        self._clock = clock
        self._plan = Plan(settings.rate_per_s, diners, buyer.menu, settings.seed, settings.profile)
        self._start_us = 0
        self._tell = tell
        self._under_way = Group()
        self._bought: list[Bought] = []
        self._waiting: list[Waiting] = []
        self._dropped: list[int] = []
        self._bad_news = Event()
        self._is_over = False

    def run(self, start_us: int) -> None:
        """Buy from `start_us` (microseconds since 1970, this worker's clock) until told to stop."""
        self._start_us = start_us
        telling = gevent.spawn(self._keep_telling)
        number = self._first
        while not self._is_over:
            planned = self._plan.purchase(number)
            due_us = start_us + round(planned.offset_s * 1e6)
            # Always give way, even when behind: the answers need their turn too.
            gevent.sleep(max(0.0, (due_us - micros_of(self._clock.now())) / 1e6))
            if not self._is_over:
                self._send(planned, due_us)
            number += self._workers
        telling.kill()

    def stop(self) -> None:
        """Send nothing more, give up what is under way, and tell what is not told yet."""
        self._is_over = True
        self._under_way.kill(block=False)
        self._tell_batch()

    def _send(self, planned: Planned, due_us: int) -> None:
        if len(self._under_way) >= self._most_in_flight:
            self._dropped.append(planned.number)
            return
        self._under_way.spawn(self._buy, planned, due_us)

    def _buy(self, planned: Planned, due_us: int) -> None:
        settings = self._settings
        sent_us = micros_of(self._clock.now())
        late_us = max(0, sent_us - due_us)
        alarm = gevent.get_hub().loop.timer(max(0.0, settings.latency_budget_s - late_us / 1e6 + _OVERDUE_GRACE_S))
        alarm.start(self._note_overdue, Waiting(planned.number, late_us))
        try:
            judged, ended_at = self._buyer.buy(
                planned.diner // self._workers, planned, settings.latency_budget_s, settings.timeout_s, late_us / 1e6
            )
        finally:
            alarm.stop()
            alarm.close()
        took_us = max(0, micros_of(ended_at) - sent_us)
        self._bought.append(Bought(planned.number, late_us, took_us, judged.outcome, judged.status, judged.evidence))
        if judged.outcome is not Outcome.OK:
            self._bad_news.set()

    def _note_overdue(self, waiting: Waiting) -> None:
        self._waiting.append(waiting)
        self._bad_news.set()

    def _keep_telling(self) -> None:
        while True:
            self._bad_news.wait(_BATCH_S)
            self._bad_news.clear()
            gevent.sleep(_BAD_NEWS_S)
            self._tell_batch()

    def _tell_batch(self) -> None:
        batch = Batch(tuple(self._bought), tuple(self._waiting), tuple(self._dropped), len(self._under_way))
        self._bought, self._waiting, self._dropped = [], [], []
        self._tell(batch.told())
