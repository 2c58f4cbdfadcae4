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
WARM_UP_S, BUYING_S = (2.0, 10.0) if FULL else (0.1, 0.2)
REMEMBERED = (100_000, 1_000_000) if FULL else (300, 600)
SIGNATURES = 4_000 if FULL else 100
GOAL_PER_S, GOAL_GROWTH_PERCENT = 3000.0, 5.0
PART = "sandbox"


@contextmanager
def sandbox(core: int | None, *options: str) -> Iterator[tuple[psutil.Process, dict[str, str]]]:
    """A sandbox as `chaos-pizza sandbox` starts it, and the environment that it tells."""
    pipe, command = subprocess.PIPE, [*COMMAND, "--until-stdin-closes", *options]
    with starting_on(core):
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
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


def ran(script: str, *arguments: object, core: int | None, environment: dict[str, str] | None = None) -> str:
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


def test_how_many_pizzas_a_core_sells(request, tmp_path):
    buyers_core, core = two_cores()
    signing_s = [float(ran("sandbox_signing.py", SIGNATURES, core=core))]
    sold = []
    for what, manner, options in (
        ("sold on one core", (), ()),
        ("sold to a buyer who stays awake", ("awake",), ()),
        ("sold to that one with a log", ("awake",), ("--log", str(tmp_path / "log"))),
    ):
        with sandbox(core, *options) as (process, told):
            ran("sandbox_buyer.py", WARM_UP_S, *manner, core=buyers_core, environment=told)
            begun_cpu_s = cpu_s(process)
            bought = json.loads(ran("sandbox_buyer.py", BUYING_S, *manner, core=buyers_core, environment=told))
            sold.append((what, None if options else GOAL_PER_S, bought, cpu_s(process) - begun_cpu_s))
    signing_s.append(float(ran("sandbox_signing.py", SIGNATURES, core=core)))
    alone_s = sum(signing_s) / len(signing_s)
    figures = [figure for each in sold for figure in speeds(*each, alone_s)]
    keep(request.config.stash_table, "the sandbox's speed", figures)


def speeds(
    what: str, goal_per_s: float | None, bought: dict[str, float], used_s: float, alone_s: float
) -> list[Figure]:
    """The figures of a run: what was bought, and the seconds of a processor for all of it and for a signature."""
    signing = "signing alone, 2048 bits"
    purchases, proven, each_s = bought["bought"], bought["proven"], used_s / bought["bought"]
    rests_on = (
        f"{purchases:,} purchases over 32 connections, every answer looked at, one in a thousand ({proven}) proven"
    )
    per_s, share = purchases / bought["took_s"], f"{alone_s / each_s:.0%} of it signing"
    return [
        Figure(PART, what, per_s, "/s", goal_per_s, False, signing, 1 / alone_s, note=rests_on),
        Figure(PART, f"{what}: processor time each", 1e3 * each_s, "ms", None, True, signing, 1e3 * alone_s, share),
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
