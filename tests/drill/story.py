"""Tells drills as journals, in seconds from an epoch, so that a test reads as what happened."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertChanged
from chaos_pizza.model.event import (
    CalmChecked,
    ClockObserved,
    DrillEnded,
    DrillStarted,
    Event,
    FaultInjected,
    FaultProven,
    HypothesisChecked,
    PurchasesObserved,
    Recorded,
    StageBegan,
    VendorChaos,
    VendorSeen,
)
from chaos_pizza.model.incident import Actor, CureAnswer, CureMeans, MarkKind, Peer, Stage
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.purchase import Evidence, Outcome, Overdue, Sample
from chaos_pizza.model.response_event import CureAttempted, Marked
from chaos_pizza.model.settings import (
    Budgets,
    DrillSettings,
    FaultKind,
    RecoverySettings,
    ResponderKind,
    ResponderSettings,
)

EPOCH = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
PRICE_BTC = 0.004


def at(second: float) -> datetime:
    return EPOCH + timedelta(seconds=second)


def within(earliest: float, latest: float) -> Interval:
    return Interval(at(earliest), at(latest))


def seconds(interval: Interval) -> tuple[float, float]:
    return (interval.earliest - EPOCH).total_seconds(), (interval.latest - EPOCH).total_seconds()


def started(fault: FaultKind = FaultKind.FAIL, good_purchases: int = 3, budgets: Budgets | None = None) -> DrillStarted:
    settings = DrillSettings(
        fault=fault,
        recovery=RecoverySettings(good_purchases=good_purchases),
        responder=ResponderSettings(ResponderKind.RUNBOOK),
        budgets=budgets or Budgets(),
        min_samples=5,
    )
    return DrillStarted("d1", "drill.yaml", "A drill", "sandbox", "http://shop", "http://factory", settings, "0", "0")


def with_settings(event: DrillStarted, **changes: object) -> DrillStarted:
    return replace(event, settings=replace(event.settings, **changes))  # type: ignore[arg-type]


def bought(
    number: int,
    sent: float,
    answered: float,
    outcome: Outcome = Outcome.OK,
    evidence: Evidence | None = None,
    status: int | None = None,
    diner: int = 0,
) -> Sample:
    usual = {Outcome.OK: 200, Outcome.BAD_PIZZA: 200, Outcome.LATE: 200, Outcome.FAILED: 500, Outcome.REJECTED: 400}
    status = usual.get(outcome) if status is None else status
    return Sample(number, diner, at(sent), at(sent), at(answered), outcome, status, evidence, PRICE_BTC)


def overdue(number: int, sent: float, due: float, diner: int = 0) -> Overdue:
    return Overdue(number, diner, at(sent), at(sent), at(due), PRICE_BTC)


def clock(sent: float, received: float, earliest: float, latest: float, peer: Peer = Peer.FACTORY) -> ClockObserved:
    return ClockObserved(peer, at(sent), at(received), at(earliest), at(latest))


def seen(
    sent: float,
    received: float,
    kind: str | None,
    start: float | None = None,
    fix: float | None = None,
    previous: float | None = None,
) -> VendorSeen:
    start_at, fix_at = (None if second is None else at(second) for second in (start, fix))
    chaos = None if kind is None else VendorChaos(kind, start_at=start_at, fix_at=fix_at)
    return VendorSeen(at(sent), at(received), chaos, None if previous is None else at(previous))


def injected(sent: float, acknowledged: float, kind: FaultKind = FaultKind.FAIL) -> FaultInjected:
    return FaultInjected(kind, at(sent), at(acknowledged))


def cured(
    sent: float,
    received: float,
    by: Actor = Actor.RUNBOOK,
    answer: CureAnswer = CureAnswer.RESOLVED,
    means: CureMeans = CureMeans.LINK,
) -> CureAttempted:
    return CureAttempted(by, means, at(sent), at(received), answer)


def alert(
    second: float,
    state: AlertState,
    rule: str = "failed-purchases",
    source: AlertSource = AlertSource.SHOP_METRICS,
) -> AlertChanged:
    return AlertChanged(rule, source, state, at(second), 3.0)


def mark(second: float, kind: MarkKind, by: str = "Ada", entered: float | None = None, text: str = "") -> Marked:
    return Marked(kind, by, at(second), at(second if entered is None else entered), text)


def calm(sent: float, received: float, factory: bool | None = True, pizza: bool | None = True) -> CalmChecked:
    return CalmChecked(at(sent), at(received), factory, pizza)


def checked(when: str, met: bool = True) -> HypothesisChecked:
    return HypothesisChecked(when, met, ())


def ended(second: float, status: str = "completed") -> DrillEnded:
    return DrillEnded(at(second), status, deviated=False)


Told = tuple[float, Event]


def journal(told: Iterable[Told]) -> list[Recorded]:
    """Number the told events in the order they are told."""
    return [Recorded(number, at(second), event) for number, (second, event) in enumerate(told)]


def by_time(told: Iterable[Told]) -> list[Recorded]:
    """Number the told events in the order of their seconds."""
    return journal(sorted(told, key=lambda pair: pair[0]))


def purchases(samples: Iterable[Sample], late: Iterable[Overdue] = (), until: int = 40) -> list[Told]:
    """Write the heartbeats of seconds 1 to `until`, each with what was known since the one before."""
    samples, late = list(samples), list(late)
    return [
        (
            float(second),
            PurchasesObserved(
                tuple(s for s in samples if at(second - 1) < s.answered_at <= at(second)),
                tuple(o for o in late if at(second - 1) < o.overdue_at <= at(second)),
            ),
        )
        for second in range(1, until + 1)
    ]


def book_samples() -> list[Sample]:
    """Two purchases a second, answered in 0.1 s: good until 10, failed with the link until 20, good until 29.5."""
    return [
        bought(n, n / 2, n / 2 + 0.1, Outcome.FAILED, Evidence.LINK, diner=n % 4)
        if 10 <= n / 2 < 20
        else bought(n, n / 2, n / 2 + 0.1, diner=n % 4)
        for n in range(60)
    ]


def by_the_book(budgets: Budgets | None = None) -> list[Told]:
    """A drill as it should go, the factory's clock 100 s ahead.

    Fault from 9.75 (asked for at 9.0), first failed purchase sent at 10.0, alert pending at 12 and firing at 14, taken
    at 16, ended by the runbook at 19.75 (its request took from 19.6 to 19.9), good again from the purchase sent at 20.
    """
    return [
        (0.0, started(budgets=budgets)),
        (0.0, StageBegan(Stage.BASELINE)),
        (0.2, clock(0.1, 0.2, 100.15, 100.15)),
        (0.3, seen(0.1, 0.2, "none")),
        (8.0, checked("before")),
        (8.5, StageBegan(Stage.METHOD)),
        (9.1, injected(9.0, 9.1)),
        (9.3, seen(9.2, 9.3, "fail", start=109.75, previous=8.2)),
        (12.0, alert(12.0, AlertState.PENDING)),
        (14.0, alert(14.0, AlertState.FIRING)),
        (16.0, mark(16.0, MarkKind.ACKNOWLEDGED, by="runbook")),
        (19.9, cured(19.6, 19.9)),
        (20.3, seen(20.2, 20.3, "none", start=109.75, fix=119.75, previous=19.2)),
        (24.0, alert(24.0, AlertState.INACTIVE)),
        (26.0, checked("after")),
        (28.5, calm(28.0, 28.5)),
        *purchases(book_samples(), until=30),
        (30.5, ended(30.5)),
    ]


def unfelt(budgets: Budgets | None = None, bought_until: int = 30) -> list[Told]:
    """The drill by the book with a backup factory: an order at the first one proves the fault, and diners feel nothing.

    The last purchase is sent half a second before `bought_until`.
    """
    told = [pair for pair in by_the_book(budgets) if not isinstance(pair[1], PurchasesObserved)]
    good = [bought(n, n / 2, n / 2 + 0.1, diner=n % 4) for n in range(2 * bought_until)]
    return [*told, *purchases(good, until=30), (10.0, FaultProven("an order at the factory", at(9.9), at(10.0)))]
