"""Those who work in a drill at the same time: traffic, recorder, watches (factory, alerts, stop, inbox), responder."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from chaos_pizza.clients.services import Services, open_services
from chaos_pizza.clock import Clock
from chaos_pizza.engines.load import Load
from chaos_pizza.engines.opening import open_load
from chaos_pizza.errors import PizzaError, UsageError
from chaos_pizza.intake import Intake
from chaos_pizza.live.alert_desk import AlertDesk, open_desk
from chaos_pizza.live.calm import CalmRestorer
from chaos_pizza.live.commission import Blind
from chaos_pizza.live.cure_word import CureWord
from chaos_pizza.live.factory_watch import POLL_S, FactoryWatch
from chaos_pizza.live.inbox_watch import InboxWatch
from chaos_pizza.live.recorder import Recorder
from chaos_pizza.live.runbook import Runbook
from chaos_pizza.live.server_clock import ServerClock
from chaos_pizza.live.stop_watch import StopWatch
from chaos_pizza.model.blind_event import BlindDrillStarted
from chaos_pizza.model.event import Event, Recorded
from chaos_pizza.model.incident import Actor, Peer
from chaos_pizza.model.settings import DrillSettings, FaultKind, ResponderKind
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.traffic.buyer import Buyer, log_in_admin, open_buyer
from chaos_pizza.traffic.recent import RecentPurchases
from chaos_pizza.traffic.visitors import Visitors

_SLOWEST_POLL_S = 10.0
_BY_FACTORY_POLL_S = 2.0
"""How often a blind drill asks a factory that draws the time by itself: 43,200 times a day, whatever was drawn."""
_SHOWN_S = 60.0
"""For so long after a purchase failed everybody may know why the factory is asked more often."""
_LAST_MESSAGES_S = 5.0

Record = Callable[[Event], object]


class Crew:
    """Everyone at work in a drill; made by `prepare`, all within one asyncio loop."""

    def __init__(
        self,
        services: Services,
        buyer: Buyer,
        desk: AlertDesk,
        settings: DrillSettings,
        closing: AsyncExitStack,
        load: Load,
        blind: Blind | None = None,
    ) -> None:
        self.services = services
        self.buyer = buyer
        self.load = load
        self.desk = desk
        self.recent = RecentPurchases()
        self.factory_watch: FactoryWatch | None = None
        self._settings = settings
        self._blind = blind
        self._closing = closing
        self._tasks: list[asyncio.Task[None]] = []
        self._finish: Callable[[], None] = lambda: None
        self._inbox: InboxWatch | None = None

    async def start(
        self,
        record: Record,
        fail: Callable[[str], None],
        stop: Callable[[str], object],
        folder: Path,
        first_number: int = 0,
        records: Sequence[Recorded] | None = None,
    ) -> None:
        """Set everyone to work; `fail` hears of mistakes of ours, `stop` why the drill in this folder has to end.

        Purchases are numbered from `first_number` on. `records` are what the journal holds, and grow with every
        `record`; without them nobody can send anything in.
        """
        settings, services = self._settings, self.services
        stop_watch = StopWatch(settings, folder, services, stop)
        traffic = self.load.traffic(self.recent, record, first_number)
        hears = (self.desk.counters.add, stop_watch.hear)
        recorder = Recorder(traffic, self.recent, settings.recovery.good_purchases, hears, record)
        record = _heard_by(stop_watch, record)
        shown = self._shows_impact if self._blind else None
        poll_s = factory_poll_s(settings, self._blind)
        self.factory_watch = FactoryWatch(services, services.clock, record, poll_s, shown)
        runbook = self._runbook(record)
        self._finish = recorder.finish
        await self.factory_watch.look()
        ServerClock(Peer.SHOP, record).observe_date(await services.shop.greet())
        self._employ("traffic", traffic.run(), fail)
        self._employ("recorder", recorder.run(), fail)
        if sessions := settings.traffic.sessions:
            visitors = Visitors(self.buyer, settings.traffic, sessions, record, first_number)
            self._employ("visitors", visitors.run(), fail)
        self._employ("factory watch", self.factory_watch.run(), fail)
        self._employ("stop watch", stop_watch.run(), fail)
        if records is not None:
            self._inbox = self._inbox_watch(folder, records, record, self.factory_watch)
            self._employ("inbox watch", self._inbox.run(), fail)
        for role, work in self.desk.work(record, alerted=runbook.alert if runbook else lambda: None).items():
            self._employ(role, work, fail)
        if runbook:
            self._employ("runbook", runbook.run(), fail)
        await self.load.begun()

    async def stop(self) -> None:
        """End everyone's work, take down what the traffic did last, and close the connections; twice does no harm."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._finish()
        inbox, self._inbox = self._inbox, None
        self._tasks, self._finish = [], lambda: None
        try:
            # What came until now is part of the drill. What is not done in time, whoever opens it next takes up.
            with suppress(TimeoutError):
                async with asyncio.timeout(_LAST_MESSAGES_S):
                    if inbox:
                        await inbox.empty()
        finally:
            await self._closing.aclose()

    def _shows_impact(self) -> bool:
        """Whether everybody sees by purchases that something is broken, or was a moment ago."""
        return self.recent.window(self.services.clock.now(), _SHOWN_S).success_ratio not in {None, 1.0}

    def _inbox_watch(
        self, folder: Path, records: Sequence[Recorded], record: Record, factory_watch: FactoryWatch
    ) -> InboxWatch:
        services = self.services
        is_blind = any(isinstance(recorded.event, BlindDrillStarted) for recorded in records[:1])
        settings = replace(self._settings, announced=self._settings.announced and not is_blind)
        word = CureWord(settings, factory_watch, self.recent, services.clock)
        return InboxWatch(folder, Intake(records, record, services.redactor), services.clock, word.on)

    def _runbook(self, record: Record) -> Runbook | None:
        responder = self._settings.responder
        if responder.kind is not ResponderKind.RUNBOOK:
            return None
        restorer = CalmRestorer(self.services, record, Actor.RUNBOOK)
        return Runbook(self.buyer, restorer, record, responder.reaction_s)

    def _employ(self, role: str, work: Coroutine[Any, Any, None], fail: Callable[[str], None]) -> None:
        def ended(task: asyncio.Task[None]) -> None:
            if not task.cancelled() and task.exception():
                fail(f"the drill's {role} broke down: {_innermost(task.exception())}")

        task = asyncio.create_task(work, name=role)
        task.add_done_callback(ended)
        self._tasks.append(task)


