"""A game day's command: it goes on through restarts with the same draw, and ends in order where somebody ends it."""

import json
import os
import signal
import time
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from chaos_pizza.cli.main import commands
from chaos_pizza.folder import assess_folder
from chaos_pizza.gameday_folder import is_over, list_gamedays, read_gameday
from chaos_pizza.journal.file import is_sealed, read_journal
from chaos_pizza.journal.sealing import Seal
from chaos_pizza.model.blind_event import Revealed
from chaos_pizza.model.event import DrillResumed, FaultInjected

from .blind_days import LEFT_CONNECTIONS, PASSPHRASE, begin, blind_day, wait_until_begun
from .processes import watchdog_of
from .under_way import wait_for

pytestmark = [pytest.mark.drill, LEFT_CONNECTIONS]

BY_FACTORY = {
    "start": "factory",
    "placebo": None,
    "mitigation_timeout_s": 1,
    "pool": [{"experiment": "factory-fail.yaml"}],
}


def facts_of(day):
    (folder,) = list_gamedays(day.reports)
    return read_gameday(folder)


def said_by(day):
    return (day.workplace / "said.txt").read_text()


def asked_for(day):
    """Whether the newest drill has asked for its fault, as its key tells."""
    records = read_journal(day.folder, Seal(day.opened.key)).records if day.folder else ()
    return any(isinstance(record.event, FaultInjected) for record in records)


def ended(day):
    return wait_for(lambda: day.process.poll() is not None or None)


def test_through_restarts_a_game_day_goes_on_with_the_same_draw(tmp_path):
    with blind_day(tmp_path / "day", chaos_delay_s="20", baseline_s=6, **BY_FACTORY) as day:
        wait_until_begun(day)
        first, commitment = day.folder, facts_of(day).commitment
        day.kill()
        assert not asked_for(day), "this machine is too fast for this test"
        # Before the fault was asked for, another drill of the same game day begins.
        day.process = begin(day.workplace, day.sandbox).process
        wait_for(lambda: day.folder != first)
        second = day.folder
        wait_for(lambda: asked_for(day))
        day.kill()
        # After that, the drill itself is gone on with, to its end.
        day.process = begin(day.workplace, day.sandbox).process
        ended(day)
        facts = facts_of(day)
        assert facts.commitment == commitment
        assert facts.drills == (first.name, second.name)
        records = read_journal(second).records
        assert sum(isinstance(record.event, DrillResumed) for record in records) == 1
        assert sum(isinstance(record.event, FaultInjected) for record in records) == 1
        assert not is_sealed(first)
        judgement = assess_folder(second).result.judgement
        assert not any("resumed" in reason for reason in judgement.reasons), "the gap was before the fault"
        assert len(day.sandbox.truth) == 1


def test_a_terminal_that_is_closed_ends_nothing_and_a_shutdown_leaves_it_as_it_stands(tmp_path):
    with blind_day(tmp_path / "day", chaos_delay_s="60", **BY_FACTORY) as day:
        wait_until_begun(day)
        wait_for(lambda: asked_for(day))
        os.kill(day.process.pid, signal.SIGHUP)
        for pid in day.pids():
            os.kill(pid, signal.SIGTERM)
        ended(day)
        assert day.process.returncode == 4
        assert "run the same command again to go on with this game day" in said_by(day)
        assert is_sealed(day.folder)
        assert len(list((tmp_path / "day" / "state" / "leases").glob("*.lease"))) == 1


def test_at_a_shutdown_it_does_not_matter_that_the_watchdog_hears_of_it_first(tmp_path):
    with blind_day(tmp_path / "day", least_wait_s=1800, greatest_wait_s=3600) as day:
        wait_until_begun(day)
        os.kill(watchdog_of(day.process), signal.SIGTERM)
        # Two heartbeats, at which the drill would find that its watchdog is gone.
        time.sleep(1)
        day.process.send_signal(signal.SIGTERM)
        ended(day)
        assert day.process.returncode == 4
        assert "run the same command again to go on with this game day" in said_by(day)
        assert is_sealed(day.folder)


