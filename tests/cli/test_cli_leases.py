"""What a command does first about a drill that died, and what `status` and `doctor` say of one that lives."""

import fcntl
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from chaos_pizza.cli.main import commands
from chaos_pizza.draw_seal import OpenedDraw
from chaos_pizza.gameday.plan import read_plan
from chaos_pizza.gameday_folder import create_gameday
from chaos_pizza.gameday_hold import gameday_lock
from chaos_pizza.journal.chain import FIRST_HASH, write_line
from chaos_pizza.lease_file import list_leases, watched, write_lease
from chaos_pizza.model.blind_event import BlindDrillStarted, Sealed
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.event import Aborted, DrillStarted
from chaos_pizza.model.lease import Lease
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.redaction import Secret

AT = datetime(2026, 3, 2, 21, tzinfo=UTC)
NAME = "2026-03-02T21-00-00Z-friday"
STARTED = BlindDrillStarted(NAME, "friday", "staging", "http://shop", "http://f", "c" * 64, "1", "2")
TAKEN_UP = f"the drill {NAME} may have left chaos on"  # and its target is not to be found here
LEFT_TO = f"the game day's drill {NAME} was cut off. Its coordinator goes on with it"


@pytest.fixture(autouse=True)
def own_place(tmp_path, monkeypatch):
    monkeypatch.setenv("PIZZA_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


def cut_off(tmp_path, *events, silent_s=5.0):
    folder = tmp_path / "reports" / NAME
    folder.mkdir(parents=True)
    lines, last_hash = b"", FIRST_HASH
    for number, event in enumerate(events):
        line, last_hash = write_line(number, AT, event, last_hash)
        lines += line
    (folder / "journal.jsonl").write_bytes(lines)
    written = time.time() - silent_s
    os.utime(folder / "journal.jsonl", (written, written))
    lease = Lease(NAME, str(folder), "staging", "http://shop:3000", "http://factory:4000", True, False, AT, os.getpid())
    write_lease(lease)
    return lease


@contextmanager
def alive(lease):
    """Its drill writes its journal, and its watchdog watches."""
    with (Path(lease.folder) / "journal.jsonl").open("rb") as journal, watched(lease):
        fcntl.flock(journal, fcntl.LOCK_EX)
        yield


def said(*words):
    result = CliRunner().invoke(commands, words)
    return result.output


@pytest.mark.parametrize("words", [("status",), ("mark", "list"), ("doctor",), ("runbook", "factory")])
def test_a_responder_leaves_a_game_day_that_was_cut_off_to_its_coordinator(tmp_path, words):
    cut_off(tmp_path, STARTED, Sealed("Ym94"))
    told = said(*words)
    assert LEFT_TO in told
    assert "chaos-pizza watchdog ends it" in told
    assert TAKEN_UP not in told
    assert len(list_leases()) == 1


@pytest.mark.parametrize("words", [("calm",), ("watchdog",), ("stop",), ("history",)])
def test_every_other_command_takes_it_up_at_once(tmp_path, words):
    cut_off(tmp_path, STARTED, Sealed("Ym94"))
    assert TAKEN_UP in said(*words)


@pytest.mark.parametrize("silent_s", [601.0, -601.0])
def test_after_ten_minutes_everybody_does_whichever_way_the_clock_was_set(tmp_path, silent_s):
    cut_off(tmp_path, STARTED, Sealed("Ym94"), silent_s=silent_s)
    assert TAKEN_UP in said("status")


def test_a_drill_that_is_not_blind_is_taken_up_by_everybody(tmp_path):
    cut_off(tmp_path, Aborted(AT, "x"))
    assert TAKEN_UP in said("status")


def test_while_a_drill_lives_nothing_is_owed(tmp_path):
    lease = cut_off(tmp_path, STARTED, Sealed("Ym94"))
    with alive(lease):
        told = said("status")
    assert f"{NAME} is under way on staging (http://factory:4000); its watchdog stands by" in told
    assert "owed" not in told
    with watched(lease):
        told = said("status")
    assert f"calm is owed by {NAME}, which is over, to staging (http://factory:4000); its watchdog restores it" in told


def test_calm_is_owed_while_the_watchdog_of_a_dead_drill_writes_its_journal(tmp_path):
    with subprocess.Popen([sys.executable, "-c", ""]) as over:
        over.wait()
    lease = replace(cut_off(tmp_path, STARTED, Sealed("Ym94")), runner_pid=over.pid)
    write_lease(lease)
    with alive(lease):
        told = said("status")
    assert f"calm is owed by {NAME}, which is over, to staging (http://factory:4000); its watchdog restores it" in told


def test_the_latest_drills_judge_no_drill_that_is_under_way(tmp_path):
    started = DrillStarted(
        NAME, "fail", "A drill", "staging", "http://s", "http://f", DrillSettings(FaultKind.FAIL), "1", "2"
    )
    lease = cut_off(tmp_path, started)
    with alive(lease):
        assert f"\n{NAME}: under way\n" in said("status")
    with watched(lease):
        assert f"\n{NAME}: invalid (cut off)\n" in said("status")


def test_a_drill_whose_process_is_gone_is_not_under_way_though_its_watchdog_writes(tmp_path):
    with subprocess.Popen([sys.executable, "-c", ""]) as over:
        over.wait()
    started = DrillStarted(
        NAME, "fail", "A drill", "staging", "http://s", "http://f", DrillSettings(FaultKind.FAIL), "1", "2"
    )
    lease = replace(cut_off(tmp_path, started), runner_pid=over.pid)
    write_lease(lease)
    with alive(lease):
        assert f"\n{NAME}: invalid (cut off)\n" in said("status")


def test_a_blind_drill_under_way_stays_sealed_in_the_list(tmp_path):
    with alive(cut_off(tmp_path, STARTED, Sealed("Ym94"))):
        assert f"\n{NAME}: sealed until its end\n" in said("status")


def test_game_days_that_wait_are_listed_with_window_and_commitment_and_nothing_else(tmp_path):
    content = {
        "name": "friday",
        "roles": {"owner": "Ada", "coordinator": "Grace", "responders": ["Linus"]},
        "pool": [{"experiment": "fail.yaml"}],
        "window": "00:00-24:00 UTC",
    }
    (tmp_path / "friday.yaml").write_text(str(content))
    opened = OpenedDraw(Draw("ab" * 32, 7, "fail.yaml", FaultKind.FAIL, AT, AT, "0f" * 32), bytes(32))
    plan, reports = read_plan(content, "friday.yaml"), tmp_path / "reports"
    folder = create_gameday(reports, tmp_path / "friday.yaml", plan, opened, Secret("tomato and basil"), AT)
    with gameday_lock(reports, "friday"):
        (line,) = [line for line in said("status").splitlines() if line.startswith("game day")]
    assert line.startswith(f"game day {folder.name}: window 00:00-24:00 UTC, commitment ")
    assert line.endswith("; it waits until 2026-03-02 21:00:00 UTC")
    assert "fail" not in line
    assert "nobody holds it: run its command again" in said("status")
