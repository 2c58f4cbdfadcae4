"""What is answered to somebody who says that it is cured: by the factory's word, or by what diners see."""

import asyncio

from chaos_pizza.clock import Clock
from chaos_pizza.errors import ServiceError
from chaos_pizza.live.factory_watch import FactoryWatch
from chaos_pizza.model.event import Event
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.response_event import Marked
from chaos_pizza.model.settings import DrillSettings
from chaos_pizza.traffic.recent import RecentPurchases

_PATIENCE_S = 1.5
"""Whoever marks is waiting for the answer."""
_WINDOW_S = 3.0


class CureWord:
    """Answers marks: of a drill that was announced, and whose fault is the factory's, by the factory's own word.

    In any other drill that word would give away what nobody is to know, or says nothing: the answer is what every diner
    can see, whether the latest purchases were good.
    """

    def __init__(
        self, settings: DrillSettings, factory_watch: FactoryWatch, recent: RecentPurchases, clock: Clock
    ) -> None:
        self._asks_factory = settings.announced and settings.fault.at_factory
        self._factory_watch = factory_watch
        self._recent = recent
        self._clock = clock

    async def on(self, event: Event) -> str:
        """Return what to answer to something that was recorded; empty where there is nothing to say."""
        if not isinstance(event, Marked) or event.mark is not MarkKind.MITIGATED:
            return ""
        return await self._of_factory() if self._asks_factory else self._of_diners()

    async def _of_factory(self) -> str:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                vendor = await self._factory_watch.look()
        except (ServiceError, TimeoutError):
            return f"the factory can't be asked right now; {self._of_diners()}"
        if vendor.is_calm:
            return "confirmed by the factory: its chaos is off"
        start_at = vendor.chaos.start_at if vendor.chaos else None
        is_to_come = start_at is not None and self._factory_watch.server_clock.to_drill(start_at) > self._clock.now()
        return f"the factory says that its chaos is {'still to come' if is_to_come else 'still on'}"

    def _of_diners(self) -> str:
        window = self._recent.window(self._clock.now(), _WINDOW_S)
        if window.success_ratio is None:
            return f"no purchase has ended in the last {_WINDOW_S:g} s to tell by"
        good = round(window.success_ratio * window.purchases)
        if good == window.purchases:
            return f"every purchase of the last {_WINDOW_S:g} s was good ({good})"
        return f"purchases still fail: {good} of {window.purchases} in the last {_WINDOW_S:g} s were good"
