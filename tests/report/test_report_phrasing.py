"""Durations, instants and shares in words."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.model.interval import Interval
from chaos_pizza.model.measure import Measure
from chaos_pizza.report.phrasing import at_least, bitcoin, bounds, counted, duration, limit, moment, share, span

DAY = date(2026, 11, 23)
EVENING = datetime(2026, 11, 23, 19, 35, tzinfo=UTC)


def between(start_s, end_s):
    return Interval(EVENING + timedelta(seconds=start_s), EVENING + timedelta(seconds=end_s))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.00 s"),
        (0.004, "0.00 s"),
        (-0.001, "0.00 s"),
        (1.2, "1.20 s"),
        (9.87, "9.87 s"),
        (9.996, "10.0 s"),
        (12.34, "12.3 s"),
        (41, "41.0 s"),
        (119.9, "119.9 s"),
        (119.96, "2 min 0 s"),
        (120, "2 min 0 s"),
        (2463.4, "41 min 3 s"),
        (3599.6, "1 h 0 min 0 s"),
        (3723, "1 h 2 min 3 s"),
        (-3.5, "-3.50 s"),
        (-130, "-2 min 10 s"),
    ],
)
def test_a_duration_reads_as_people_say_it(seconds, words):
    assert duration(seconds) == words


def test_a_lower_bound_is_never_rounded_up():
    assert at_least(41.09) == "at least 41.0 s"
    assert at_least(2463.9) == "at least 41 min 3 s"


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        (Measure(12.3, 12.2, 12.4), "12.3 s (12.2 to 12.4 s)"),
        (Measure(12.3, 12.27, 12.34), "12.3 s"),  # both ends round to 12.3
        (Measure(12.3, 12.24, 12.36), "12.3 s (12.2 to 12.4 s)"),  # outwards
        (Measure(12.3, 12.31, 12.36), "12.3 s (12.3 to 12.4 s)"),
        (Measure(1.498, 1.496, 1.5), "1.50 s"),
        (Measure(9.95, 9.8, 10.2), "10.0 s (9.8 to 10.2 s)"),  # the larger end tells the decimals
        (Measure(121.0, 118.2, 123.0), "2 min 1 s (1 min 58 s to 2 min 3 s)"),
        (Measure(0.048, 0.0, 0.1), "0.05 s (0.00 to 0.10 s)"),
        (Measure(41.09, 41.09, None, censored=True), "at least 41.0 s"),
    ],
)
def test_a_measure_is_shown_with_what_is_known_of_it(measure, words):
    assert span(measure) == words


def test_bounds_collapse_where_they_are_the_same():
    assert bounds(1.0, 3.2) == "1.00 to 3.20 s"
    assert bounds(5, 5) == "5.00 s"
    assert bounds(0, 0) == "0.00 s"
    assert bounds(100, 130) == "1 min 40 s to 2 min 10 s"


def test_a_limit_reads_as_it_was_set():
    assert [limit(s) for s in (30, 0.5, 2.0, 119, 600)] == ["30 s", "0.5 s", "2 s", "119 s", "10 min 0 s"]


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (between(0.12, 0.12), "19:35:00.120"),
        (between(0.12, 0.13), "19:35:00.125"),
        (between(0.12, 0.1301), "between 19:35:00.120 and 19:35:00.131"),
        (between(0.1209, 1.4), "between 19:35:00.120 and 19:35:01.400"),
        (between(-1, 4.5 * 3600), "between 19:34:59.000 and 2026-11-24 00:05:00.000"),
        (between(5 * 3600, 5 * 3600), "2026-11-24 00:35:00.000"),
    ],
)
def test_an_instant_is_never_more_exact_than_it_is_known(when, words):
    assert moment(when, DAY) == words


def test_an_instant_is_told_in_utc_whatever_its_zone():
    utah = timezone(timedelta(hours=-7))
    at = datetime(2026, 11, 23, 12, 35, tzinfo=utah)
    assert moment(Interval.exactly(at), DAY, preposition="at") == "at 19:35:00.000"
    assert moment(between(0, 1), DAY, preposition="at").startswith("between ")


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.925, "92.5 %"),
        (0.5, "50 %"),
        (0.0004, "less than 0.1 %"),
        (0.9996, "more than 99.9 %"),
        (0.1, "10 %"),
    ],
)
def test_a_share_is_nothing_or_all_only_where_it_is(ratio, words):
    assert share(ratio) == words


def test_sums_and_counts():
    assert bitcoin(0.2812) == "0.2812 bitcoin"
    assert bitcoin(0.1 + 0.2) == "0.3 bitcoin"
    assert bitcoin(0) == "0 bitcoin"
    assert (counted(0, "order"), counted(1, "order"), counted(2, "order")) == ("0 orders", "1 order", "2 orders")


def in_seconds(words):
    """Read a duration back."""
    sign = -1 if words.startswith("-") else 1
    factors = {"h": 3600, "min": 60, "s": 1}
    return sign * sum(float(n) * factors[unit] for n, unit in re.findall(r"([\d.]+) (h|min|s)\b", words))


@given(st.floats(-1e5, 1e5))
def test_a_duration_read_back_is_within_what_its_figures_show(seconds):
    words = duration(seconds)
    off = abs(in_seconds(words) - seconds)
    assert off <= (0.5 if "min" in words else 0.05 if len(words.split(".")[1]) == 3 else 0.005) + 1e-6
    assert not re.search(r"(?<![\d.])60 (s|min)$| 60 min", words) or words == "60 s"


@given(st.floats(0, 1e5))
def test_a_lower_bound_read_back_is_one(seconds):
    assert in_seconds(at_least(seconds).removeprefix("at least ")) <= seconds + 1e-9


@given(st.floats(0, 1e5), st.floats(0, 1e3))
def test_bounds_read_back_hold_what_they_are_of(least, width):
    words = bounds(least, least + width)
    if " to " in words:
        begin, end = words.split(" to ")
        begin = begin if begin.endswith("s") else f"{begin} s"
        assert in_seconds(begin) <= least + 1e-9
        assert in_seconds(end) >= least + width - 1e-9
    else:
        # One figure for both: it is as near to each as a rounded figure is.
        step = 1 if "min" in words else 10.0 ** -len(words.removesuffix(" s").split(".")[1])
        assert abs(in_seconds(words) - least) <= step / 2 + 1e-9
        assert abs(in_seconds(words) - least - width) <= step / 2 + 1e-9


@given(st.floats(0, 1))
def test_a_share_of_all_or_none_is_exactly_that(ratio):
    assert (share(ratio) == "100 %") == (ratio == 1)
    assert (share(ratio) == "0 %") == (ratio == 0)
