"""How far a worker's clock is ahead, against clocks whose difference is known."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaos_pizza.engines.worker_clock import Alignment, Reading, WorkerClock

TIMES_US = st.integers(0, 2**52)
DELAYS_US = st.integers(0, 10_000_000)


@given(asked_us=TIMES_US, there_us=DELAYS_US, back_us=DELAYS_US, ahead_us=st.integers(-(10**12), 10**12))
def test_the_true_difference_lies_within_the_uncertainty_however_uneven_the_ways_are(
    asked_us, there_us, back_us, ahead_us
):
    reading = WorkerClock().add(asked_us, asked_us + there_us + back_us, asked_us + there_us + ahead_us)
    assert abs(reading.offset_us - ahead_us) <= reading.uncertainty_us


def test_a_question_that_took_ten_milliseconds_tells_the_difference_to_five():
    assert WorkerClock().add(1_000_000, 1_010_000, 3_005_000) == Reading(2_000_000, 5_000, 1_000_000)


@given(st.lists(st.tuples(DELAYS_US, DELAYS_US), min_size=1, max_size=20))
def test_of_answers_of_the_same_age_the_one_that_took_least_is_believed(ways):
    clock = WorkerClock()
    for there_us, back_us in ways:
        clock.add(0, there_us + back_us, there_us + 7)
    assert clock.best(0).uncertainty_us == min((there_us + back_us + 1) // 2 for there_us, back_us in ways)


def test_of_equally_sure_answers_the_latest_is_believed():
    clock = WorkerClock()
    clock.add(0, 10, 105)
    clock.add(0, 10, 106)
    assert clock.best(0).offset_us == 101


def test_a_sharp_answer_is_given_up_for_a_blunter_one_once_its_clock_may_have_drifted_by_more_than_that():
    clock = WorkerClock()
    clock.add(0, 200, 100)  # to 100 us, at 0
    clock.add(3_000_000, 3_001_000, 3_000_500)  # to 500 us, at 3 s
    # By then the first may be off by 100 millionths of 3 s more, which are 300 us, and at 5 s by 500 us.
    assert clock.best(3_000_000) == Reading(0, 400, 0)
    clock.add(5_000_000, 5_001_000, 5_000_500)
    assert clock.best(5_000_000) == Reading(0, 500, 5_000_000)


def test_nothing_is_known_of_a_clock_that_was_never_asked_for():
    assert WorkerClock().best(0) is None


def test_an_answer_before_its_question_is_none():
    with pytest.raises(ValueError, match="before its question"):
        WorkerClock().add(10, 9, 9)


def test_answers_older_than_a_minute_of_questions_are_forgotten():
    clock = WorkerClock()
    clock.add(0, 0, 4)
    for _ in range(64):
        clock.add(0, 10, 10)
    assert clock.best(0) == Reading(5, 5, 0)


def test_what_was_known_of_a_clock_before_it_was_set_is_not_believed_any_more():
    clock, alignment = WorkerClock(), Alignment(Reading(0, 10))
    for second in range(64):
        clock.add(second * 1_000_000, second * 1_000_000 + 20, second * 1_000_000 + 10)
    clock.add(64_000_000, 64_001_000, 62_000_500)
    assert (len(clock), clock.best(64_000_000)) == (1, Reading(-2_000_000, 500, 64_000_000))
    assert alignment.look(clock, 64_001_000)
    assert alignment.later_us == 2_000_000


def test_what_a_worker_does_stays_as_planned_while_looks_at_its_clock_agree():
    clock, alignment = WorkerClock(), Alignment(Reading(1_000, 50))
    assert alignment.reading == Reading(1_000, 1_050)
    clock.add(0, 100, 1_090)  # 1,040 ahead, give or take 50
    assert not alignment.look(clock, 100)
    assert alignment.later_us == 0


def test_a_clock_that_has_gained_makes_its_worker_as_much_too_soon():
    clock, alignment = WorkerClock(), Alignment(Reading(1_000, 50))
    clock.add(0, 100, 3_050)  # 3,000 ahead, give or take 50
    assert alignment.look(clock, 0)
    assert alignment.later_us == -2_000
    # By the next look, in 2 s, it may have drifted by 200 us; what is stated leaves a millisecond beyond that.
    assert alignment.reading == Reading(3_000, 1_250)
    assert not alignment.look(clock, 0)


@settings(max_examples=25)
@given(
    drifts_ppm=st.lists(st.integers(-100, 100), min_size=1, max_size=4),
    ways_us=st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 20_000)), min_size=1, max_size=30),
    begun_ahead_us=st.integers(-(10**9), 10**9),
)
def test_the_true_difference_lies_within_what_is_stated_however_a_clock_drifts(drifts_ppm, ways_us, begun_ahead_us):
    """Its drift changes every 40 s; it is asked for and looked at once a second, for two minutes."""
    ahead_us = [begun_ahead_us]
    for second in range(122):
        ahead_us.append(ahead_us[-1] + drifts_ppm[second // 40 % len(drifts_ppm)])
    clock = WorkerClock()
    alignment = None
    for second in range(121):
        there_us, back_us = ways_us[second % len(ways_us)]
        now_us = second * 1_000_000
        gained_us = (ahead_us[second + 1] - ahead_us[second]) * there_us / 1_000_000
        shown_us = round(now_us + there_us + ahead_us[second] + gained_us)
        clock.add(now_us, now_us + there_us + back_us, shown_us)
        now_us += there_us + back_us
        known = clock.best(now_us + 900_000)
        if alignment is None:
            alignment = Alignment(clock.best(now_us))
        alignment.look(clock, now_us)
        # A microsecond for those that have no parts here.
        for true in ahead_us[second : second + 2]:
            assert abs(true - alignment.reading.offset_us) <= alignment.reading.uncertainty_us + 1
        assert abs(ahead_us[second] - known.offset_us) <= known.uncertainty_us + 1
