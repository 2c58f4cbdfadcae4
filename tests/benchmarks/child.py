"""A command run in a process of its own, and what it took: so a benchmark's own data is not counted."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """What a command printed, and its seconds from start to end, of a processor, and its greatest memory in MB."""

    stdout: str
    took_s: float
    cpu_s: float
    peak_mb: float


def run_alone(*command: str, cwd=None, variables: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end, which is to be a good one; its peak is its own, whatever ran before it."""
    begun_s = time.perf_counter()
    # Of all children together the greatest is told; so each runs below a process that has only the one.
    told = subprocess.run(
        [sys.executable, "-c", _BELOW, *command],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        timeout=600,
        env={**os.environ, **(variables or {})},
    )
    assert told.returncode == 0, told.stderr
    stdout, _, figures = told.stdout.rstrip("\n").rpartition("\n")
    took_s, cpu_s, peak = map(float, figures.split())
    assert took_s <= time.perf_counter() - begun_s
    return Run(stdout, took_s, cpu_s, peak / (2**20 if sys.platform == "darwin" else 2**10))


_BELOW = """
import resource, subprocess, sys, time
begun_s = time.perf_counter()
code = subprocess.run(sys.argv[1:]).returncode
took_s = time.perf_counter() - begun_s
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(took_s, used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(code)
"""
