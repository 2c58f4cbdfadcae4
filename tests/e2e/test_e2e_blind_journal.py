"""Blind drills against a real sandbox: what their folder tells before the end, and who reveals them when."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from chaos_pizza.folder import judge_folder
from chaos_pizza.journal.file import is_sealed, read_journal
from chaos_pizza.journal.sealing import Seal
from chaos_pizza.model.event import FaultInjected, VendorSeen, WatchdogTookOver
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.instant import instant_text
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.results import write_results

from .conftest import PIZZA, only_folder, run
from .processes import watchdog_of
from .under_way import DEADLINE_S, chaos_of, wait_for

pytestmark = pytest.mark.drill

SCRIPT = Path(__file__).with_name("blind_drill.py")


@contextmanager
def blind_drill(sandbox, workplace, outcome):
    """A blind drill that has come to its impact, and the key that it drew."""
    env = {**sandbox.env, "PIZZA_STATE_DIR": str(workplace / ".state")}
    command = [sys.executable, str(SCRIPT), str(workplace / "reports"), "people", outcome]
    with subprocess.Popen(command, cwd=workplace, env=env, stdout=subprocess.PIPE, text=True) as drill:
        try:
            _, key = drill.stdout.readline().split()
            assert drill.stdout.readline() == "impact\n"
            yield drill, env, Seal(bytes.fromhex(key))
        finally:
            drill.kill()


def told_early(sandbox, folder, state, seal):
    """What of the drill's kind, and of the times that only its journal knows, stands anywhere in the clear."""
    records = read_journal(folder, seal).records
    asked = [each.event for each in records if isinstance(each.event, FaultInjected)]
    seen = [each.event.chaos for each in records if isinstance(each.event, VendorSeen) and each.event.chaos]
    assert asked
    assert seen
    instants = [at for event in asked for at in (event.sent_at, event.acknowledged_at)]
    instants += [at for chaos in seen for at in (chaos.start_at, chaos.initiated_at) if at]
    files = [path for path in [*folder.rglob("*"), *state.rglob("*")] if path.is_file()]
    text = "\n".join(f"{path}\n{path.read_text()}" for path in files)
    # Times stand in the clear where a line was written; those of the events themselves must not.
    words = {f'"{kind.value}"' for kind in FaultKind} | {"factory-fail", "fault", "refuses every order", "runbook"}
    return sorted(word for word in words | {instant_text(at) for at in instants} if word in text)


def test_until_its_end_the_folder_tells_nothing_and_then_everything(start_sandbox, tmp_path):
    sandbox = start_sandbox()
    with blind_drill(sandbox, tmp_path, "ends") as (drill, env, seal):
        folder = only_folder(tmp_path / "reports")
        assert folder.name.endswith("-quarterly")
        assert told_early(sandbox, folder, tmp_path / ".state", seal) == []
        assert drill.wait(DEADLINE_S) == 0
    assert not is_sealed(folder)
    types = [json.loads(line)["event"]["type"] for line in (folder / "journal.jsonl").read_text().splitlines()]
    assert [types[0], *types[-2:]] == ["blind_drill_started", "revealed", "drill_ended"]
    assert set(types[1:-2]) == {"sealed"}
    result = write_results(folder).result
    assert result.blind.matches
    assert result.experiment == "factory-fail"
    assert "**They match**" in (folder / "report.md").read_text()
    assert run(*PIZZA, "report", "latest", cwd=tmp_path, env=env).code == 0


def test_when_its_process_is_killed_its_watchdog_restores_calm_and_reveals_it(start_sandbox, tmp_path):
    sandbox = start_sandbox()
    with blind_drill(sandbox, tmp_path, "stays") as (drill, _, _):
        folder = only_folder(tmp_path / "reports")
        drill.kill()
        wait_for(lambda: not is_sealed(folder))
    assert chaos_of(sandbox) == "none"
    wait_for((folder / "report.html").exists)
    result, contents = judge_folder(folder)
    assert contents.complaint is None
    assert result.blind.matches
    assert result.timeline.ended_by is Actor.WATCHDOG
    assert result.timeline.calm_verified
    types = [json.loads(line)["event"]["type"] for line in (folder / "journal.jsonl").read_text().splitlines()]
    assert types[-1] == "revealed"
    assert set(types[1:-1]) == {"sealed"}


def test_calm_does_not_wait_for_a_stranger_at_the_journal_and_the_record_does(start_sandbox, tmp_path):
    sandbox = start_sandbox()
    with blind_drill(sandbox, tmp_path, "stays") as (drill, _, _):
        folder = only_folder(tmp_path / "reports")
        watchdog = watchdog_of(drill)
        os.kill(watchdog, signal.SIGSTOP)
        drill.kill()
        drill.wait()
        with (folder / "journal.jsonl").open("rb") as journal:
            fcntl.flock(journal, fcntl.LOCK_EX)
            os.kill(watchdog, signal.SIGCONT)
            wait_for(lambda: chaos_of(sandbox) == "none")
            wait_for(lambda: not list(tmp_path.glob(".state/leases/*.lease")))
            assert is_sealed(folder)
        wait_for((folder / "report.html").exists)
    result, contents = judge_folder(folder)
    assert contents.complaint is None
    assert result.blind.matches
    assert result.timeline.ended_by is Actor.WATCHDOG
    assert result.timeline.calm_verified


def test_when_both_died_it_stays_sealed_for_every_command_and_calm_is_restored(start_sandbox, tmp_path):
    sandbox = start_sandbox()
    with blind_drill(sandbox, tmp_path, "stays") as (drill, env, seal):
        folder = only_folder(tmp_path / "reports")
        drill.send_signal(signal.SIGSTOP)
        os.kill(watchdog_of(drill), signal.SIGKILL)
        drill.kill()
        drill.wait()
    told = told_early(sandbox, folder, tmp_path / ".state", seal)
    assert told == []
    done = run(*PIZZA, "watchdog", cwd=tmp_path, env=env)
    assert done.code == 0, done.said
    assert chaos_of(sandbox) == "none"
    assert is_sealed(folder)
    events = [each.event for each in read_journal(folder, seal).records]
    assert any(isinstance(event, WatchdogTookOver) for event in events)
    (tmp_path / "chaos-pizza.yaml").write_text("publish:\n  webhook: {url: http://127.0.0.1:9/}\n")
    for command in (["report", "latest"], ["publish", "latest"], ["resume", "latest"]):
        ran = run(*PIZZA, *command, cwd=tmp_path, env=env)
        assert ran.code == 2, (command, ran.said)
        assert ran.said.count("\n") == 1
        assert "sealed until its end" in ran.said or "only its coordinator goes on with it" in ran.said
    for command, said in {
        ("status",): f"{folder.name}: sealed until its end",
        ("history", "rebuild"): f"left out: {folder.name}, since the blind drill",
        ("backtest",): f"left out: {folder.name}, since it is a blind drill's, sealed until its end",
    }.items():
        ran = run(*PIZZA, *command, cwd=tmp_path, env=env)
        assert (ran.code, said in ran.said) == (0, True), ran.said
        assert "factory-fail" not in ran.said
