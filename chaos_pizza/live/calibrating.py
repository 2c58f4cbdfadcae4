"""A calibration: buying at one rate after the other without a fault, to see how exact a drill can be here."""

import asyncio
import math
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from chaos_pizza.clients.services import Services, open_services
from chaos_pizza.clock import Clock
from chaos_pizza.drill.clock_offset import clock_offsets
from chaos_pizza.drill.purchases import OK, fold_purchases
from chaos_pizza.errors import ServiceError, UsageError
from chaos_pizza.file_handles import require_handles
from chaos_pizza.live.server_clock import ServerClock
from chaos_pizza.model.event import ClockObserved, Event, PurchasesObserved
from chaos_pizza.model.growing_column import whole_numbers
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.micros import MICROSECOND
from chaos_pizza.model.precision import Calibration, RateCalibration
from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.model.target import Target
from chaos_pizza.precision.drill_precision import clock_bounds
from chaos_pizza.precision.expectation import expected_errors
from chaos_pizza.precision.sampling import lateness_of, path_of
from chaos_pizza.precision.spread import spread_of
from chaos_pizza.redaction import Redactor
from chaos_pizza.traffic.buyer import Buyer, open_buyer
from chaos_pizza.traffic.opening import open_traffic
from chaos_pizza.traffic.recent import RecentPurchases

_TAKE_S = 0.25
_LOOK_S = 0.25
"""How often the factory is asked, as in a drill."""
_GRACE_S = 2.0
"""So long past its latency budget the last purchase is waited for."""


@dataclass(frozen=True, slots=True)
class CalibrationOrder:
    """What is to be tried: these rates (purchases a second), each for `lasts_s` seconds."""

    target: Target
    rates_per_s: Sequence[float]
    lasts_s: float


async def calibrate(order: CalibrationOrder, clock: Clock, tried: Callable[[RateCalibration], object]) -> Calibration:
    """Buy at each rate in turn, the lowest first, and return what came of it; `tried` is told of each rate at once.

    After a rate that was not kept, or at which nothing was good, no higher one is tried: it would only burden the shop.
    Raises `UsageError` where the factory's chaos is on or this process may have too few connections, `ServiceError` or
    `TargetError` where the target can't be bought from.
    """
    require_handles(TrafficSettings().max_in_flight)
    async with open_services(order.target, clock, Redactor(order.target.secrets())) as services:
        vendor, _ = await services.factory.vendor()
        if not vendor.is_calm:
            raise UsageError(
                "the factory's chaos is on or scheduled, and a calibration needs calm; wait for its end, or end it "
                "with `chaos-pizza calm`"
            )
        buyer = await open_buyer(services, TrafficSettings().diners, f"calibration-{secrets.token_hex(4)}")
        looks = _Looks(services)
        looking = asyncio.create_task(looks.run())
        try:
            rates = await _each_rate(order, buyer, tried)
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
    factory_path = spread_of(whole_numbers(looks.took_us))
    expected = (
        replace(rate, expected_s=expected_errors(rate.rate_per_s, rate.lateness, rate.path, factory_path))
        for rate in rates
    )
    clocks = clock_bounds(clock_offsets(looks.observed))
    return Calibration(order.target.name, tuple(expected), factory_path, clocks)


class _Looks:
    """Asks shop and factory for their clocks, and keeps how long the factory took; silence is no look."""

    def __init__(self, services: Services) -> None:
        self.took_us: list[int] = []
        self.observed: list[ClockObserved] = []
        self._services = services
        self._clocks = {peer: ServerClock(peer, self._record) for peer in (Peer.SHOP, Peer.FACTORY)}

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self._unless_silent(self._look_at_factory)
            await self._unless_silent(self._look_at_shop)
            await asyncio.sleep(_LOOK_S)

    async def _look_at_factory(self) -> None:
        _, answer = await self._services.factory.vendor()
        self.took_us.append((answer.received_at - answer.sent_at) // MICROSECOND)
        self._clocks[Peer.FACTORY].observe_date(answer)

    async def _look_at_shop(self) -> None:
        self._clocks[Peer.SHOP].observe_date(await self._services.shop.greet())

    @staticmethod
    async def _unless_silent(look: Callable[[], Awaitable[None]]) -> None:
        with suppress(ServiceError):
            await look()

    def _record(self, event: Event) -> None:
        if isinstance(event, ClockObserved):
            self.observed.append(event)


async def _each_rate(
    order: CalibrationOrder, buyer: Buyer, tried: Callable[[RateCalibration], object]
) -> list[RateCalibration]:
    found: list[RateCalibration] = []
    for rate_per_s in sorted(set(order.rates_per_s)):
        found.append(await one_rate(buyer, rate_per_s, order.lasts_s))
        tried(found[-1])
        if not found[-1].is_kept or found[-1].is_no_use:
            break
    return found


async def one_rate(buyer: Buyer, rate_per_s: float, lasts_s: float) -> RateCalibration:
    """Buy at a rate until all that was due within `lasts_s` seconds is decided, and return what came of it."""
    settings = TrafficSettings(rate_per_s=rate_per_s, diners=len(buyer.diners))
    offered = max(1, math.floor(rate_per_s * lasts_s))
    traffic = open_traffic(buyer, settings, buyer.services.clock, RecentPurchases())
    taken: list[PurchasesObserved] = []
    decided: set[int] = set()
    buying = asyncio.create_task(traffic.run())
    try:
        async with asyncio.timeout(lasts_s + settings.latency_budget_s + _GRACE_S):
            while len(decided) < offered and not buying.done():
                await asyncio.wait({buying}, timeout=_TAKE_S)
                taken.append(traffic.take())
                decided |= _decided(taken[-1], offered)
    except TimeoutError:
        pass  # what is missing by now is told as missing
    if buying.done():
        buying.result()  # raises what it broke down by
    buying.cancel()
    await asyncio.gather(buying, return_exceptions=True)
    purchases = fold_purchases([*taken, traffic.take()])
    within = purchases.rows.number < offered
    return RateCalibration(
        rate_per_s=rate_per_s,
        lasted_s=lasts_s,
        offered=offered,
        decided=int(within.sum()),
        good=int((within & (purchases.rows.outcome == OK)).sum()),
        lateness=lateness_of(purchases),
        path=path_of(purchases),
        latency_budget_s=settings.latency_budget_s,
    )


def _decided(observed: PurchasesObserved, offered: int) -> set[int]:
    """Return which of the first `offered` purchases were decided; one that is overdue comes again when it ends."""
    numbers = {sample.number for sample in observed.samples} | {overdue.number for overdue in observed.overdue}
    return {number for number in numbers if number < offered}
