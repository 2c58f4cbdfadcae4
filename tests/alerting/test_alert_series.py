"""What a counter rose by, against numbers worked out by hand and against a second, plain implementation."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.alerting.series import CounterHistory, PrometheusMajor, increase, rate

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def after(seconds):
    return NOON + timedelta(seconds=seconds)


def points(*pairs):
    return [(after(seconds), float(value)) for seconds, value in pairs]


def test_a_rise_is_stretched_to_both_ends_of_the_window_where_points_are_near():
    # Window (0, 60]. Points at 5, 20, 35, 50: sampled 45 s, spacing 15 s, threshold 16.5 s. Start 5 s and end 10 s off:
    # both near. Risen 3; the counter was far above 0, so (45 + 5 + 10) / 45 * 3 = 4.
    assert increase(points((5, 100), (20, 101), (35, 102), (50, 103)), after(60), 60) == pytest.approx(4.0)


def test_an_end_further_than_1_1_spacings_is_met_half_a_spacing_on():
    # Window (0, 60]. Points at 20, 30, 40: sampled 20 s, spacing 10 s, threshold 11 s. Both ends are 20 s off, so half
    # a spacing each, which makes (20 + 5 + 5) / 20 * 4 = 6.
    assert increase(points((20, 50), (30, 52), (40, 54)), after(60), 60) == pytest.approx(6.0)


@pytest.mark.parametrize(
    ("first_s", "expected"),
    [
        # Points at first and first + 10: spacing 10 s, threshold 11 s; the window ends at the last one; risen 2.
        (10.9, 2 * (10 + 10.9) / 10),  # just near: stretched by all of 10.9 s
        (11.0, 2 * (10 + 5) / 10),  # at the threshold: by half a spacing
    ],
)
def test_the_threshold_itself_is_already_too_far(first_s, expected):
    end = after(first_s + 10)
    assert increase(points((first_s, 90), (first_s + 10, 92)), end, first_s + 10) == pytest.approx(expected)


def test_a_rise_is_never_stretched_back_beyond_the_counter_s_zero():
    # Points at 10 (value 1) and 20 (value 5), window (0, 20]: spacing 10 s, start 10 s off, near. At 4 in 10 s the
    # counter stood at 0 only 10 * 1 / 4 = 2.5 s before: (10 + 2.5) / 10 * 4 = 5, all that was ever counted.
    assert increase(points((10, 1), (20, 5)), after(20), 20) == pytest.approx(5.0)


def test_the_zero_point_also_bounds_the_half_spacing():
    # Window (0, 40], points at 30 (0.1) and 40 (1.1): start 30 s off, so half a spacing, 5 s; but the counter was 0
    # 10 * 0.1 / 1 = 1 s before: (10 + 1) / 10 * 1 = 1.1.
    assert increase(points((30, 0.1), (40, 1.1)), after(40), 40) == pytest.approx(1.1)


def test_a_counter_that_begins_at_zero_is_not_stretched_to_the_start():
    # Points at 1..4, window (0, 4], first value 0: no stretch at the start, none needed at the end.
    assert increase(points((1, 0), (2, 1), (3, 2), (4, 3)), after(4), 4) == pytest.approx(3.0)


def test_a_reset_counts_what_was_reached_before_it():
    # 10 -> 14 -> (reset) 3 -> 5: 4 + 3 + 2 = 9. Points at 1..4, window (0, 4]: start 1 s off, end 0;
    # zero point 3 * 10 / 9 = 3.3 s is further: (3 + 1) / 3 * 9 = 12.
    assert increase(points((1, 10), (2, 14), (3, 3), (4, 5)), after(4), 4) == pytest.approx(12.0)


def test_the_left_end_of_a_window_does_not_belong_to_it_and_the_right_end_does():
    # Window (0, 10]: the point at 0 is out, those at 5 and 10 are in; start 5 s off, near: (5 + 5) / 5 * 1 = 2.
    assert increase(points((0, 10), (5, 20), (10, 21)), after(10), 10) == pytest.approx(2.0)


def test_in_version_2_the_left_end_of_a_window_belongs_to_it():
    # [0, 10]: from 10 to 21 in 10 s, both ends met: 11.
    assert increase(points((0, 10), (5, 20), (10, 21)), after(10), 10, PrometheusMajor.V2) == 11.0


def test_in_version_2_the_counter_s_zero_comes_before_how_near_the_window_s_start_is():
    # Window (0, 40], points at 30 (1) and 40 (2): spacing and rise 10 s and 1; the counter was 0 at 20, 10 s before.
    # Version 3: the start is 30 s off, too far, so half a spacing: (10 + 5) / 10 * 1. Version 2: the zero is 10 s off,
    # which is near: (10 + 10) / 10 * 1.
    assert increase(points((30, 1), (40, 2)), after(40), 40) == pytest.approx(1.5)
    assert increase(points((30, 1), (40, 2)), after(40), 40, PrometheusMajor.V2) == pytest.approx(2.0)


def test_a_rate_is_the_increase_by_the_second():
    rising = points((5, 100), (20, 101), (35, 102), (50, 103))
    assert rate(rising, after(60), 60) == pytest.approx(4.0 / 60)
    assert rate(rising[:1], after(60), 60) is None


@pytest.mark.parametrize("few", [(), ((5, 1.0),), ((-5, 1.0), (5, 2.0)), ((5, 1.0), (11, 2.0))])
def test_fewer_than_two_points_in_the_window_tell_nothing(few):
    assert increase(points(*few), after(10), 10) is None


def test_a_counter_that_stands_still_rose_by_zero_which_is_known():
    assert increase(points((1, 7), (2, 7)), after(2), 2) == 0.0


def test_a_history_keeps_what_is_needed_and_no_more():
    history = CounterHistory(keep_s=10)
    for second in range(1000):
        history.add(after(second), second)
    assert [value for _, value in history.points] == [990, 991, 992, 993, 994, 995, 996, 997, 998, 999]


def test_a_point_that_is_not_newer_is_left_out():
    history = CounterHistory(keep_s=10)
    for second, value in ((1, 1), (3, 3), (3, 99), (2, 98), (4, 4)):
        history.add(after(second), value)
    assert [value for _, value in history.points] == [1, 3, 4]


def plain_increase(pairs, end_ms, window_ms):
    """Prometheus's steps one after the other, in whole milliseconds and without any of our code."""
    inside = [(t, v) for t, v in pairs if end_ms - window_ms < t <= end_ms]
    if len(inside) < 2:
        return None
    result = inside[-1][1] - inside[0][1]
    previous = inside[0][1]
    for _, value in inside[1:]:
        if value < previous:
            result += previous
        previous = value
    to_start = (inside[0][0] - (end_ms - window_ms)) / 1000
    to_end = (end_ms - inside[-1][0]) / 1000
    sampled = (inside[-1][0] - inside[0][0]) / 1000
    average = sampled / (len(inside) - 1)
    if to_start >= average * 1.1:
        to_start = average / 2
    if result > 0 and inside[0][1] >= 0:
        to_zero = sampled * (inside[0][1] / result)
        to_start = min(to_start, to_zero)
    if to_end >= average * 1.1:
        to_end = average / 2
    return result * (sampled + to_start + to_end) / sampled


