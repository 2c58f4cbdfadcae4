"""The team's alerting systems, watched: what they tell, and when they can't be read."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from chaos_pizza.clients.alerting import AlertingSystem
from chaos_pizza.clock import Clock
from chaos_pizza.errors import ServiceError, TimedOut
from chaos_pizza.live.server_clock import ServerClock
from chaos_pizza.model.alert import AlertState
from chaos_pizza.model.alert_event import AlertChanged, AlertingChosen, AlertSourceFound, AlertSourceLost
from chaos_pizza.model.event import Event
from chaos_pizza.model.incident import Peer
from chaos_pizza.monitoring.look import Look

POLL_S = 0.5
"""How long it is from one look to the next."""
LOOK_TIMEOUT_S = 15.0
"""How long a look may take in all; each of its questions has a limit of its own."""


class TeamAlertWatch:
    """Looks at every alerting system again and again, and records what is new.

    `alerted` is called at each alert that begins to fire after the first look at its system, and at one of the first
    look that is dated after the watch's begin. A system that can't be read is recorded as lost, and as found again, so
    that silence is never taken for calm.
    """

    def __init__(
        self,
        systems: Sequence[AlertingSystem],
        clock: Clock,
        record: Callable[[Event], object],
        alerted: Callable[[], None],
        *,
        poll_s: float = POLL_S,
        look_timeout_s: float = LOOK_TIMEOUT_S,
    ) -> None:
        self._clock = clock
        self._record = record
        self._alerted = alerted
        self._poll_s = poll_s
        self._look_timeout_s = look_timeout_s
        self._began_at: datetime | None = None
        self._clocks: dict[Peer, ServerClock] = {}
        self._watched = [_Watched(system) for system in systems]

    @property
    def readable(self) -> bool:
        """Whether every system could be read when it was last looked at; not before each has been."""
        return all(watched.complaint == "" for watched in self._watched)

    @property
    def complaints(self) -> tuple[str, ...]:
        """Why the systems that are lost now can't be read; empty where none is lost."""
        return tuple(watched.complaint for watched in self._watched if watched.complaint)

    async def run(self) -> None:
        """Watch until cancelled. Each system is watched by itself: a slow one holds up no other."""
        self._begin()
        async with asyncio.TaskGroup() as group:
            for watched in self._watched:
                group.create_task(self._keep_looking(watched))

    async def check(self) -> None:
        """Look once at each system, as `run` does; raises the `ServiceError` of the first that can't be read."""
        self._begin()
        for watched in self._watched:
            await self._look(watched)

    def _begin(self) -> None:
        if self._began_at is None:
            self._began_at = self._clock.now()
            self._record(AlertingChosen(tuple(watched.system.source for watched in self._watched)))

    async def _keep_looking(self, watched: "_Watched") -> None:
        while True:
            # It is recorded, and the next look may find the system again.
            with suppress(ServiceError):
                await self._look(watched)
            await asyncio.sleep(self._poll_s)

    async def _look(self, watched: "_Watched") -> None:
        """Look once, and record what is new; raises `ServiceError` once that is recorded."""
        async with watched.looking:
            began_at = self._clock.now()
            try:
                look = await self._bounded_look(watched.system)
            except ServiceError as error:
                self._lose(watched, began_at, str(error))
                raise
            self._take_in(watched, look)

    async def _bounded_look(self, system: AlertingSystem) -> Look:
        try:
            async with asyncio.timeout(self._look_timeout_s):
                return await system.look()
        except TimeoutError:
            raise TimedOut(
                f"{system.source.label} took over {self._look_timeout_s:g} s to tell of its alerts"
            ) from None

    def _take_in(self, watched: "_Watched", look: Look) -> None:
        for clock in look.clocks:
            known = self._clocks.setdefault(clock.peer, ServerClock(clock.peer, self._record))
            known.observe(clock.sent_at, clock.received_at, clock.peer_earliest, clock.peer_latest)
        is_first, watched.is_known = not watched.is_known, True
        for event in look.events:
            self._record(event)
            if isinstance(event, AlertChanged) and self._begins(watched, event, is_first):
                self._alerted()
        if watched.complaint:
            source = watched.system.source
            self._record(AlertSourceFound(source, self._clock.now(), nothing_missed=look.nothing_missed))
        watched.complaint = ""

    def _begins(self, watched: "_Watched", change: AlertChanged, is_first: bool) -> bool:
        """Whether an alert begins to fire by a change, after what the first look found."""
        alert = change.rule, change.instance
        if change.state is not AlertState.FIRING:
            watched.firing.discard(alert)
            return False
        if alert in watched.firing:
            return False
        watched.firing.add(alert)
        return not is_first or self._is_new(change)

    def _is_new(self, change: AlertChanged) -> bool:
        """Whether a change is dated surely after the watch's begin, as of a source that could not be read before."""
        at = change.at
        if change.peer is not None:
            known = self._clocks.get(change.peer)
            if known is None:
                return False
            at = known.to_drill(at)
        return self._began_at is not None and at > self._began_at

    def _lose(self, watched: "_Watched", at: datetime, reason: str) -> None:
        if not watched.complaint:
            self._record(AlertSourceLost(watched.system.source, at, reason))
        watched.complaint = reason


class _Watched:
    """A system under watch: why it can't be read now ("" where it can, `None` before the first look)."""

    def __init__(self, system: AlertingSystem) -> None:
        self.system = system
        self.looking = asyncio.Lock()
        self.complaint: str | None = None
        self.is_known = False
        self.firing: set[tuple[str, str]] = set()
