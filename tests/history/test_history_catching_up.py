"""Drills that ended without a row of the history get one when it is next looked into."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chaos_pizza.folder import judge_folder
from chaos_pizza.history.catching_up import catch_up, is_any_ended
from chaos_pizza.history.sources import past_drill_in
from chaos_pizza.history.store import open_history
from chaos_pizza.journal.chain import FIRST_HASH, write_line
from chaos_pizza.journal.file import read_journal
from chaos_pizza.model.event import DrillStarted
from chaos_pizza.model.result import Verdict
from chaos_pizza.results import judge_drill, write_report

EXAMPLES = Path(__file__).parents[2] / "reports" / "examples"


@pytest.fixture
def reports(tmp_path):
    """A folder of reports with one drill that has ended, and nothing else."""
    folder = tmp_path / "reports" / "kept"
    folder.mkdir(parents=True)
    for name in ("journal.jsonl", "drill.json"):
        shutil.copy(EXAMPLES / "factory-fail" / name, folder)
    return tmp_path / "reports"


def ids(history):
    return [drill.drill_id for drill in history.drills()]


def first_id(reports):
    # The pictures are nothing to a history.
    return write_report(judge_drill(reports / "kept"), draw=lambda _: {}).result.drill_id


def test_a_drill_without_a_row_gets_one_and_is_not_read_again(reports):
    drill_id = first_id(reports)
    with open_history(None, reports) as history:
        assert catch_up(history, reports) == []
        assert ids(history) == [drill_id]
        # Were it read again, it would be found broken.
        (reports / "kept" / "journal.jsonl").write_text("broken\n")
        assert catch_up(history, reports) == []
        assert ids(history) == [drill_id]


def test_a_drill_that_is_under_way_waits_until_it_has_ended(reports):
    (reports / "kept" / "drill.json").unlink()
    assert not is_any_ended(reports)
    with open_history(None, reports) as history:
        assert catch_up(history, reports) == []
        assert ids(history) == []


@pytest.mark.parametrize("verdict", [Verdict.CALM_NOT_RESTORED, Verdict.INVALID])
def test_a_row_of_before_the_watchdog_mended_it_is_made_anew_once(reports, verdict):
    result, _ = judge_folder(reports / "kept")
    (row,) = [past_drill_in(reports / "kept")]
    first_id(reports)
    with open_history(None, reports) as history:
        history.keep(replace(row, verdict=verdict, ended_at=row.ended_at - timedelta(seconds=1)))
        assert catch_up(history, reports) == []
        ((kept,),) = [history.drills()]
        assert (kept.verdict, kept.ended_at) == (result.judgement.verdict, result.ended_at)
        (reports / "kept" / "journal.jsonl").write_text("broken\n")
        assert catch_up(history, reports) == []


@pytest.mark.parametrize("verdict", [Verdict.CALM_NOT_RESTORED, Verdict.INVALID])
def test_a_row_whose_results_say_the_same_is_not_read_again(reports, verdict):
    row = replace(past_drill_in(reports / "kept"), verdict=verdict)
    results = reports / "kept" / "drill.json"
    first_id(reports)
    results.write_text(json.dumps({**json.loads(results.read_text()), "verdict": verdict.value}))
    (reports / "kept").rename(reports / row.drill_id)
    (reports / row.drill_id / "journal.jsonl").write_text("broken\n")
    with open_history(None, reports) as history:
        history.keep(row)
        assert catch_up(history, reports) == []


def test_an_incident_without_a_row_gets_one(tmp_path):
    incident = next(EXAMPLES.glob("*-incident"))
    shutil.copytree(incident, tmp_path / "reports" / incident.name)
    assert is_any_ended(tmp_path / "reports")
    with open_history(None, tmp_path / "reports") as history:
        assert catch_up(history, tmp_path / "reports") == []
        assert ids(history) == [incident.name]
        assert len(history.items()) == 3


def test_what_can_not_be_read_is_named_and_the_rest_is_kept(reports):
    drill_id = first_id(reports)
    broken = reports / "broken"
    broken.mkdir()
    (broken / "journal.jsonl").write_text("no journal\n")
    (broken / "drill.json").write_text("{}")
    with open_history(None, reports) as history:
        (complaint,) = catch_up(history, reports)
        assert complaint.startswith("left out: broken, since ")
        assert ids(history) == [drill_id]


def test_numbers_that_nobody_can_reckon_with_cost_the_other_drills_nothing(reports):
    drill_id = first_id(reports)
    odd = reports / "odd"
    shutil.copytree(reports / "kept", odd)
    (odd / "drill.json").write_text("{}")
    previous, lines = FIRST_HASH, []
    for record in read_journal(reports / "kept").records:
        event = record.event
        if isinstance(event, DrillStarted):
            rules = tuple(replace(rule, window_s=1e300) for rule in event.settings.detection.rules)
            detection = replace(event.settings.detection, rules=rules)
            event = replace(event, drill_id="odd", settings=replace(event.settings, detection=detection))
        line, previous = write_line(record.number, record.at, event, previous)
        lines.append(line)
    (odd / "journal.jsonl").write_bytes(b"".join(lines))
    with open_history(None, reports) as history:
        (complaint,) = catch_up(history, reports)
        assert complaint.startswith("left out: odd, since ")
        assert ids(history) == [drill_id]


def test_folders_that_hold_nothing_are_nothing(tmp_path):
    (tmp_path / "examples").mkdir()
    assert not is_any_ended(tmp_path)
    assert not is_any_ended(tmp_path / "nowhere")
