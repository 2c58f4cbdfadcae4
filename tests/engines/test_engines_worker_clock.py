"""How far a worker's clock is ahead, against clocks whose difference is known."""

import pytest
from hypothesis import given
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
    assert WorkerClock().add(1_000_000, 1_010_000, 3_005_000) == Reading(offset_us=2_000_000, uncertainty_us=5_000)


@given(st.lists(st.tuples(DELAYS_US, DELAYS_US), min_size=1, max_size=20))
def test_the_answer_that_took_least_is_believed(ways):
    clock = WorkerClock()
    for there_us, back_us in ways:
        clock.add(0, there_us + back_us, there_us + 7)
    assert clock.best.uncertainty_us == min((there_us + back_us + 1) // 2 for there_us, back_us in ways)


def test_of_equally_sure_answers_the_latest_is_believed():
    clock = WorkerClock()
    clock.add(0, 10, 105)
    clock.add(0, 10, 106)
    assert clock.best.offset_us == 101


def test_nothing_is_known_of_a_clock_that_was_never_asked_for():
    assert WorkerClock().best is None


def test_an_answer_before_its_question_is_none():
    with pytest.raises(ValueError, match="before its question"):
        WorkerClock().add(10, 9, 9)


def test_answers_older_than_a_minute_of_questions_are_forgotten():
    clock = WorkerClock()
    clock.add(0, 0, 500)
    for _ in range(64):
        clock.add(0, 10, 5)
    assert clock.best == Reading(0, 5)


def test_what_a_worker_does_stays_as_planned_while_looks_at_its_clock_agree():
    clock, alignment = WorkerClock(), Alignment(Reading(1_000, 50))
    clock.add(0, 100, 1_090)  # 1,040 ahead, give or take 50
    assert not alignment.look(clock)
    assert alignment.later_us == 0


def test_a_clock_that_has_gained_makes_its_worker_as_much_too_soon():
    clock, alignment = WorkerClock(), Alignment(Reading(1_000, 50))
    clock.add(0, 100, 3_050)  # 3,000 ahead, give or take 50
    assert alignment.look(clock)
    assert alignment.later_us == -2_000
    assert alignment.reading == Reading(3_000, 50)
    assert not alignment.look(clock)
