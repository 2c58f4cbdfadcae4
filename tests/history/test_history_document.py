"""The history for machines: the words and the rounding of drill.json, and lines that no spreadsheet calculates."""

import csv
import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from history_examples import ANY_DRILLS, FIGURES, drill, incident, undetected
from hypothesis import example, given
from hypothesis import strategies as st

from chaos_pizza.drill.past import past_drill_of
from chaos_pizza.drill.result import judge
from chaos_pizza.history.document import COLUMNS, to_cells, to_document
from chaos_pizza.history.tables import drills
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.report.document import to_document as to_drill_json

sys.path.insert(0, str(Path(__file__).parents[1] / "drill"))

from story import by_the_book, by_time, started

RESULT = judge(by_time(by_the_book()))
ROW = past_drill_of(RESULT, started().settings, "0.1.0")
ANY_CELL = st.text(max_size=30)


def cells(past):
    return dict(zip(COLUMNS, to_cells(past), strict=True))


def line(past):
    """A drill's line as a spreadsheet reads it."""
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, to_cells(past)])
    (found,) = csv.DictReader(io.StringIO(text.getvalue()))
    return found


def test_a_drill_is_told_in_the_words_and_figures_of_drill_json():
    told, theirs = to_document(ROW), to_drill_json(RESULT)
    shared = set(told) & set(theirs)
    facts = {"id", "experiment", "title", "target", "started_at", "ended_at", "verdict", "ended_by", "detected_by"}
    assert shared == facts | {"reasons", "measures", "impact", "rules"}
    for word in shared - {"impact"}:
        assert told[word] == theirs[word], word
    assert told["impact"] == {word: theirs["impact"][word] for word in told["impact"]}


@given(st.lists(FIGURES, min_size=2, max_size=2), st.booleans())
@example([0.29, 1.001], False)
@example([0.0005, 0.0015], False)
@example([2.675, 12.3], True)
@example([-0.0005, -0.3], False)
def test_every_figure_is_rounded_as_drill_json_rounds_it(figures, censored):
    for unit in (1.0, 1e-3, 1e-306):
        value, bound = (figure * unit for figure in figures)
        if max(abs(value), abs(bound)) > 1e20:
            continue
        measure = Measure(value, bound, None if censored else bound, censored)
        result = replace(RESULT, measures={MeasureName.TTD: measure})
        told = to_document(past_drill_of(result, started().settings, "0.1.0"))
        assert told["measures"] == to_drill_json(result)["measures"]


def test_what_is_unknown_is_none_and_an_empty_cell():
    told = to_document(incident())
    assert (told["verdict"], told["fault"], told["announced"], told["impact"]["purchases"]) == (None,) * 4
    assert told["measures"]["ttr_s"] is None
    assert told["measures"]["ttd_s"] == {"value": 600.0, "earliest": 540.0, "latest": 660.0, "censored": False}
    found = line(incident())
    assert (found["verdict"], found["purchases"], found["ttr_s"], found["ttr_censored"]) == ("",) * 4
    assert (found["origin"], found["experiment"], found["ttd_s"]) == ("incident", "", "600.0")


def test_a_line_has_a_cell_for_each_measure_and_says_what_is_a_bound():
    found = line(undetected())
    assert [found[f"ttd_{part}"] for part in ("s", "earliest_s", "latest_s", "censored")] == [
        "41.0",
        "41.0",
        "",
        "true",
    ]
    assert (found["reasons"], found["missed_budgets"]) == ("undetected; not mitigated", "ttd_s; ttm_s")
    found = line(drill())
    assert [found[f"ttd_{part}"] for part in ("s", "earliest_s", "latest_s", "censored")] == [
        "1.915", "1.912", "1.917", "false",
    ]  # fmt: skip
    assert (found["announced"], found["purchases"], found["started_at"]) == (
        "true",
        "121",
        "2026-11-24T03:05:40.482385Z",
    )


def test_the_columns_of_a_line_are_those_of_the_table():
    assert set(COLUMNS) == {column.name for column in drills.c} - {"sights"}
    assert len(set(COLUMNS)) == len(COLUMNS)


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_is_a_formula(begin):
    title = f'{begin}HYPERLINK("http://evil.example")'
    assert cells(drill(title=title))["title"].startswith("'")
    # Nor is what only becomes one once its invisible signs are gone.
    assert cells(drill(title=f"\x00 {title}"))["title"].startswith(("'", "HYPERLINK"))
    assert cells(drill(title=f"well {title}"))["title"].startswith("well ")
    # A figure below zero is a figure.
    assert cells(drill(minutes_below_tolerance=-1.0))["minutes_below_tolerance"] == -1.0


@given(ANY_CELL, ANY_CELL)
def test_any_text_is_one_cell_on_one_line(title, reason):
    found = cells(drill(title=title, reasons=(reason, reason)))
    for cell in (found["title"], found["reasons"]):
        assert cell == "" or cell.isprintable()
        assert not cell.startswith(("=", "+", "-", "@"))


@given(ANY_DRILLS)
def test_any_drill_is_fit_for_json_and_for_a_line(past):
    told = to_document(past)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert set(line(past)) == set(COLUMNS)
