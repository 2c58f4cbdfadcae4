"""Where the time went, part by part, and what would have halved it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.model.detection import PartName, WaterfallPart
from chaos_pizza.model.measure import Measure
from chaos_pizza.report.waterfall import describe_halving, waterfall_entries, waterfall_rows


def part(name, took_s, *, within=True, measured=True):
    return WaterfallPart(name, Measure(took_s, took_s, took_s), measured, within)


PARTS = (
    part(PartName.IMPACT_DELAY, 1.0),
    part(PartName.SCRAPE, 2.0, measured=False),
    part(PartName.FOR, 5.0),
    part(PartName.REACTION, 8.0, within=False),
)


def test_each_part_begins_where_the_one_before_ended():
    entries = waterfall_entries(PARTS)
    assert [(entry["part"], entry["from_s"], entry["seconds"]) for entry in entries] == [
        ("impact_delay", 0.0, 1.0),
        ("scrape", 1.0, 2.0),
        ("for", 3.0, 5.0),
        ("reaction", 8.0, 8.0),
    ]
    assert [(entry["basis"], entry["tunable"], entry["within_ttd"]) for entry in entries] == [
        ("measured", False, True),
        ("computed", True, True),
        ("measured", True, True),
        ("measured", False, False),
    ]


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=8))
def test_rounded_seconds_still_add_up(lengths):
    entries = waterfall_entries([part(PartName.FOR, took_s) for took_s in lengths])
    assert sum(entry["seconds"] for entry in entries) == pytest.approx(sum(lengths), abs=0.00051)
    for entry in entries:
        assert entry["earliest_s"] <= entry["seconds"] <= entry["latest_s"]


def test_a_row_says_how_a_part_is_known_and_whether_it_came_after_the_detection():
    assert waterfall_rows(PARTS) == [
        ("impact delay", "1.00 s", "measured", "-"),
        ("scrape", "2.00 s", "computed", "a shorter scrape interval"),
        ("for", "5.00 s", "measured", "a shorter `for`"),
        ("reaction", "8.00 s", "measured, after the detection", "-"),
    ]


def test_the_longest_tunable_parts_that_make_a_half_are_named():
    """Of 8 s, 7 are tunable, and 4 make a half: the 5 s of `for` alone do."""
    split, answer, _ = describe_halving(PARTS)
    assert split == "Of the 8.00 s, about 7.00 s belong to settings of the alerting, and about 1.00 s do not."
    assert answer == "A shorter `for` (up to 5.00 s) would have halved it, as far as these parts tell."


def test_where_no_single_part_is_enough_several_are_named():
    parts = [part(PartName.SCRAPE, 3.0), part(PartName.WINDOW, 2.0), part(PartName.IMPACT_DELAY, 4.0)]
    assert describe_halving(parts)[1].startswith(
        "A shorter scrape interval (up to 3.00 s) and a lower threshold or a shorter window (up to 2.00 s) would"
    )


def test_a_computed_part_might_have_halved_it_but_nobody_can_be_sure():
    parts = [part(PartName.IMPACT_DELAY, 0.2, measured=False), part(PartName.SCRAPE, 1.0, measured=False)]
    assert describe_halving(parts)[1].startswith("A shorter scrape interval (up to 1.00 s) might have halved it")
    assert waterfall_rows(parts)[0][0] == "impact delay, until the figures could move"


def test_where_the_rest_is_not_the_alertings_nothing_would_have_halved_it():
    parts = [part(PartName.IMPACT_DELAY, 32.0), part(PartName.SCRAPE, 1.0)]
    assert describe_halving(parts)[1] == "So no setting of the alerting would have halved it."


def test_without_parts_there_is_no_answer():
    assert describe_halving(()) == []
    assert waterfall_rows(()) == []
    assert waterfall_entries(()) == []
