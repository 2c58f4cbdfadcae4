"""Questions to the purchases: do they succeed, how long do they take, what do they bring."""

import asyncio
import secrets as random_secrets
from collections.abc import Mapping
from typing import Any

from chaoslib.types import Configuration, Secrets

from chaos_pizza.activity import activity, ask_services
from chaos_pizza.alerting.exposition import read_exposition
from chaos_pizza.alerting.synthetic import REVENUE_BTC
from chaos_pizza.clients.services import Services
from chaos_pizza.errors import ServiceError
from chaos_pizza.live.current import current_session
from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.traffic.buyer import open_buyer
from chaos_pizza.traffic.generator import Traffic
from chaos_pizza.traffic.recent import RecentPurchases, Window

_PATIENCE_S = 40.0


@activity
def purchase_success_ratio(
    window_s: float = 5.0, min_purchases: int = 20, configuration: Configuration = None, secrets: Secrets = None
) -> float:
    """Return the share (0 to 1) of good purchases among those decided in the next `window_s` seconds.

    Good is a pizza that verifies, within the latency budget. Fails where fewer than `min_purchases` were decided.
    """
    window = _enough(_watch(window_s, configuration, secrets), min_purchases)
    return round(window.success_ratio or 0.0, 6)


@activity
def purchase_latency_s(
    quantile: float = 0.95,
    window_s: float = 5.0,
    min_purchases: int = 20,
    configuration: Configuration = None,
    secrets: Secrets = None,
) -> float:
    """Return the seconds that a share of `quantile` (0 to 1) of the purchases of the next `window_s` seconds kept to.

    Fails where fewer than `min_purchases` were decided.
    """
    latency_s = _enough(_watch(window_s, configuration, secrets), min_purchases).latency_s(quantile)
    return round(latency_s or 0.0, 6)


@activity
def purchase_once(configuration: Configuration = None, secrets: Secrets = None) -> str:
    """Buy one pizza and return what became of it: `ok`, `failed`, `bad_pizza`, `late`, `timeout`, …"""

    async def buy(services: Services) -> str:
        session = current_session()
        buyer = session.crew.buyer if session else await open_buyer(services, 1, _own_name())
        budget_s = (session.settings.traffic if session else TrafficSettings()).latency_budget_s
        bought = await buyer.buy(0, buyer.menu[:1], budget_s, _PATIENCE_S)
        return bought.classified.outcome.value

    return ask_services(configuration, secrets, buy)


@activity
def revenue_rate_btc_per_min(
    window_s: float = 5.0, configuration: Configuration = None, secrets: Secrets = None
) -> float:
    """Return the revenue, in bitcoin per minute, of the next `window_s` seconds.

    By the shop's own /metrics where it has them, so of all its diners; otherwise of the drill's own purchases.
    """

    async def by_metrics(services: Services) -> float | None:
        if services.metrics is None:
            return None
        before = await _revenue_btc(services)
        await asyncio.sleep(window_s)
        return (await _revenue_btc(services) - before) / window_s * 60

    rate = ask_services(configuration, secrets, by_metrics)
    if rate is None:
        rate = _watch(window_s, configuration, secrets).revenue_btc / window_s * 60
    return round(rate, 9)


async def _revenue_btc(services: Services) -> float:
    if services.metrics is None:
        raise ServiceError("the shop has no metrics")
    series = read_exposition(await services.metrics.text("", _PATIENCE_S))
    if REVENUE_BTC not in series:
        raise ServiceError(f"the shop's metrics don't show {REVENUE_BTC[0]}, so its revenue is unknown")
    return series[REVENUE_BTC]


def _watch(window_s: float, configuration: Mapping[str, Any] | None, secrets: Mapping[str, Any] | None) -> Window:
    """Watch the drill's traffic for `window_s` seconds, or some of our own outside a drill."""

    async def watch(services: Services) -> Window:
        session = current_session()
        if session:
            await asyncio.sleep(window_s)
            return session.crew.recent.window(services.clock.now(), window_s)
        buyer = await open_buyer(services, 1, _own_name())
        recent = RecentPurchases()
        traffic = asyncio.create_task(Traffic(buyer, TrafficSettings(), services.clock, recent).run())
        await asyncio.wait({traffic}, timeout=window_s)
        if traffic.done():
            await traffic  # raises what it broke down by
        window = recent.window(services.clock.now(), window_s)
        traffic.cancel()
        await asyncio.gather(traffic, return_exceptions=True)
        return window

    return ask_services(configuration, secrets, watch)


def _enough(window: Window, min_purchases: int) -> Window:
    if window.purchases < min_purchases:
        raise ServiceError(
            f"only {window.purchases} purchases were decided, and {min_purchases} are wanted: too few to tell anything"
        )
    return window


def _own_name() -> str:
    return f"probe-{random_secrets.token_hex(4)}"
