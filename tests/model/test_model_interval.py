"""What is known of an instant: never more exact than it was seen."""

from datetime import UTC, datetime, timedelta

import pytest

from chaos_pizza.model.interval import Interval

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def second(number):
    return NOON + timedelta(seconds=number)


def between(earliest, latest):
    return Interval(second(earliest), second(latest))


def test_both_ends_belong_to_an_interval():
    interval = between(1, 3)
    assert [interval.contains(second(s)) for s in (0.999, 1, 2, 3, 3.001)] == [False, True, True, True, False]


def test_an_exact_instant_is_an_interval_without_width():
    assert Interval.exactly(NOON) == Interval(NOON, NOON)
    assert Interval.exactly(NOON).midpoint == NOON


@pytest.mark.parametrize(("latest", "middle"), [(4, 2), (5, 2.5), (0, 0)])
def test_the_midpoint_is_the_middle(latest, middle):
    assert between(0, latest).midpoint == second(middle)


def test_what_moves_by_an_uncertain_amount_grows_wider():
    assert between(10, 12).shifted(timedelta(seconds=-1), timedelta(seconds=2)) == between(9, 14)


def test_a_shift_turned_around_makes_no_interval():
    with pytest.raises(ValueError, match="can't end"):
        between(10, 11).shifted(timedelta(seconds=5), timedelta(seconds=-5))


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [((3, 9), True), ((1, 2), True), ((-5, 1), True), ((3.001, 4), False), ((-1, 0.999), False)],
)
def test_intervals_that_share_an_instant_overlap_whichever_is_asked(other, overlaps):
    assert between(1, 3).overlaps(between(*other)) is overlaps
    assert between(*other).overlaps(between(1, 3)) is overlaps


def test_an_interval_that_ends_before_it_begins_is_refused_in_one_line():
    with pytest.raises(ValueError, match=r"an interval can't end .* before it begins") as refusal:
        between(2, 1)
    assert "\n" not in str(refusal.value)
