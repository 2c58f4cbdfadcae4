"""One part of the benchmarks: a file of tests, run to its end in a process of its own, and what it told."""

import json
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from figures import Figure, SideBySide, read_kept

HERE = Path(__file__).parent
LONGEST_S = 600.0
"""A part that takes longer is ended, and counts as broken."""
ENDING_S = 15.0
"""What a part gets to take down its servers once it was told to end."""
TAIL_CHARS = 2000


@dataclass(frozen=True)
class Part:
    """What came of one part: its figures, and, in a line each, what of it broke or was skipped."""

    name: str
    took_s: float
    figures: tuple[Figure, ...] = ()
    tables: tuple[SideBySide, ...] = ()
    broken: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    output: str = field(default="", repr=False)
    """The end of what it printed, where it broke."""


def parts(folder: Path = HERE) -> dict[str, Path]:
    """Return the file of every part by its name: `traffic` is `test_bench_traffic.py`."""
    return {path.stem.removeprefix("test_bench_"): path for path in sorted(folder.glob("test_bench_*.py"))}


def run_part(
    name: str, file: Path, workplace: Path, tick: Callable[[float], None], longest_s: float = LONGEST_S
) -> Part:
    """Run a part in full; `tick` is told every now and then how many seconds it has taken."""
    told, outcome, output = (workplace / f"{name}.{kind}" for kind in ("jsonl", "xml", "txt"))
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "-q", "--tb=short"]
    variables = {"CHAOS_PIZZA_BENCHMARKS": "full", "CHAOS_PIZZA_FIGURES": str(told)}
    began_s = time.monotonic()
    with output.open("wb") as sink:
        code = _run([*command, f"--junit-xml={outcome}", str(file)], variables, sink, tick, longest_s)
    took_s = time.monotonic() - began_s
    broken, skipped = read_outcome(outcome)
    if code is None:
        broken.append(f"took longer than {longest_s:.0f} s and was ended")
    elif code != 0 and not broken and not skipped:
        broken.append(f"could not be run: pytest exited with {code}")
    figures, tables, complaint = _read_figures(told)
    if complaint:
        broken.append(complaint)
    if not figures and not tables and not broken and not skipped:
        broken.append("ran, but told no figure")
    tail = output.read_text(errors="replace")[-TAIL_CHARS:] if broken else ""
    return Part(name, took_s, figures, tables, tuple(broken), tuple(skipped), tail)


def read_outcome(outcome: Path) -> tuple[list[str], list[str]]:
    """Return what broke and what was skipped by pytest's own record, a line each; nothing where it left none."""
    broken: list[str] = []
    skipped: list[str] = []
    try:
        tests = ET.parse(outcome).iter("testcase")
        for test in tests:
            for kind, into in (("failure", broken), ("error", broken), ("skipped", skipped)):
                into.extend(f"{test.get('name')}: {_why(each)}" for each in test.iter(kind))
    except (OSError, ET.ParseError):
        pass  # ended too early to leave one; its exit code tells that
    return broken, skipped


def _run(
    command: list[str], variables: dict[str, str], sink: object, tick: Callable[[float], None], longest_s: float
) -> int | None:
    """Return the exit code, or `None` where it took too long. An interrupt ends it and everything that it started."""
    began_s = time.monotonic()
    environment = {**os.environ, **variables}
    # A session of its own, so that all that it started can be ended together with it.
    with subprocess.Popen(
        command,
        stdout=sink,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    ) as running:
        try:
            while True:
                try:
                    return running.wait(0.25)
                except subprocess.TimeoutExpired:
                    tick(time.monotonic() - began_s)
                if time.monotonic() - began_s > longest_s:
                    return None
        finally:
            _end(running)


def _end(running: "subprocess.Popen[bytes]") -> None:
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGINT)
        try:
            running.wait(ENDING_S)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)


def _read_figures(told: Path) -> tuple[tuple[Figure, ...], tuple[SideBySide, ...], str]:
    if not told.exists():
        return (), (), ""
    try:
        figures, tables = read_kept(told.read_text(encoding="utf-8").splitlines())
    except (ValueError, TypeError, json.JSONDecodeError) as error:
        return (), (), f"its figures can't be read: {_first_line(str(error))}"
    return tuple(figures), tuple(tables), ""


def _why(record: ET.Element) -> str:
    # Of a file that can't be loaded the message says no more than that; why stands in the text, after an E.
    complaints = [line.removeprefix("E ") for line in (record.text or "").splitlines() if line.startswith("E ")]
    message = record.get("message")
    return _first_line(complaints[-1] if message == "collection failure" and complaints else message)


def _first_line(text: str | None) -> str:
    lines = (text or "").strip().splitlines()
    return lines[0][:200] if lines else "without a word"
