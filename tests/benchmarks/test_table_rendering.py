"""The table of the benchmarks: what a reader is told of a goal that is met, one that isn't, and what didn't run."""

import math

import pytest
from bench_run import Part
from bench_table import amount, cell, goal_of, quantity, report, rows, summary, verdict
from figures import Figure, SideBySide
from hypothesis import given
from hypothesis import strategies as st

MET = Figure("traffic", "rate", 2500.0, "/s", 2000.0, at_most=False, peer="httpx", peer_measured=125.0, note="5 s")
SHORT = Figure("traffic", "lateness, p99", 7.0, "ms", 5.0)
BARE = Figure("traffic", "memory", 61.25, "MB")


def test_a_figure_stands_beside_its_goal_and_its_peer():
    assert rows([Part("traffic", 1.0, (MET,))]) == [
        ("traffic", "rate", "≥ 2,000/s", "2,500/s", "yes", "httpx", "125/s", "20.0 x", "5 s")
    ]


def test_a_goal_that_is_not_met_says_by_how_much():
    assert verdict(SHORT) == "falls short by 2.00 ms (40%)"
    assert verdict(Figure("a", "b", 1500.0, "/s", 2000.0, at_most=False)) == "falls short by 500/s (25%)"
    assert verdict(Figure("a", "lost", 3.0, "purchases", 0.0)) == "falls short by 3.00 purchases"


def test_what_has_no_goal_is_not_judged():
    assert (goal_of(BARE), verdict(BARE)) == ("-", "-")


def test_what_broke_or_was_skipped_has_a_row_whether_or_not_it_told_figures():
    part = Part("fleet", 3.0, (BARE,), broken=("hundred shops: no room",), skipped=("namespaces: not allowed",))
    told = rows([part, Part("traffic", 1.0, broken=("ran, but told no figure",))])
    assert [(row[0], row[1], row[3]) for row in told] == [
        ("traffic", "memory", "61.2 MB"),
        ("fleet", "hundred shops: no room", "BROKEN"),
        ("fleet", "namespaces: not allowed", "SKIPPED"),
        ("traffic", "ran, but told no figure", "BROKEN"),
    ]


def test_the_last_words_name_each_goal_that_is_missed_and_all_that_did_not_run():
    parts = [Part("traffic", 1.0, (MET, SHORT, BARE)), Part("fleet", 1.0, broken=("a: b",), skipped=("c: d",))]
    assert summary(parts) == [
        "1 of 2 goals are met.",
        "Falls short: traffic, lateness, p99: 7.00 ms instead of ≤ 5 ms.",
        "Broken: fleet: a: b.",
        "Skipped: fleet: c: d.",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2090.4, "2,090"), (12.34, "12.3"), (0.02567, "0.0257"), (0.0, "0"), (-3.0, "-3.00"), (9.996, "10.0"),
        (0.9999, "1.00"), (1234567.0, "1,234,567"), (math.nan, "unknown"), (math.inf, "unknown"),
    ],
)  # fmt: skip
def test_a_number_has_three_digits_that_count(value, text):
    assert amount(value) == text


@given(st.floats(min_value=1e-9, max_value=1e12))
def test_a_number_as_it_is_shown_is_never_off_by_more_than_half_a_percent(value):
    assert abs(float(amount(value).replace(",", "")) - value) <= 0.00501 * value


def test_a_unit_stands_apart_from_its_number_but_for_a_rate():
    assert (quantity(5.0, "ms"), quantity(5.0, "/s"), quantity(5.0, "")) == ("5.00 ms", "5.00/s", "5.00")


@given(st.text(), st.text())
def test_a_table_has_as_many_lines_and_cells_whatever_a_figure_says(name, note):
    part = Part("p", 1.0, (Figure("p", name, 1.0, "s", note=note),))
    table = report([part], {}, 60.0).split("\n\n")[2].split("\n")
    assert len(table) == 3
    assert [len(line.replace("\\\\", "").replace("\\|", "").strip("|").split("|")) for line in table] == [9, 9, 9]


def test_a_cell_holds_no_markup():
    assert cell("a|b <i>*c* `d` [e](f)\n g") == "a\\|b &lt;i>\\*c\\* \\`d\\` \\[e](f) g"


def test_the_page_names_the_machine_and_shows_what_stands_side_by_side():
    table = SideBySide("Side by side", ("Program", "Rate"), (("ours", "1"), ("k6", "2")), "Measured from outside.")
    told = report([Part("peers", 1.0, (MET,), (table,))], {"Processor": "x, 2 cores"}, 90.0)
    assert "| Processor | x, 2 cores |" in told
    assert "The run took 1.5 minutes (peers 1 s). 1 of 1 goals are met." in told
    assert told.endswith(
        "**Side by side**\n\n| Program | Rate |\n| --- | --- |\n| ours | 1 |\n| k6 | 2 |\n\nMeasured from outside."
    )


def test_a_row_of_another_length_than_the_heads_is_refused():
    with pytest.raises(ValueError, match="2 cells"):
        SideBySide("t", ("a", "b"), (("1",),))