series_ms = st.lists(
    st.tuples(st.integers(0, 120_000), st.integers(0, 1000).map(float)), max_size=30, unique_by=lambda pair: pair[0]
).map(sorted)


@given(pairs=series_ms, end_ms=st.integers(0, 130_000), window_ms=st.integers(1, 120_000))
def test_it_agrees_with_a_second_implementation(pairs, end_ms, window_ms):
    ours = increase([(after(t / 1000), v) for t, v in pairs], after(end_ms / 1000), window_ms / 1000)
    theirs = plain_increase(pairs, end_ms, window_ms)
    assert (ours is None) == (theirs is None)
    if theirs is not None:
        # At the very threshold the two may round to different sides; there, and only there, they may differ.
        assert ours == pytest.approx(theirs, rel=1e-6) or on_the_threshold(pairs, end_ms, window_ms)


def on_the_threshold(pairs, end_ms, window_ms):
    inside = [t for t, _ in pairs if end_ms - window_ms < t <= end_ms]
    threshold_ms = 11 * (inside[-1] - inside[0])
    gaps_ms = (inside[0] - (end_ms - window_ms), end_ms - inside[-1])
    return any(10 * gap_ms * (len(inside) - 1) == threshold_ms for gap_ms in gaps_ms)


@given(pairs=series_ms.filter(lambda pairs: len(pairs) > 1), restart=st.integers(0, 1000))
def test_a_rise_is_never_negative_and_never_less_than_what_was_seen(pairs, restart):
    seen = max(pairs[-1][1] - pairs[0][1], 0)
    assert increase([(after(t / 1000), v) for t, v in pairs], after(120), 121) >= seen