async def prepare(
    target: Target, settings: DrillSettings, clock: Clock, *, resumes: bool = False, blind: Blind | None = None
) -> Crew:
    """Log in, look at the menu and the factory, and return a crew that is ready to start.

    A fault that is on already refuses a drill, but not one that `resumes` an earlier drill.
    Raises `ServiceError`, `TargetError` or `UsageError` where the drill can't be held: nothing has been begun then.
    """
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(open_services(target, clock, Redactor(target.secrets())))
        vendor, _ = await services.factory.vendor()
        if not vendor.is_calm and not resumes:
            kind = vendor.chaos.type if vendor.chaos else "unknown"
            raise UsageError(
                f"the factory's chaos ({kind}) is on or scheduled already, and not by this drill; wait for its end, or "
                "end it with `chaos-pizza calm`"
            )
        # Of a blind drill the shop sees the same for every kind of fault, and its watchdog turns off the shop's chaos.
        if settings.fault is FaultKind.SHOP_CHAOS or (blind and target.has_shop_admin):
            await log_in_admin(services)
        desk = open_desk(services, settings.detection, stack)
        buyer = await open_buyer(services, settings.traffic.diners, f"drill-{secrets.token_hex(4)}")
        load = await open_load(buyer, settings.traffic, settings.greatest_duration_s, stack)
        return Crew(services, buyer, desk, settings, stack.pop_all(), load, blind)


def factory_poll_s(settings: DrillSettings, blind: Blind | None) -> float:
    """Return how many seconds apart the factory is asked.

    In a blind drill that is the same for every kind of fault, and for none. Else a drill that breaks nothing waits for
    no instant to be dated closely.
    """
    if blind is not None:
        return _BY_FACTORY_POLL_S if blind.by_factory else POLL_S
    if settings.fault is not FaultKind.NONE:
        return POLL_S
    return max(POLL_S, min(settings.detection.scrape_interval_s, _SLOWEST_POLL_S))


def _heard_by(stop_watch: StopWatch, record: Record) -> Record:
    def recorded(event: Event) -> None:
        record(event)
        stop_watch.hear(event)

    return recorded


def _innermost(error: BaseException | None) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error) if isinstance(error, PizzaError) else repr(error)
