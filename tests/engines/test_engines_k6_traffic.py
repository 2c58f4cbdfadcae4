"""A script's purchases as the drill gets them, from a program that writes what k6 writes."""

import asyncio
import sys
from pathlib import Path

import pytest
from k6_lines import checked, request_lines

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.engines.k6_script import K6Script
from chaos_pizza.engines.k6_traffic import K6Traffic
from chaos_pizza.errors import ServiceError
from chaos_pizza.model.load_event import LoadWorkerLost
from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.redaction import Redactor
from chaos_pizza.traffic.recent import RecentPurchases

PROGRAM = """\
import pathlib, sys, time
print(pathlib.Path(sys.argv[1]).read_text(), flush=True)
pathlib.Path(sys.argv[2]).touch()
time.sleep(float(sys.argv[3]))
"""
"""Writes a file, tells that it did, and stays a while."""


def told(tmp_path, name, stays_s):
    """Run a program that tells of two purchases and a check of this name, and return what was recorded of it."""
    lines = [line for turn in "01" for line in (*request_lines(turn=turn), checked(name, passed=True, turn=turn))]
    (tmp_path / "lines").write_text("\n".join(lines) + "\n")
    files = (str(tmp_path / "lines"), str(tmp_path / "told"))
    script = K6Script((sys.executable, "-c", PROGRAM, *files, str(stays_s)), {}, "k6")
    clock, recorded = AnchoredClock(), []
    traffic = K6Traffic(
        script, TrafficSettings(check="pizza verifies"), clock, Redactor(), RecentPurchases(), recorded.append, 0
    )
    asyncio.run(until_told(traffic, tmp_path / "told", stays_s))
    return recorded


async def until_told(traffic, told_file: Path, stays_s):
    running = asyncio.create_task(traffic.run())
    if stays_s:
        async with asyncio.timeout(30):
            while not await asyncio.to_thread(told_file.exists):  # noqa: ASYNC110 - a file rings no bell
                await asyncio.sleep(0.01)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    else:
        with pytest.raises(ServiceError, match="nobody is left to buy"):
            await running


def reasons(recorded):
    return [event.reason for event in recorded if isinstance(event, LoadWorkerLost)]


NAMED = 'no check "pizza verifies" came with any of 2 purchases (there came: pizza verify); no pizza is being verified'


def test_a_drill_that_ends_before_twenty_purchases_names_the_check_that_never_came(tmp_path):
    assert reasons(told(tmp_path, "pizza verify", 600)) == [NAMED]


def test_a_drill_whose_checks_came_loses_nobody_at_its_end(tmp_path):
    assert reasons(told(tmp_path, "pizza verifies", 600)) == []


def test_a_script_that_ends_by_itself_says_so_and_names_the_check_that_never_came(tmp_path):
    assert reasons(told(tmp_path, "pizza verify", 0)) == [f"k6 ended by itself, with exit code 0; {NAMED}"]
