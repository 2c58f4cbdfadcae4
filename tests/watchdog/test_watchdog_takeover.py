"""Calm waits for no journal: not for another one's hand on it, not for a disk that hangs, not for a long one."""

import asyncio
import fcntl
import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from chaos_pizza.clients.services import open_services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.journal.file import JOURNAL_NAME, JournalWriter, is_sealed, read_journal
from chaos_pizza.journal.sealing import Seal
from chaos_pizza.model.blind_event import BlindDrillStarted, Filler, Revealed
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.event import CalmChecked, DrillResumed, WatchdogTookOver
from chaos_pizza.model.lease import Lease
from chaos_pizza.model.response_event import CureAttempted
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.sandbox.embedded import SandboxThread
from chaos_pizza.watchdog.takeover import take_over
from chaos_pizza.watchdog.vigil import HUNG_UP

ENOUGH_S = 60.0
BEGUN_AT = datetime(2026, 11, 25, 14, 5, tzinfo=UTC)
KEY = bytes(range(32))
DRAW = Draw("c0" * 32, 7, "experiments/factory-fail.yaml", FaultKind.FAIL, BEGUN_AT, BEGUN_AT, "5a" * 32)
BLIND = BlindDrillStarted("d1", "quarterly", "sandbox", "http://shop", "http://factory", "00" * 32, "0", "0")
TAKEN_OVER = [WatchdogTookOver, CureAttempted, CalmChecked]


_TAKES_OVER = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from chaos_pizza.model.lease import Lease
from chaos_pizza.model.target import Target
from chaos_pizza.watchdog.process import see_to_results
from chaos_pizza.watchdog.takeover import take_over
from chaos_pizza.watchdog.vigil import HUNG_UP
target, folder = Target.of_environment("sandbox", os.environ), sys.argv[1]
urls = (target.shop_url, target.factory_url)
lease = Lease("d1", folder, "sandbox", *urls, False, False, datetime(2026, 11, 25, tzinfo=UTC), 0)
see_to_results(take_over(lease, target, HUNG_UP), Path(folder), patience_s=0.0)
"""


@pytest.fixture
def broken():
    """A sandbox whose factory refuses every order."""

    async def break_it(target):
        async with open_services(target, AnchoredClock(), Redactor(target.secrets())) as services:
            await services.factory.schedule_chaos("fail")

    with SandboxThread() as sandbox:
        asyncio.run(break_it(target_of(sandbox)))
        yield sandbox


def target_of(sandbox):
    return Target.of_environment("sandbox", sandbox.environment)


def taken_over(sandbox, folder, reveal=None):
    """Take a drill over that lies in this folder, and see that calm is back."""
    target = target_of(sandbox)
    shop, factory = target.shop_url, target.factory_url
    lease = Lease("d1", str(folder), target.name, shop, factory, False, False, BEGUN_AT, runner_pid=0)
    scribe = take_over(lease, target, HUNG_UP, reveal)
    assert calm_is_back(sandbox)
    return scribe


def calm_is_back(sandbox):
    return [spell.ended_how for spell in sandbox.truth] == ["admin"]


def write_journal(folder, *events, seal=None):
    writer = JournalWriter(folder, AnchoredClock(), seal=seal)
    for event in events:
        writer.record(event)
    writer.close()


@contextmanager
def strangers_hand_on(folder):
    """Somebody else writes the journal, or only says so."""
    file = os.open(folder / JOURNAL_NAME, os.O_RDONLY)
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(file)


def events_of(folder, seal=None):
    contents = read_journal(folder, seal)
    assert contents.complaint is None
    return [record.event for record in contents.records]


def test_calm_does_not_wait_for_another_hand_on_the_journal_and_the_record_is_complete_after_it(broken, tmp_path):
    write_journal(tmp_path, DrillResumed(BEGUN_AT))
    with strangers_hand_on(tmp_path):
        scribe = taken_over(broken, tmp_path)
        assert not scribe.is_done_within(0)
        assert events_of(tmp_path) == [DrillResumed(BEGUN_AT)]
        freed_at = datetime.now(UTC)
    assert scribe.is_done_within(ENOUGH_S)
    _, *told = read_journal(tmp_path).records
    assert [type(record.event) for record in told] == TAKEN_OVER
    assert told[-1].event.is_calm
    times = [record.at for record in told]
    assert times == sorted(times)
    assert times[-1] < freed_at, "each has the time at which it happened"


def test_a_blind_drill_that_a_stranger_held_back_is_revealed_behind_all_that_was_done(broken, tmp_path):
    write_journal(tmp_path, BLIND, DrillResumed(BEGUN_AT), seal=Seal(KEY))
    with strangers_hand_on(tmp_path):
        scribe = taken_over(broken, tmp_path, Revealed(DRAW, KEY.hex()))
        assert is_sealed(tmp_path)
    assert scribe.is_done_within(ENOUGH_S)
    assert not is_sealed(tmp_path)
    assert [type(event) for event in events_of(tmp_path)[2:]] == [*TAKEN_OVER, Revealed]


def test_without_its_key_a_blind_drill_is_told_only_that_it_was_taken_over_and_that_calm_is_back(broken, tmp_path):
    write_journal(tmp_path, BLIND, DrillResumed(BEGUN_AT), seal=Seal(KEY))
    scribe = taken_over(broken, tmp_path)
    assert scribe.is_done_within(ENOUGH_S)
    assert is_sealed(tmp_path)
    assert [type(event) for event in events_of(tmp_path, Seal(KEY))[2:]] == TAKEN_OVER


def test_a_long_journal_is_gone_on_with_where_it_ended(broken, tmp_path):
    many = 5000
    write_journal(tmp_path, BLIND, *[Filler()] * many, seal=Seal(KEY))
    scribe = taken_over(broken, tmp_path, Revealed(DRAW, KEY.hex()))
    assert scribe.is_done_within(ENOUGH_S)
    lines = (tmp_path / JOURNAL_NAME).read_bytes().splitlines()
    assert len(lines) == 1 + many + len(TAKEN_OVER) + 1
    assert read_journal(tmp_path).complaint is None


@pytest.mark.parametrize("left", ["nothing", "an altered line"])
def test_a_journal_that_cannot_be_gone_on_with_keeps_nothing_from_being_restored(broken, tmp_path, left):
    if left == "an altered line":
        write_journal(tmp_path, DrillResumed(BEGUN_AT))
        path = tmp_path / JOURNAL_NAME
        path.write_bytes(path.read_bytes().replace(b"2026", b"2025"))
    before = sorted((path.name, path.read_bytes()) for path in tmp_path.iterdir())
    scribe = taken_over(broken, tmp_path)
    assert scribe.is_done_within(ENOUGH_S)
    assert sorted((path.name, path.read_bytes()) for path in tmp_path.iterdir()) == before


def test_a_journal_that_hangs_keeps_neither_calm_from_being_restored_nor_the_watchdog_from_ending(broken, tmp_path):
    """A pipe in the journal's place: opening it waits until somebody opens its other end, which nobody does."""
    os.mkfifo(tmp_path / JOURNAL_NAME)
    command = [sys.executable, "-c", _TAKES_OVER, str(tmp_path)]
    done = subprocess.run(command, env={**os.environ, **broken.environment}, timeout=ENOUGH_S, check=False)
    assert done.returncode == 0
    assert calm_is_back(broken)
    assert [path.name for path in tmp_path.iterdir()] == [JOURNAL_NAME], "nothing was made up of a drill it can't read"
