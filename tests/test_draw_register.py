"""Every draw is registered when it is drawn; who takes one out, changes it or deletes its folder is told of."""

import json
import shutil
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chaos_pizza.draw_register import (
    RegisteredDraw,
    held_commitments,
    read_register,
    register_draw,
    register_entry,
)
from chaos_pizza.model.draw import RegisterEntry

sys.path.insert(0, str(Path(__file__).parent / "journal"))

from blind_journal import FIRST, RECORDS, sealed_lines

from chaos_pizza.model.event import DrillEnded

NOW = datetime(2026, 3, 2, 20, tzinfo=UTC)


@pytest.fixture
def reports(tmp_path):
    (tmp_path / "gamedays").mkdir()
    return tmp_path


def drawn(number, plan="friday"):
    return RegisteredDraw(f"day-{number}", plan, NOW + timedelta(days=number), f"{number:064x}")


def registered(reports, *draws):
    for each in draws:
        register_draw(reports, each)
    return reports / "gamedays" / "commitments.jsonl"


def drill_of(reports, commitment, status="completed", **first):
    """The folder of a blind drill with this commitment; one that ended so, or `None`: that did not."""
    folder = reports / f"2026-03-02T20-00-00Z-{commitment[-4:]}"
    folder.mkdir()
    told = [
        replace(each, event=replace(each.event, toolkit_status=status)) if isinstance(each.event, DrillEnded) else each
        for each in RECORDS
        if status or not isinstance(each.event, DrillEnded)
    ]
    lines = sealed_lines(told, first=replace(FIRST, commitment=commitment, **first))
    (folder / "journal.jsonl").write_bytes(b"".join(lines))


def test_without_a_draw_it_is_empty(tmp_path):
    assert read_register(tmp_path).draws == ()
    assert read_register(tmp_path).flaw is None


def test_draws_stand_in_it_in_their_order_each_chained_to_the_one_before(reports):
    path = registered(reports, drawn(1), drawn(2), drawn(3))
    assert [each.id for each in read_register(reports).draws] == ["day-1", "day-2", "day-3"]
    assert read_register(reports).flaw is None
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: lines[:1] + lines[2:], "broken before line 2"),
        (lambda lines: [lines[1], lines[0], lines[2]], "broken before line 1"),
        (lambda lines: [lines[0].replace(b"friday", b"monday"), *lines[1:]], "broken before line 2"),
        (lambda lines: [lines[0], b"nothing", lines[2]], "line 2 of commitments.jsonl is no draw"),
        (lambda lines: [lines[0], lines[1][:40]], "line 2 of commitments.jsonl is no draw"),
    ],
)
def test_a_register_that_was_changed_says_so(reports, change, said):
    path = registered(reports, drawn(1), drawn(2), drawn(3))
    path.write_bytes(b"".join(line + b"\n" for line in change(path.read_bytes().splitlines())))
    assert said in read_register(reports).flaw
    register_draw(reports, drawn(4))
    assert said in read_register(reports).flaw


def test_lines_taken_from_its_end_are_missed_by_the_game_days_and_drills_that_are_left(reports):
    path = registered(reports, drawn(1), drawn(2))
    whole = path.read_bytes()
    path.write_bytes(whole.splitlines(keepends=True)[0])
    assert read_register(reports).flaw is None, "nobody is left to say so"
    drill_of(reports, drawn(2).commitment, draw_number=2)
    assert "does not hold the draw of drill" in read_register(reports).flaw
    path.write_bytes(whole)
    assert read_register(reports).flaw is None
    folder = reports / "gamedays" / "day-3"
    folder.mkdir()
    facts = {"commitment": drawn(3).commitment}
    (folder / "gameday.json").write_text(json.dumps(facts))
    assert read_register(reports).flaw is None, "one of before there was a register"
    (folder / "gameday.json").write_text(json.dumps({**facts, "registered": True}))
    assert "does not hold game day day-3" in read_register(reports).flaw


def test_a_draw_knows_its_number_and_how_many_of_its_plan_were_never_held(reports):
    registered(reports, drawn(1), drawn(9, plan="monday"), drawn(2), drawn(3), drawn(4))
    drill_of(reports, drawn(1).commitment)
    drill_of(reports, drawn(2).commitment, status="interrupted")
    drill_of(reports, drawn(3).commitment, status=None)
    assert register_entry(reports, "friday", drawn(4).commitment) == RegisterEntry(4, 2)
    assert register_entry(reports, "friday", drawn(1).commitment) == RegisterEntry(1, 0)
    assert register_entry(reports, "monday", drawn(9).commitment) == RegisterEntry(1, 0)
    assert register_entry(reports, "friday", "f" * 64).flaw == "this draw is not in it"


def test_a_drill_whose_folder_is_gone_was_not_held_as_far_as_anybody_can_tell(reports):
    registered(reports, drawn(1))
    drill_of(reports, drawn(1).commitment)
    assert held_commitments(reports) == {drawn(1).commitment}
    shutil.rmtree(next(reports.glob("2026*")))
    assert held_commitments(reports) == set()
