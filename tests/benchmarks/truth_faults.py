"""Faults of random length on sandboxes whose truth is known, each drilled by the crew that every drill has.

The sandboxes run in a process of their own, each by a clock that is some seconds off. A drill here is what
`chaos-pizza drill` holds, without Chaos Toolkit's engine: purchases, watches, the drill's own alert rules and a cure,
every event kept in memory, judged by the same functions. What is held against the truth is done by `truth_checks`.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from random import Random

from truth_sandboxes import HoldUps

from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.clients.services import open_services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.drill.observations import gather
from chaos_pizza.drill.purchases import Purchase
from chaos_pizza.drill.result import judge
from chaos_pizza.drill.timeline import build_timeline
from chaos_pizza.errors import PizzaError
from chaos_pizza.live.calm import CalmRestorer
from chaos_pizza.live.crew import Crew, prepare
from chaos_pizza.model.event import DrillEnded, DrillStarted, Event, FaultInjected, Recorded, StageBegan
from chaos_pizza.model.incident import Actor, Stage
from chaos_pizza.model.result import DrillResult, InstantName
from chaos_pizza.model.settings import (
    DetectionFrom,
    DetectionSettings,
    DrillSettings,
    FaultKind,
    RecoverySettings,
    TrafficSettings,
)
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.wire.factory import link_path

HERE = Path(__file__).parent
KINDS = (FaultKind.FAIL, FaultKind.BADJWT, FaultKind.THROTTLE)
STALL_S = 0.8
DELAY_S = "0-0.2"
SHORTEST_S, LONGEST_S = 0.02, 2.0
BUDGET_S = {FaultKind.FAIL: 4.0, FaultKind.BADJWT: 4.0, FaultKind.THROTTLE: 0.6}
"""Late is what a stalled factory makes of a purchase, and nothing that a slow machine does."""
PATIENCE_S = 60.0
WAITING_S = 10.0
GLANCE_S = 0.02
DATE_GRAIN = timedelta(milliseconds=1)


class Cure(Enum):
    """Who ends a fault, and how."""

    RUNBOOK = "the runbook, by the factory's link"
    ADMIN = "the runbook, by the factory's admin"
    SOMEBODY = "somebody the drill knows nothing of, by the link"


@dataclass(frozen=True)
class Fault:
    """A fault to be held: `length_s` is meant, what the truth has of it comes out as it comes out."""

    kind: FaultKind
    cure: Cure
    length_s: float
    phase_s: float


@dataclass(frozen=True)
class Truth:
    """What really happened in a drill, on its own clock: the fault, and purchases as (received, answered, outcome)."""

    began_at: datetime | None
    ended_at: datetime | None
    purchases: tuple[tuple[datetime, datetime, str], ...]


@dataclass(frozen=True)
class Held:
    """A drill that was held, and what was true. `held_up_s` is the longest that either process was kept from work."""

    rate_per_s: float
    fault: Fault
    result: DrillResult
    purchases: tuple[Purchase, ...]
    truth: Truth
    held_up_s: float


@dataclass(frozen=True)
class _Run:
    shop: int
    fault: Fault
    records: list[Recorded]


def draw_faults(how_many: int, rate_per_s: float, seed: int) -> list[Fault]:
    """Faults of every kind and cure, of lengths that are random in their magnitude, at random times of the plan."""
    draws = Random(seed)
    return [
        Fault(
            kind=KINDS[number % len(KINDS)],
            cure=draws.choice((Cure.RUNBOOK, Cure.ADMIN, Cure.SOMEBODY)),
            length_s=SHORTEST_S * (LONGEST_S / SHORTEST_S) ** draws.random(),
            phase_s=draws.random() / rate_per_s,
        )
        for number in range(how_many)
    ]


def settings_for(kind: FaultKind, rate_per_s: float) -> DrillSettings:
    rule = replace(shipped_rules()["failed-purchases"], evaluation_interval_s=0.2)
    return DrillSettings(
        fault=kind,
        traffic=TrafficSettings(rate_per_s=rate_per_s, diners=1, latency_budget_s=BUDGET_S[kind], timeout_s=10),
        recovery=RecoverySettings(good_purchases=good_purchases(rate_per_s)),
        detection=DetectionSettings(source=DetectionFrom.SYNTHETIC_MONITOR, scrape_interval_s=0.2, rules=(rule,)),
        min_samples=2,
    )


def good_purchases(rate_per_s: float) -> int:
    return max(3, round(rate_per_s / 10))


def hold_faults(faults: Sequence[Fault], rate_per_s: float, shops: int, seed: int, folder: Path) -> list[Held]:
    """Hold the faults on so many shops side by side, and return what every drill said and what was true.

    A drill that can't be held to its end, as on a machine that answers nobody within ten seconds, is left out.
    """
    command = [sys.executable, str(HERE / "truth_sandboxes.py"), str(shops), str(seed), DELAY_S, str(STALL_S)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            told = json.loads(process.stdout.readline())
            clock = AnchoredClock()
            hold_ups, runs = asyncio.run(_hold_all(faults, rate_per_s, told["shops"], clock, folder))
            process.stdin.write("\n")
            process.stdin.flush()
            true = json.loads(process.stdout.readline())
        except BaseException:
            process.kill()
            raise
        process.stdin.close()
    # Both clocks advance with the machine's monotonic one, so they differ by what they showed at its zero.
    zero = datetime.fromisoformat(told["zero_at"]) - clock.at(0)
    spells = [*hold_ups.spells, *((datetime.fromisoformat(at) - zero, late_s) for at, late_s in true["hold_ups"])]
    return [_held(run, rate_per_s, told["shops"], true["shops"], zero, spells) for run in runs]


async def _hold_all(
    faults: Sequence[Fault], rate_per_s: float, shops: Sequence[dict], clock: AnchoredClock, folder: Path
) -> tuple[HoldUps, list[_Run]]:
    runs: list[_Run] = []
    waiting = list(reversed(faults))
    hold_ups = HoldUps(clock)

    async def keep_holding(number: int, environment: dict[str, str]) -> None:
        target = Target.of_environment(f"shop {number}", environment)
        while waiting:
            fault = waiting.pop()
            try:
                records = await _hold(fault, rate_per_s, target, clock, folder)
            except PizzaError:
                await _restore_calm(target, clock)
            else:
                runs.append(_Run(number, fault, records))

    ticking = asyncio.create_task(hold_ups.run())
    async with asyncio.TaskGroup() as group:
        for number, shop in enumerate(shops):
            group.create_task(keep_holding(number, shop["environment"]))
    ticking.cancel()
    return hold_ups, runs


async def _hold(fault: Fault, rate_per_s: float, target: Target, clock: AnchoredClock, folder: Path) -> list[Recorded]:
    settings, records, broken = settings_for(fault.kind, rate_per_s), [], []

    def record(event: Event) -> None:
        records.append(Recorded(len(records), clock.now(), event))

    record(DrillStarted("truth", "truth", "Truth", target.name, target.shop_url, target.factory_url, settings, "", ""))
    record(StageBegan(Stage.BASELINE))
    crew = await prepare(target, settings, clock)
    try:
        await crew.start(record, broken.append, broken.append, folder)
        await _until_or_given_up(lambda: crew.recent.window(clock.now(), PATIENCE_S).purchases >= 2)
        record(StageBegan(Stage.METHOD))
        await asyncio.sleep(fault.phase_s)
        await _break(fault.kind, crew, record)
        await _cure(fault, crew, record)
        cured_at = clock.now()
        wanted = good_purchases(rate_per_s)
        await _until_or_given_up(lambda: _is_well(crew, clock.now(), cured_at, wanted))
        # The factory's own word of the end is a look away, and what is recorded is half a second old.
        await _until_or_given_up(lambda: crew.factory_watch.vendor.is_calm)
        await _until_or_given_up(lambda: _knows_the_end(records), every_s=0.1)
    finally:
        await crew.stop()
    record(DrillEnded(clock.now(), "completed", deviated=False))
    assert not broken, broken
    return records


async def _restore_calm(target: Target, clock: AnchoredClock) -> None:
    """Bring back calm after a drill that a busy machine has cut short, as its watchdog would."""
    async with open_services(target, clock, Redactor(target.secrets())) as services:
        await CalmRestorer(services, lambda _: None, Actor.WATCHDOG).restore(PATIENCE_S)


async def _break(kind: FaultKind, crew: Crew, record) -> None:
    """Ask for chaos as the action does, and look at the factory's clock by the date of that."""
    clock, factory, watch = crew.services.clock, crew.services.factory, crew.factory_watch
    sent_at = clock.now()
    answer = await factory.schedule_chaos(kind.value)
    record(FaultInjected(kind, sent_at, clock.now()))
    begun_at = (await watch.next_word()).chaos.initiated_at
    watch.server_clock.observe(answer.sent_at, answer.received_at, begun_at, begun_at + DATE_GRAIN)


