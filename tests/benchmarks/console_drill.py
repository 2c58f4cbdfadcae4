"""One drill at twenty purchases a second on a sandbox of its own, and consoles that look on in some of its phases."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from chaos_pizza.journal.file import read_journal
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.stop_file import request_stop

ROOT = Path(__file__).parents[2]
RATE_PER_S = 20
SETTLING_S = 0.5
"""What a phase begins with and is not counted: what the one before it left to do is not this one's."""
LOOKING_ON = """
import asyncio, os, sys, httpx

os.nice(10)  # a console's browser is on another machine: it is not to take this one from the drill

async def look_on(client, url, begun):
    taken = 0
    async with client.stream("GET", url + "/stream") as answer:
        async for chunk in answer.aiter_raw():
            taken += len(chunk)
            begun.set()
            looking_on[begun] = taken

async def main(url, count):
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(timeout=None, trust_env=False, limits=limits) as client:
        for _ in range(count):
            begun = asyncio.Event()
            tasks.append(asyncio.create_task(look_on(client, url, begun)))
            looking_on[begun] = 0
        for begun in list(looking_on):
            await begun.wait()
        print(count, flush=True)
        await asyncio.to_thread(sys.stdin.read)
        print(min(looking_on.values()), flush=True)
        os._exit(0)

looking_on, tasks = {}, []
asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


@dataclass
class Phases:
    """When the drill was alone, when it was looked on at, and how many bytes each console took in then at the least."""

    alone: list[tuple[datetime, datetime]] = field(default_factory=list)
    watched: list[tuple[datetime, datetime]] = field(default_factory=list)
    least_taken: list[int] = field(default_factory=list)


def quiet_experiment(folder: Path, lasts_s: float) -> Path:
    """Write a drill in which nothing is broken, so that all there is to measure is the sampling."""
    described = yaml.safe_load((ROOT / "experiments" / "placebo.yaml").read_text())
    described["extensions"][0]["traffic"]["rate_per_s"] = RATE_PER_S
    described["method"][0]["provider"]["arguments"]["duration_s"] = lasts_s
    probe = described["steady-state-hypothesis"]["probes"][-1]
    probe["provider"]["arguments"] = {"window_s": 1, "min_purchases": 10}
    path = folder / "quiet.yaml"
    path.write_text(yaml.safe_dump(described))
    return path


def clean_environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIZZA_")}
    return {**kept, "PIZZA_STATE_DIR": str(folder / "state")}


@contextmanager
def drill_under_way(folder: Path) -> Iterator[Path]:
    """Hold the drill for as long as the `with` lasts, and give its folder as soon as it buys; it is over after it."""
    # Longer than any run of this takes: it is told to stop.
    experiment, reports = quiet_experiment(folder, 900), folder / "reports"
    command = [sys.executable, "-m", "chaos_pizza", "drill", str(experiment), "--reports", str(reports), "--json"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=clean_environment(folder)) as drill:
        try:
            while not (journals := [*reports.glob("*/journal.jsonl")]) or not _buys(journals[0]):
                assert drill.poll() is None, drill.stderr.read()
                time.sleep(0.1)
            yield journals[0].parent
            request_stop(journals[0].parent, "enough was measured")
            told, complaint = drill.communicate(timeout=120)
            assert json.loads(told)["id"] == journals[0].parent.name, complaint
        finally:
            drill.terminate()


def hold_phases(folder: Path, drill: Path, pairs: int, phase_s: float, consoles: int) -> Phases:
    """Let the drill be alone and be looked on at in turns; while consoles are opened and closed it is neither."""
    phases = Phases()
    for _ in range(pairs):
        phases.alone.append(_phase(phase_s))
        with _consoles(drill.parent, folder, consoles) as lookers:
            phases.watched.append(_phase(phase_s))
            phases.least_taken.append(int(lookers.communicate(timeout=60)[0]))
    return phases


def lateness_ms(drill: Path, phases: list[tuple[datetime, datetime]]) -> list[list[float]]:
    """Return how late each purchase was sent that was meant for a phase, in milliseconds, by phase."""
    samples = [
        sample
        for recorded in read_journal(drill).records
        if isinstance(recorded.event, PurchasesObserved)
        for sample in recorded.event.samples
    ]
    return [
        [
            (each.sent_at - each.intended_at).total_seconds() * 1000
            for each in samples
            if begin <= each.intended_at < end
        ]
        for begin, end in phases
    ]


@contextmanager
def _consoles(reports: Path, folder: Path, count: int) -> Iterator["subprocess.Popen[str]"]:
    """Have a console's process, and one in which so many look on, all of which have begun; gives that one."""
    command = [sys.executable, "-m", "chaos_pizza", "console", "--reports", str(reports), "--port", "0"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, text=True, env=clean_environment(folder)) as console:
        url = re.search(r"http://127\.0\.0\.1:\d+", console.stdout.readline()).group()
        looking_on = [sys.executable, "-c", LOOKING_ON, url, str(count)]
        with subprocess.Popen(looking_on, stdin=pipe, stdout=pipe, text=True) as lookers:
            try:
                assert lookers.stdout.readline().strip() == str(count)
                yield lookers
            finally:
                lookers.kill()
                console.terminate()


def _phase(phase_s: float) -> tuple[datetime, datetime]:
    time.sleep(SETTLING_S)
    begin = datetime.now(UTC)
    time.sleep(phase_s)
    # The last ones may be sent late, which is what is measured: they were meant for this phase all the same.
    return begin, begin + timedelta(seconds=phase_s)


def _buys(journal: Path) -> bool:
    return '"purchases_observed"' in journal.read_text()
