"""A game day that is over, or whose folder is gone: closed and told of, and never a week lost for it."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from chaos_pizza.cli.main import commands
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.draw_seal import OpenedDraw
from chaos_pizza.gameday.commitment import commitment_of
from chaos_pizza.gameday_folder import create_gameday, note_drill, unfinished_gameday
from chaos_pizza.journal.file import JournalWriter
from chaos_pizza.journal.sealing import Seal
from chaos_pizza.model.blind_event import BlindDrillStarted, Filler
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.redaction import Secret
from chaos_pizza.runner.gameday_plan import read_planned

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
NOW = datetime.now(UTC)
DRAW = Draw("ab" * 32, 7, "fail.yaml", FaultKind.FAIL, NOW, NOW + timedelta(hours=1, minutes=17), "0f" * 32)
CONTENT = {
    "name": "friday",
    "roles": {"owner": "Ada", "coordinator": "Grace", "responders": ["Linus"]},
    "pool": [{"experiment": str(EXPERIMENTS / "factory-fail.yaml")}],
    "window": "00:00-24:00 UTC",
}


@pytest.fixture
def reports(tmp_path):
    return tmp_path / "reports"


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "friday.yaml"
    path.write_text(yaml.safe_dump(CONTENT))
    return path


@pytest.fixture
def drawn(reports, plan):
    opened = OpenedDraw(DRAW, bytes(32))
    return create_gameday(reports, plan, read_planned(plan).plan, opened, Secret("tomato and basil"), NOW)


def called(reports, *words):
    environment = {"PIZZA_STATE_DIR": str(reports.parent / "state"), "PIZZA_COORDINATOR_PASSPHRASE": None}
    result = CliRunner().invoke(commands, ["gameday", *words, "--reports", str(reports)], env=environment)
    return result.output, result.exception


def drill_of(reports, day):
    """A drill of a game day that its watchdog has revealed after its runner was killed."""
    name = f"{NOW:%Y-%m-%dT%H-%M-%S}Z-friday"
    (reports / name).mkdir()
    seal = Seal(bytes(32))
    writer = JournalWriter(reports / name, AnchoredClock(), seal=seal)
    writer.record(BlindDrillStarted(name, "friday", "env", "u", "u", commitment_of(DRAW), "0", "0"))
    writer.record(Filler())
    writer.reveal(DRAW)
    writer.close()
    note_drill(day, name)
    return reports / name


def test_a_game_day_whose_drill_was_revealed_by_its_watchdog_is_over(reports, drawn):
    drill_of(reports, drawn)
    assert f"{drawn.name}: over, and never held to its end" in called(reports)[0]
    assert unfinished_gameday(reports, "friday") is None
    # Everybody may see it now, without a passphrase.
    assert "fail.yaml (fail)" in called(reports, "friday", "--role", "coordinator")[0]


def test_the_next_run_closes_it_and_says_so_and_draws_another(reports, plan, drawn):
    drill_of(reports, drawn)
    output, error = called(reports, str(plan))
    assert f"Game day {drawn.name} is over: its drill has revealed what was drawn." in output
    assert json.loads((drawn / "draw.json").read_text())["draw"]["nonce"] == DRAW.nonce
    # It goes on to draw the next, for which a passphrase is wanted.
    assert "there is no terminal to ask for the coordinator's passphrase on" in str(error)


def test_a_game_day_whose_folder_was_deleted_is_listed_all_the_same(reports, drawn):
    shutil.rmtree(drawn)
    output, _ = called(reports)
    assert f"{drawn.name}: drawn, and never held to its end; its folder is gone" in output
    assert commitment_of(DRAW) in output


def test_a_register_that_was_tampered_with_is_told_of(reports, drawn):
    (reports / "gamedays" / "commitments.jsonl").write_text("")
    output, _ = called(reports)
    assert "The register of draws can't be relied on" in output