async def _cure(fault: Fault, crew: Crew, record) -> None:
    clock, watch, services = crew.services.clock, crew.factory_watch, crew.services
    start_at = watch.server_clock.to_drill(watch.vendor.chaos.start_at)
    restorer = CalmRestorer(services, record, Actor.RUNBOOK)
    path = None
    if fault.cure is not Cure.ADMIN:
        await _sleep_until(clock, start_at)
        while path is None:
            path = link_path(await services.factory.order(PATIENCE_S))
    await _sleep_until(clock, start_at + timedelta(seconds=fault.length_s))
    if fault.cure is Cure.ADMIN:
        await restorer.restore(PATIENCE_S)
    elif fault.cure is Cure.RUNBOOK:
        await restorer.follow(path)
    else:
        await services.factory.cure(path)


def _is_well(crew: Crew, now: datetime, cured_at: datetime, wanted: int) -> bool:
    since = crew.recent.window(now, (now - cured_at).total_seconds())
    return round(since.purchases * (since.success_ratio or 0)) >= wanted + 1


def _knows_the_end(records: list[Recorded]) -> bool:
    timeline = build_timeline(records)
    return not timeline.fault_proven or InstantName.RECOVERED in timeline.instants


async def _until_or_given_up(holds, every_s: float = GLANCE_S) -> None:
    """Wait until something holds; where a busy machine takes too long, what is known by then is judged all the same."""
    with suppress(TimeoutError):
        async with asyncio.timeout(WAITING_S):
            while not holds():  # noqa: ASYNC110 - many things may change it
                await asyncio.sleep(every_s)


async def _sleep_until(clock: AnchoredClock, at: datetime) -> None:
    await asyncio.sleep(max(0.0, (at - clock.now()).total_seconds()))


def _held(run: _Run, rate_per_s: float, shops: list, true: list, zero: timedelta, spells: list) -> Held:
    result = judge(run.records)
    ahead = zero + timedelta(seconds=shops[run.shop]["ahead_s"])

    def here(text: str | None) -> datetime | None:
        return None if text is None else datetime.fromisoformat(text) - ahead

    (began, ended) = next(
        (began, ended)
        for initiated, began, ended in true[run.shop]["chaos"]
        if result.started_at <= here(initiated) <= result.ended_at
    )
    bought = sorted((here(row[0]), here(row[1]), row[2]) for row in true[run.shop]["purchases"])
    within = tuple(row for row in bought if result.started_at <= row[0] <= result.ended_at)
    lag_s = max((late_s for at, late_s in spells if result.started_at <= at <= result.ended_at), default=0.0)
    return Held(
        rate_per_s=rate_per_s,
        fault=run.fault,
        result=result,
        purchases=gather(run.records).purchases.in_order,
        truth=Truth(here(began), here(ended), within),
        held_up_s=lag_s,
    )
