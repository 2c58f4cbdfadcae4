"""Traffic for some seconds against a fast shop, in a process of its own: what it achieved, and what that took.

    python traffic_run.py URL RATE_PER_S SECONDS CARRIER MAX_IN_FLIGHT

CARRIER is what carries the purchases: `engine` is the engine's own way, `httpx` httpx's own transport, `httpx-aiohttp`
httpx over aiohttp. A line of JSON is printed. The first second counts for nothing; where nothing has been answered by
then, all counts until SECONDS after the first answer.
"""

import asyncio
import json
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace

import httpx

from chaos_pizza.clients.http import HttpCaller, http_client
from chaos_pizza.clients.services import ShopClient, open_services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.traffic.buyer import open_buyer
from chaos_pizza.traffic.fair_loop import fair_loop
from chaos_pizza.traffic.generator import Traffic
from chaos_pizza.traffic.recent import RecentPurchases

DINERS = 5
WARM_UP_S = 1.0
AFTERMATH_S = 0.5
"""For so long after the first answer the mass of answers is worked on, where many come at once."""


@dataclass(frozen=True)
class Run:
    """What traffic did in the time that counts; `cpu_ms` is for one purchase, lateness from when it was to be sent.

    `late_after_ms` is the 99th percentile of the lateness of those that were to be sent in the half second after the
    first answer that counts.
    """

    purchases: int
    good: int
    dropped: int
    achieved_per_s: float
    cpu_ms: float
    late_p50_ms: float
    late_p99_ms: float
    late_most_ms: float
    late_after_ms: float


class OtherTill:
    """Carries purchases as the other calls go."""

    def __init__(self, caller):
        self._caller = caller

    def open(self):
        """Nothing is to be opened."""

    async def exchange(self, request, timeout_s, turn=None):
        answer = await self._caller.exchange(request, timeout_s)
        if turn:
            await turn()
        return answer


@asynccontextmanager
async def carried(services, carrier):
    """Give services whose purchases are carried as is wanted."""
    if carrier == "engine":
        yield services
        return
    if carrier == "httpx":
        opened = http_client()
    else:
        import httpx_aiohttp  # noqa: PLC0415 - only where it is measured

        opened = httpx.AsyncClient(transport=httpx_aiohttp.AiohttpTransport(limits=httpx.Limits(max_connections=None)))
    async with opened as client:
        caller = HttpCaller(client, "the shop", services.target.shop_url, services.clock, services.redactor)
        yield replace(services, shop=ShopClient(caller, OtherTill(caller), services.redactor))


async def run(url, rate_per_s, lasts_s, carrier, max_in_flight):
    target = Target.of_fields("fast", {"shop_url": url, "factory_url": url, "vendor_key": "vendor-key-0123"})
    settings = TrafficSettings(
        rate_per_s=rate_per_s, diners=DINERS, latency_budget_s=60, timeout_s=60, max_in_flight=max_in_flight
    )
    async with (
        open_services(target, AnchoredClock(), Redactor(target.secrets())) as opened,
        carried(opened, carrier) as services,
    ):
        traffic = Traffic(await open_buyer(services, DINERS, "bench"), settings, services.clock, RecentPurchases())
        running = asyncio.create_task(traffic.run())
        await asyncio.sleep(WARM_UP_S)
        samples = traffic.take().samples
        was_held = not samples
        while not samples:
            await asyncio.sleep(0.02)
            samples = traffic.take().samples
        cpu_s, began_s = time.process_time(), time.perf_counter()
        await asyncio.sleep(lasts_s)
        cpu_s, took_s = time.process_time() - cpu_s, time.perf_counter() - began_s
        observed = traffic.take()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return figures((*samples, *observed.samples) if was_held else observed.samples, observed.dropped, cpu_s, took_s)


def figures(samples, dropped, cpu_s, took_s):
    late_ms = sorted(map(lateness_ms, samples))
    first_at = min(sample.answered_at for sample in samples)
    after = sorted(
        lateness_ms(sample) for sample in samples if 0 <= (sample.intended_at - first_at).total_seconds() < AFTERMATH_S
    )
    return Run(
        purchases=len(samples),
        good=sum(sample.outcome.value == "ok" for sample in samples),
        dropped=dropped,
        achieved_per_s=len(samples) / took_s,
        cpu_ms=1000 * cpu_s / len(samples),
        late_p50_ms=nearest(late_ms, 0.5),
        late_p99_ms=nearest(late_ms, 0.99),
        late_most_ms=late_ms[-1],
        late_after_ms=nearest(after or late_ms, 0.99),
    )


def lateness_ms(sample):
    return 1000 * (sample.sent_at - sample.intended_at).total_seconds()


def nearest(ordered, share):
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=fair_loop) as runner:
        url, rate_per_s, lasts_s, carrier, most = sys.argv[1:]
        print(json.dumps(asdict(runner.run(run(url, float(rate_per_s), float(lasts_s), carrier, int(most))))))
