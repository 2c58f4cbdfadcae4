"""The factory, watched: its word on the chaos, and the proof that a fault is really on."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from chaos_pizza.clients.services import Services
from chaos_pizza.clock import Clock
from chaos_pizza.errors import ServiceError
from chaos_pizza.live.calm import ORDER_TIMEOUT_S
from chaos_pizza.live.server_clock import ServerClock
from chaos_pizza.model.event import Event, FaultProven, VendorSeen
from chaos_pizza.model.incident import Peer
from chaos_pizza.wire.factory import Vendor, link_path

POLL_S = 0.25
_IDLE_POLL_S = 10.0
_SOON = timedelta(seconds=60)
_UNMET = timedelta(seconds=10)
"""So long after its start a fault of a blind drill that no purchase has met is looked for by an order of ours."""
_NEXT_LOOK_S = 10.0


class FactoryWatch:
    """Asks the factory for its word every `poll_s` seconds, and orders a pizza there once chaos should be on.

    That proves it. `vendor` is the last word heard, `None` before the first.

    `shown` is given for a blind drill, and tells whether everybody can see the impact by now. Before that nothing that
    the factory says changes how often it is asked for what: whoever counts bytes on the network would learn of it.
    """

    def __init__(
        self,
        services: Services,
        clock: Clock,
        record: Callable[[Event], object],
        poll_s: float = POLL_S,
        shown: Callable[[], bool] | None = None,
    ) -> None:
        self._services = services
        self._clock = clock
        self._record = record
        self._poll_s = poll_s
        self._shown = shown
        self.server_clock = ServerClock(Peer.FACTORY, record)
        self.vendor: Vendor | None = None
        self._last_sent_at: datetime | None = None
        self._proven_start_at: datetime | None = None
        # Of two looks at once the older word could come last.
        self._looking = asyncio.Condition()

    async def look(self) -> Vendor:
        """Ask once, record what is new, and return the factory's word; raises `ServiceError`."""
        async with self._looking:
            vendor, answer = await self._services.factory.vendor()
            self.server_clock.observe_date(answer)
            if self.vendor is None or vendor.chaos != self.vendor.chaos:
                self._record(VendorSeen(answer.sent_at, answer.received_at, vendor.chaos, self._last_sent_at))
            self.vendor, self._last_sent_at = vendor, answer.sent_at
            self._looking.notify_all()
            return vendor

    async def next_word(self) -> Vendor:
        """Return the factory's word from now on; raises `ServiceError`. In a blind drill no look is made for it."""
        if self._shown is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(_NEXT_LOOK_S), self._looking:
                    # What is being asked already began before this, and has ended here; the next one tells.
                    await self._looking.wait()
                    if self.vendor is not None:
                        return self.vendor
        return await self.look()

    async def run(self) -> None:
        """Watch until cancelled. A factory that can't be asked is asked again: silence is no news."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_looking())
            group.create_task(self._keep_proving())

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self.look()
            except ServiceError:
                await asyncio.sleep(self._poll_s)
            await asyncio.sleep(self._pause_s())

    def _pause_s(self) -> float:
        """Return how many seconds to let pass before the next look."""
        if self._shown is not None:
            return min(self._poll_s, POLL_S) if self._shown() else self._poll_s
        return self._poll_s if self._is_close() else _IDLE_POLL_S

    def _is_close(self) -> bool:
        """Whether something may happen any moment: always, but while chaos waits for its distant start."""
        chaos = self.vendor.chaos if self.vendor else None
        if self.vendor is None or self.vendor.is_calm or chaos is None or chaos.start_at is None:
            return True
        return self.server_clock.to_drill(chaos.start_at) - self._clock.now() < _SOON

    async def _keep_proving(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            start_at = self._unproven_start()
            if start_at is None:
                continue
            try:
                answer = await self._services.factory.order(ORDER_TIMEOUT_S)
            except ServiceError:
                continue
            if link_path(answer):
                self._proven_start_at = start_at
                self._record(FaultProven("an order at the factory", answer.sent_at, answer.received_at))

    def _unproven_start(self) -> datetime | None:
        """Return when chaos was to start, if it may have started by now and no order here has shown it yet."""
        if self.vendor is None or self.vendor.is_calm or self.vendor.chaos is None:
            return None
        start_at = self.vendor.chaos.start_at
        if start_at is None or start_at == self._proven_start_at:
            return None
        is_unseen = self._shown is not None and not self._shown()
        wait = _UNMET if is_unseen else timedelta(0)
        return start_at if self.server_clock.to_drill(start_at) + wait <= self._clock.now() else None
