"""What anybody can see of a drill without knowing what it is: what diners felt, alerts said and people told.

Nothing here asks what the drill is, so a placebo and a fault look the same until somebody feels a difference.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chaos_pizza.drill.alert_states import change_seen
from chaos_pizza.drill.alerts import alert_label
from chaos_pizza.drill.marks import mark_label, time_of
from chaos_pizza.drill.purchase_tally import Decided
from chaos_pizza.model.alert import AlertState
from chaos_pizza.model.alert_event import AlertChanged, NotificationReceived
from chaos_pizza.model.event import Event, Recorded
from chaos_pizza.model.feed import FeedInstant
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.response_event import Marked, MarkStruck
from chaos_pizza.model.result import InstantName

GOOD_RUN = 20
"""So many good purchases in a row are a recovery to whoever looks on; what the drill declared stays its secret."""
_MOST_CANDIDATES = 100
_OF_MARK = {
    MarkKind.NOTICED: InstantName.NOTICED,
    MarkKind.ACKNOWLEDGED: InstantName.ACKNOWLEDGED,
    MarkKind.DIAGNOSED: InstantName.DIAGNOSED,
    MarkKind.MITIGATED: InstantName.MITIGATION_CLAIMED,
}
_OF_STATE = {AlertState.PENDING: InstantName.ALERT_PENDING, AlertState.FIRING: InstantName.ALERT_FIRING}
_SOURCE = "the drill's own purchases"


@dataclass(frozen=True, slots=True)
class _Candidate:
    when: Interval
    source: str
    number: int


class PublicView:
    """Takes in what happens, and gives the instants that anybody could name.

    When purchases fail again after a recovery, a new impact begins, and what came before it stands back.
    """

    def __init__(self) -> None:
        self._impact: Interval | None = None
        self._run: list[Decided] = []
        self._last_good: Decided | None = None
        self._last_bad: Decided | None = None
        self._candidates: dict[InstantName, list[_Candidate]] = {}

    def after_purchases(self, decided: list[Decided]) -> Iterator[FeedInstant]:
        """Take in purchases in the order they were decided; yield an impact that began, a recovery that was reached."""
        for purchase in decided:
            if purchase.good:
                yield from self._after_good(purchase)
            else:
                yield from self._after_bad(purchase)

    def after_record(self, recorded: Recorded) -> Iterator[FeedInstant]:
        """Take in what an alert or a person said; yield the instant that this makes or moves."""
        if isinstance(recorded.event, MarkStruck):
            yield from self._struck(recorded.event.number)
            return
        name, when, source = _instant_of(recorded.event)
        if name is None or when is None:
            return
        candidates = [each for each in self._candidates.get(name, []) if self._counts(each)]
        if len(candidates) < _MOST_CANDIDATES:
            candidates.append(_Candidate(when, source, recorded.number))
        self._candidates[name] = candidates
        yield from self._best(name)

    def _after_bad(self, purchase: Decided) -> Iterator[FeedInstant]:
        self._run, self._last_bad = [], purchase
        if self._impact is None:
            # It can have begun since the last good one was sent.
            since = self._last_good.sent_at if self._last_good else purchase.sent_at
            self._impact = Interval(min(since, purchase.at), purchase.at)
            yield FeedInstant(InstantName.FIRST_IMPACT, self._impact.earliest, self._impact.latest, _SOURCE)
            for name in self._candidates:
                yield from self._best(name)

    def _after_good(self, purchase: Decided) -> Iterator[FeedInstant]:
        self._last_good = max(self._last_good or purchase, purchase, key=_sent)
        if self._impact is None or self._last_bad is None:
            return
        self._run.append(purchase)
        if len(self._run) >= GOOD_RUN:
            first = self._run[0]
            earliest = min(self._last_bad.sent_at, first.at)
            yield FeedInstant(InstantName.RECOVERED, earliest, first.at, f"run of {GOOD_RUN} good purchases")
            self._impact, self._run = None, []

    def _struck(self, number: int) -> Iterator[FeedInstant]:
        for name, candidates in self._candidates.items():
            kept = [each for each in candidates if each.number != number]
            if len(kept) < len(candidates):
                self._candidates[name] = kept
                yield from self._best(name)
                return

    def _best(self, name: InstantName) -> Iterator[FeedInstant]:
        """Yield the first since the impact, or before there is one the first of all."""
        candidates = [each for each in self._candidates[name] if self._counts(each)]
        if candidates:
            first = min(candidates, key=lambda each: each.when.midpoint)
            yield FeedInstant(name, first.when.earliest, first.when.latest, first.source)

    def _counts(self, candidate: _Candidate) -> bool:
        return self._impact is None or candidate.when.latest >= self._impact.earliest


def _instant_of(event: Event) -> tuple[InstantName | None, Interval | None, str]:
    match event:
        case AlertChanged(state=state) as change if state in _OF_STATE:
            return _OF_STATE[state], change_seen(change), alert_label(change)
        case NotificationReceived(source, at, AlertState.FIRING):
            return InstantName.NOTIFIED, Interval.exactly(at), f"webhook from {source.label}"
        case Marked(mark) as marked if mark in _OF_MARK:
            return _OF_MARK[mark], time_of(marked), mark_label(marked)
    return None, None, ""


def _sent(purchase: Decided) -> datetime:
    return purchase.sent_at
