"""The feed of a drill under way: what consoles, and whoever else follows it, may know of it now."""

import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from chaos_pizza.clock import Clock
from chaos_pizza.drill.public_view import PublicView
from chaos_pizza.drill.purchase_tally import Deciding, PurchaseTally
from chaos_pizza.drill.told import Told, of_timeline
from chaos_pizza.errors import JournalError
from chaos_pizza.feed_file import FeedFile
from chaos_pizza.live.commission import Commission
from chaos_pizza.live.growing_timeline import GrowingTimeline
from chaos_pizza.model.alert_event import AlertChanged
from chaos_pizza.model.blind_event import Revealed
from chaos_pizza.model.event import FaultInjected, PurchasesObserved, Recorded
from chaos_pizza.model.feed import FeedDrill, FeedEvent
from chaos_pizza.model.response_event import Marked, MarkStruck
from chaos_pizza.model.result import InstantName
from chaos_pizza.redaction import Redactor
from chaos_pizza.results import complaint_of

_INTERVAL_S = 0.2
_CALM_INTERVAL_S = 1.0
"""While all purchases are good they are told no more often than this."""
_IMPACT_PATIENCE_S = 20.0
"""So long is an impact looked for at once when purchases fail, however long a drill has made its timeline."""
_SPARE = 3.0
"""Looked for at once means: again after so many times what a look costs."""
_URGENT = (Marked, MarkStruck, AlertChanged, Revealed)


def about_of(commission: Commission, drill_id: str, redactor: Redactor) -> FeedDrill:
    """Return a feed's first line: which drill it is of; of a blind one nothing but its game day's plan."""
    blind, target = commission.blind, redactor.line(commission.target.name)
    if blind is None:
        return FeedDrill(drill_id, redactor.line(commission.declaration.title), target, blind=False, commitment=None)
    responders = tuple(redactor.line(name) for name in blind.responders)
    return FeedDrill(drill_id, redactor.line(blind.plan), target, True, blind.commitment, responders)


class FeedWriter:
    """Writes a drill's feed from what it hears, in a thread of its own, until it is closed.

    `timeline` is the drill's; `before` are the records of one that is gone on with. Nothing that goes wrong here costs
    the drill anything: the feed then breaks off, which is said once on stderr.
    """

    def __init__(
        self, folder: Path, clock: Clock, timeline: GrowingTimeline, about: FeedDrill, before: Sequence[Recorded] = ()
    ) -> None:
        self._clock = clock
        self._timeline = timeline
        self._heard: deque[Recorded] = deque()
        self._deciding = Deciding()
        self._tally = PurchaseTally()
        self._view = PublicView()
        self._purchases_told_s = 0.0
        self._asked_for_fault = False
        self._impact_owed_until_s = 0.0
        self._looked_s = self._look_cost_s = 0.0
        self._is_broken = False
        self._file: FeedFile | None = None
        self._told = Told()
        self._closing = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
        self._keep_going(lambda: self._open(folder, about, before))
        self._thread.start()

    def hear(self, recorded: Recorded) -> None:
        """Take in a record of the journal, in whatever thread; only notes it."""
        self._heard.append(recorded)
        event = recorded.event
        if isinstance(event, _URGENT) or (isinstance(event, PurchasesObserved) and _has_failed(event)):
            self._wake.set()

    def close(self) -> None:
        """Tell what is left to tell, and let go of the file; a second call does nothing."""
        if not self._closing.is_set():
            self._closing.set()
            self._wake.set()
            self._thread.join()

    def _open(self, folder: Path, about: FeedDrill, before: Sequence[Recorded]) -> None:
        self._file = FeedFile(folder)
        self._told = Told(self._file.told)
        self._tell([about])
        for recorded in before:
            self._take(recorded)
        self._tally.take()

    def _run(self) -> None:
        while not self._closing.is_set() and not self._is_broken:
            self._wake.wait(_INTERVAL_S)
            self._wake.clear()
            self._keep_going(self._round)
        if not self._is_broken:
            self._keep_going(self._last_round)
        if self._file:
            self._file.close()

    def _keep_going(self, work: Callable[[], object]) -> None:
        complaint = None if self._is_broken else complaint_of(work)
        if complaint is not None:
            self._is_broken = True
            print(f"chaos-pizza: consoles show no more of this drill: {complaint}", file=sys.stderr)

    def _round(self) -> None:
        while self._heard:
            self._take(self._heard.popleft())
        now_s = time.monotonic()
        if self._tally.has_bad or now_s - self._purchases_told_s >= _CALM_INTERVAL_S:
            self._tell_purchases(now_s)
        if not self._told.is_sealed:
            timeline = self._timeline.up_to_now() if self._must_look(now_s) else self._timeline.so_far()
            self._tell(of_timeline(timeline))
            if InstantName.FIRST_IMPACT in timeline.instants:
                self._asked_for_fault, self._impact_owed_until_s = False, 0.0
            self._look_cost_s = time.monotonic() - now_s

    def _last_round(self) -> None:
        self._round()
        self._tell_purchases(time.monotonic())
        if not self._told.is_sealed:
            self._tell(of_timeline(self._timeline.up_to_now()))

    def _take(self, recorded: Recorded) -> None:
        told, event = self._told.of_record(recorded), recorded.event
        decided = self._deciding.decided(event) if isinstance(event, PurchasesObserved) else []
        self._tally.add(decided)
        if isinstance(event, FaultInjected):
            self._asked_for_fault = True
        if self._asked_for_fault and self._tally.has_bad and not self._impact_owed_until_s:
            self._impact_owed_until_s = time.monotonic() + _IMPACT_PATIENCE_S
        self._tell([told] if told is not None else [])
        if self._told.is_sealed:
            self._tell(self._view.after_purchases(decided) if decided else self._view.after_record(recorded))

    def _must_look(self, now_s: float) -> bool:
        """Tell whether the fault's first impact may be known by now, which nobody is to wait for."""
        if now_s > self._impact_owed_until_s or now_s - self._looked_s < _SPARE * self._look_cost_s:
            return False
        self._looked_s = now_s
        return True

    def _tell_purchases(self, now_s: float) -> None:
        purchases = self._tally.take()
        if purchases is not None:
            self._purchases_told_s = now_s
            self._tell([purchases])

    def _tell(self, events: Iterable[FeedEvent]) -> None:
        if self._file is None:
            raise JournalError("there is no feed to write to")
        for event in events:
            if self._told.take(event):
                self._file.append(event, self._clock.now())


def _has_failed(observed: PurchasesObserved) -> bool:
    return bool(observed.overdue) or any(sample.outcome.is_failure for sample in observed.samples)