def test_a_drill_that_its_watchdog_ended_costs_no_game_day(tmp_path):
    with blind_day(tmp_path / "day", least_wait_s=1800, greatest_wait_s=3600) as day:
        wait_until_begun(day)
        (gameday,) = list_gamedays(day.reports)
        first = day.folder
        day.process.kill()
        day.process.wait()
        wait_for(lambda: not is_sealed(first))
        wait_for(lambda: not list((tmp_path / "day" / "state" / "leases").glob("*.lease")))
        assert is_over(gameday)
        day.process = begin(day.workplace, day.sandbox).process
        wait_for(lambda: len(list_gamedays(day.reports)) == 2)
        _, second = list_gamedays(day.reports)
        wait_for(lambda: read_gameday(second).drills)
        assert f"Game day {gameday.name} is over: its drill has revealed what was drawn." in said_by(day)
        journal = day.reports / read_gameday(second).drills[0] / "journal.jsonl"
        wait_for(lambda: journal.exists() and "\n" in journal.read_text())
        begun = json.loads(journal.read_text().partition("\n")[0])["event"]
        assert (begun["draw_number"], begun["unheld_draws"], begun["register_flaw"]) == (2, 1, None)
        day.process.send_signal(signal.SIGINT)
        ended(day)
        drill = day.reports / read_gameday(second).drills[0]
        assert assess_folder(drill).result.blind.departures == ()
        assert "draw number 2; **of the one draw before it 1 was never held" in (drill / "report.md").read_text()


def test_ctrl_c_ends_it_in_order_and_reveals_the_draw(tmp_path):
    with blind_day(tmp_path / "day", least_wait_s=1800, greatest_wait_s=3600) as day:
        wait_until_begun(day)
        draw = day.draw
        day.process.send_signal(signal.SIGINT)
        ended(day)
        assert day.process.returncode == 4
        (revealed,) = [r.event for r in read_journal(day.folder).records if isinstance(r.event, Revealed)]
        assert revealed.draw == draw
        (gameday,) = list_gamedays(day.reports)
        assert json.loads((gameday / "draw.json").read_text())["draw"]["nonce"] == draw.nonce
        assert list((tmp_path / "day" / "state" / "leases").glob("*.lease")) == []


def test_only_the_coordinator_is_shown_the_draw(tmp_path):
    with blind_day(tmp_path / "day", least_wait_s=1800, greatest_wait_s=3600) as day:
        wait_until_begun(day)
        words = ["gameday", "blind", "--role", "coordinator", "--reports", str(day.reports)]
        shown = CliRunner().invoke(commands, words, env={"PIZZA_COORDINATOR_PASSPHRASE": PASSPHRASE})
        assert f"begins at   {day.draw.starts_at:%Y-%m-%d %H:%M:%S} UTC" in shown.output
        assert f"({day.draw.fault.value})" in shown.output or "(a placebo: nothing breaks)" in shown.output
        assert "this draw matches it" in shown.output
        refused = CliRunner().invoke(commands, words, env={"PIZZA_COORDINATOR_PASSPHRASE": "guess again"})
        assert "was sealed with another passphrase" in str(refused.exception)
        assert day.draw.experiment not in refused.output


def test_one_that_waits_for_its_window_is_stopped_by_its_name_and_goes_on_with_the_same_draw(tmp_path):
    workplace = tmp_path / "day"
    later = datetime.now(UTC) + timedelta(hours=2)
    window = f"{later:%H}:00-{later + timedelta(hours=2):%H}:00 UTC"
    with blind_day(workplace, window=window) as day:
        wait_for(lambda: "commitment" in said_by(day) or None)
        os.kill(day.process.pid, signal.SIGHUP)
        words = ["--reports", str(day.reports)]
        told = CliRunner().invoke(commands, ["stop", "blind", *words])
        assert "Nothing had begun" in told.output
        ended(day)
        assert day.process.returncode == 4
        commitment = facts_of(day).commitment
        day.process = begin(day.workplace, day.sandbox).process
        wait_for(lambda: "goes on with the draw that was committed to" in said_by(day) or None)
        assert facts_of(day).commitment == commitment
        assert f"commitment {commitment}; it waits until" in CliRunner().invoke(commands, ["status", *words]).output
