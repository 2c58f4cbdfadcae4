"""What a console shows: the drill under way, else the game day that waits, else the last drill."""

import os

from web_console import OPENS_AT, DrillUnderWay, waiting_gameday

from chaos_pizza.console.web.shown import ShownState, find_shown
from chaos_pizza.gameday_folder import DRAW_NAME, FACTS_NAME


def test_where_there_is_nothing_nothing_is_shown(tmp_path):
    for reports in (tmp_path, tmp_path / "nowhere"):
        shown = find_shown(reports)
        assert (shown.folder, shown.state(has_ended=False)) == (None, ShownState.NONE)


def test_the_drill_under_way_comes_before_a_newer_one_that_is_over(tmp_path):
    with DrillUnderWay(tmp_path, "2026-11-24T20-00-00Z-first") as first:
        DrillUnderWay(tmp_path, "2026-11-24T21-00-00Z-second").close()
        shown = find_shown(tmp_path)
        assert (shown.folder, shown.state(has_ended=False)) == (first.folder, ShownState.UNDER_WAY)
    shown = find_shown(tmp_path)
    assert shown.folder.name == "2026-11-24T21-00-00Z-second"
    assert shown.state(has_ended=False) is ShownState.ENDED


def test_a_game_day_that_waits_comes_before_the_last_drill_and_after_one_under_way(tmp_path):
    folder = waiting_gameday(tmp_path)
    with DrillUnderWay(tmp_path) as drill:
        assert find_shown(tmp_path).folder == drill.folder
    shown = find_shown(tmp_path)
    assert shown.state(has_ended=False) is ShownState.WAITING
    assert shown.standing(OPENS_AT, has_ended=False) == {
        "now": "2026-11-24T21:00:00.000000Z",
        "drill": None,
        "state": "waiting",
        "gameday": {
            "plan": "tuesday",
            "window": "14:00-16:00 UTC",
            "commitment": "c" * 64,
            "opens_at": "2026-11-24T21:00:00.000000Z",
        },
        "report": None,
    }
    (folder / DRAW_NAME).write_text("{}")
    assert find_shown(tmp_path).folder == drill.folder


def test_a_drill_of_a_game_day_is_shown_as_that_ones_and_waits_where_it_was_left(tmp_path):
    name = "2026-11-24T20-00-00Z-tuesday"
    waiting_gameday(tmp_path, name)
    with DrillUnderWay(tmp_path, name) as drill:
        shown = find_shown(tmp_path)
        assert (shown.gameday.plan, shown.state(has_ended=False)) == ("tuesday", ShownState.UNDER_WAY)
    # It has only just let go of its journal: its end is about to be told.
    assert find_shown(tmp_path).state(has_ended=False) is ShownState.ENDED
    os.utime(drill.folder / "feed.jsonl", (0, 0))
    assert find_shown(tmp_path).state(has_ended=False) is ShownState.WAITING
    assert find_shown(tmp_path).state(has_ended=True) is ShownState.ENDED


def test_a_broken_game_day_is_passed_over(tmp_path):
    folder = waiting_gameday(tmp_path)
    (folder / FACTS_NAME).write_text("{")
    assert find_shown(tmp_path).state(has_ended=False) is ShownState.NONE
