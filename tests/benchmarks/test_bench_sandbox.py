"""How many pizzas a sandbox sells in a second on one core, what of that is signing, and how much it remembers.

The whole run takes three minutes and is made by `CHAOS_PIZZA_BENCHMARKS=full`; otherwise some hundred pizzas are
bought. The figures are printed beside their goals, and no build fails by them.
"""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from figures import FULL, Figure, keep
from peers_sandbox import COMMAND, starting_on, two_cores

HERE = Path(__file__).parent
WARM_UP_S, BUYING_S = (2.0, 20.0) if FULL else (0.1, 0.4)
REMEMBERED = (100_000, 1_000_000) if FULL else (300, 600)
SIGNATURES = 4_000 if FULL else 100
GOAL_PER_S, GOAL_GROWTH_PERCENT = 3000.0, 5.0
PART = "sandbox"


@contextmanager
def sandbox(core: int | None) -> Iterator[tuple[psutil.Process, dict[str, str]]]:
    """A sandbox as `chaos-pizza sandbox` starts it, and the environment that it tells."""
    pipe = subprocess.PIPE
    with starting_on(core):
        process = subprocess.Popen([*COMMAND, "--until-stdin-closes"], stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    with process:
        told: dict[str, str] = {}
        while "PIZZA_FACTORY_ADMIN_KEY" not in told:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            name, _, value = shlex.split(line)[1].partition("=")
            told[name] = value
        try:
            yield psutil.Process(process.pid), told
        finally:
            process.stdin.close()
            process.wait(30)


def ran(script: str, *arguments: float, core: int | None, environment: dict[str, str] | None = None) -> str:
    """What a program beside this file prints."""
    with starting_on(core):
        done = subprocess.run(
            [sys.executable, HERE / script, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            timeout=400,
            env={**os.environ, **(environment or {})},
        )
    assert done.returncode == 0, done.stderr
    return done.stdout


def cpu_s(process: psutil.Process) -> float:
    used = process.cpu_times()
    return used.user + used.system


def test_how_many_pizzas_a_core_sells(request):
    buyers_core, core = two_cores()
    signing_s = [float(ran("sandbox_signing.py", SIGNATURES, core=core))]
    with sandbox(core) as (process, told):
        ran("sandbox_buyer.py", WARM_UP_S, core=buyers_core, environment=told)
        begun_cpu_s = cpu_s(process)
        bought = json.loads(ran("sandbox_buyer.py", BUYING_S, core=buyers_core, environment=told))
        used_s = cpu_s(process) - begun_cpu_s
    signing_s.append(float(ran("sandbox_signing.py", SIGNATURES, core=core)))
    keep(request.config.stash_table, "the sandbox's speed", speeds(bought, used_s / bought["bought"], signing_s))


def speeds(bought: dict[str, float], each_s: float, signing_s: list[float]) -> list[Figure]:
    """The figures of a run: what was bought, and the seconds of a processor for a purchase and for a signature."""
    alone_s = sum(signing_s) / len(signing_s)
    signing = "signing alone, 2048 bits"
    purchases, proven = bought["bought"], bought["proven"]
    buyer = f"{1e3 * bought['cpu_s'] / purchases:.3f} ms each by the buyer on the other core"
    rests_on = (
        f"{purchases:,} purchases over 32 connections, every answer looked at, one in a thousand ({proven}) proven"
    )
    per_s = purchases / bought["took_s"]
    return [
        Figure(PART, "sold on one core", per_s, "/s", GOAL_PER_S, False, signing, 1 / alone_s, note=rests_on),
        Figure(PART, "processor time of a purchase", 1e3 * each_s, "ms", None, True, signing, 1e3 * alone_s, buyer),
        Figure(PART, "of which signing", 100 * alone_s / each_s, "%"),
    ]


def test_a_sandbox_remembers_no_more_after_a_million(request):
    told = json.loads(ran("sandbox_memory.py", *REMEMBERED, core=None))
    early, late = f"{REMEMBERED[0]:,}", f"{told['made']:,}"
    shortened = "no socket, a key of 1,024 bits; 300 diners"
    growth = 100 * (told["late_mb"] / told["early_mb"] - 1)
    figures = [
        Figure(PART, f"memory after {early} purchases", told["early_mb"], "MB", note=shortened),
        Figure(PART, f"memory after {late} purchases", told["late_mb"], "MB", note=f"in {told['took_s']:.0f} s"),
        Figure(PART, "growth of memory", growth, "%", GOAL_GROWTH_PERCENT if FULL else None),
    ]
    keep(request.config.stash_table, "the sandbox's memory", figures)
