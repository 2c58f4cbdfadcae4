"""How many purchases of real diners have failed: the shop's own count, less what the drill itself brought about.

The shop counts everybody's failures, the drill's too. A failed order of the drill's own is counted at some moment
between its sending and its answer, and a scrape shows the counter as it stood at some moment between request and
answer. Where the two overlap nobody can tell whether that failure is in that figure yet. So this is a lower bound: an
order that may have been counted between two scrapes is taken to have been.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chaos_pizza.alerting.exposition import SeriesKey
from chaos_pizza.errors import BadAnswer

METRIC = "pizza_purchases_total"
"""The shop's counter of purchases; of its series those with `outcome="failed"` count failures."""
SETTLING = timedelta(seconds=1)
"""A scrape is judged this long after it, once the answers to the drill's own orders of that moment are in."""


@dataclass(frozen=True, slots=True)
class Scrape:
    """What every series of the failed purchases showed at some moment between `sent_at` and `received_at`."""

    sent_at: datetime
    received_at: datetime
    failed: Mapping[SeriesKey, float]


@dataclass(frozen=True, slots=True)
class _Risen:
    sent_at: datetime
    received_at: datetime
    by: float


def failed_series(series: Mapping[SeriesKey, float]) -> dict[SeriesKey, float]:
    """Return the series that count failed purchases, none where none has failed yet.

    Raises `BadAnswer` where the shop does not count its purchases at all: then nothing is known of them.
    """
    counting = {key: value for key, value in series.items() if key[0] == METRIC}
    if not counting:
        raise BadAnswer(f"the shop's metrics don't show {METRIC}")
    return {key: value for key, value in counting.items() if ("outcome", "failed") in key[1]}


class RealFailures:
    """Counts the failed purchases of everybody but the drill since the first scrape: at least so many.

    Of all the ways to cut the time into stretches between two scrapes it takes the one that proves most, so that
    neither failures that the shop did not count nor those at the edges of scrapes can hide later ones for good.
    """

    def __init__(self) -> None:
        self._last: dict[SeriesKey, float] | None = None
        self._risen = 0.0
        self._unsettled: deque[_Risen] = deque()
        self._sent: list[datetime] = []
        self._answered: list[datetime] = []
        self._own_begun = 0
        self._own_ended = 0
        self._proven = 0.0
        self._best_start: float | None = None

    def add_own(self, sent_at: datetime, answered_at: datetime) -> None:
        """Take in an order of the drill's own that the shop answered with 5xx."""
        self._sent.append(sent_at)
        self._answered.append(answered_at)

    def observe(self, scrape: Scrape) -> None:
        """Take in a scrape; they come in order. A fall of a counter is a reset to 0, as Prometheus has it."""
        if self._last is None:
            self._last = dict(scrape.failed)
        for key, value in scrape.failed.items():
            before = self._last.get(key, 0.0)
            self._risen += value - before if value >= before else value
            self._last[key] = value
        self._unsettled.append(_Risen(scrape.sent_at, scrape.received_at, self._risen))

    def at_least(self, now: datetime) -> int:
        """Return how many purchases of real diners have failed, by the scrapes that have settled by now."""
        while self._unsettled and self._unsettled[0].received_at + SETTLING <= now:
            self._settle(self._unsettled.popleft())
        return int(self._proven + 1e-6)

    def _settle(self, risen: _Risen) -> None:
        self._own_begun += _take(self._sent, lambda at: at <= risen.received_at)
        self._own_ended += _take(self._answered, lambda at: at < risen.sent_at)
        if self._best_start is not None:
            self._proven = max(self._proven, self._best_start + risen.by - self._own_begun)
        start = self._proven - risen.by + self._own_ended
        self._best_start = start if self._best_start is None else max(self._best_start, start)


def _take(instants: list[datetime], is_due: Callable[[datetime], bool]) -> int:
    """Remove the instants that are due and return how many they were."""
    before = len(instants)
    instants[:] = [at for at in instants if not is_due(at)]
    return before - len(instants)
