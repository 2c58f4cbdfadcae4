"""Who holds a game day is known to whoever wants to end it; one that waits for its window can be told to stop."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from chaos_pizza.cli.main import commands
from chaos_pizza.draw_seal import OpenedDraw
from chaos_pizza.drill_lookup import find_drill_folder
from chaos_pizza.errors import UsageError
from chaos_pizza.gameday.plan import read_plan
from chaos_pizza.gameday_folder import create_gameday, note_drill, reveal_draw
from chaos_pizza.gameday_hold import gameday_lock, is_being_held, open_gamedays
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.redaction import Secret
from chaos_pizza.stop_file import stop_request

NOW = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
OPENED = OpenedDraw(
    Draw("ab" * 32, 7, "fail.yaml", FaultKind.FAIL, NOW, NOW + timedelta(minutes=17), "0f" * 32), bytes(range(32))
)


@pytest.fixture
def reports(tmp_path, monkeypatch):
    monkeypatch.setenv("PIZZA_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "reports"


def drawn(reports, name, tmp_path):
    content = {
        "name": name,
        "roles": {"owner": "Ada", "coordinator": "Grace", "responders": ["Linus"]},
        "pool": [{"experiment": "fail.yaml"}],
        "window": "00:00-24:00 UTC",
    }
    file = tmp_path / f"{name}.yaml"
    file.write_text(str(content))
    plan = read_plan(content, str(file))
    return create_gameday(reports, file, plan, OPENED, Secret("tomato and basil"), NOW)


def stopped(reports, *words):
    result = CliRunner().invoke(commands, ["stop", *words, "--reports", str(reports), "--reason", "lunch"])
    return str(result.exception) if result.exception else result.output


def test_no_two_processes_hold_the_game_day_of_one_plan_and_the_second_is_told_how_to_end_it(reports):
    said = rf"is being held already, by process {os.getpid()}; chaos-pizza stop friday ends it"
    with gameday_lock(reports, "friday"), pytest.raises(UsageError, match=said), gameday_lock(reports, "friday"):
        pytest.fail("two hold it")
    with gameday_lock(reports, "friday"), gameday_lock(reports, "monday"):
        assert is_being_held(reports, "friday")
    assert not is_being_held(reports, "friday")


@pytest.mark.parametrize("named", [[], ["friday"], ["its id"], ["its folder"]])
def test_a_game_day_that_waits_for_its_window_is_told_to_stop(reports, tmp_path, named):
    folder = drawn(reports, "friday", tmp_path)
    places = {"its id": folder.name, "its folder": str(folder)}
    with gameday_lock(reports, "friday"):
        assert f"{folder.name} was told to stop" in stopped(reports, *(places.get(word, word) for word in named))
    assert stop_request(folder) == "lunch"


def test_which_of_two_is_to_be_said(reports, tmp_path):
    friday, monday = drawn(reports, "friday", tmp_path), drawn(reports, "monday", tmp_path)
    with gameday_lock(reports, "friday"), gameday_lock(reports, "monday"):
        said = stopped(reports)
        assert friday.name in said
        assert monday.name in said
        stopped(reports, "monday")
    assert stop_request(friday) is None
    assert stop_request(monday) == "lunch"


def test_one_that_nobody_holds_has_nothing_to_stop(reports, tmp_path):
    folder = drawn(reports, "friday", tmp_path)
    assert "no drill is under way" in stopped(reports)
    assert f"nobody holds game day {folder.name}" in stopped(reports, "friday")
    assert stop_request(folder) is None


def test_one_that_is_over_is_not_open(reports, tmp_path):
    folder = drawn(reports, "friday", tmp_path)
    assert [(path, held) for path, _, held in open_gamedays(reports)] == [(folder, False)]
    reveal_draw(folder, OPENED)
    assert open_gamedays(reports) == []


def test_where_a_drill_is_wanted_a_game_day_finds_its_newest(reports, tmp_path):
    folder = drawn(reports, "friday", tmp_path)
    for name in ("2026-03-02T20-00-01Z-friday", "2026-03-02T20-05-00Z-friday"):
        (reports / name).mkdir()
        (reports / name / "journal.jsonl").touch()
        note_drill(folder, name)
    for named in ("friday", folder.name, str(folder)):
        assert find_drill_folder(reports, named) == reports / "2026-03-02T20-05-00Z-friday"
    with pytest.raises(UsageError, match="there is no drill 'monday'"):
        find_drill_folder(reports, "monday")
