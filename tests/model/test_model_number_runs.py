"""Numbers kept as runs, against a set of them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.model.growing_column import whole_numbers
from chaos_pizza.model.number_runs import NO_RUNS

NUMBERS = st.lists(st.integers(0, 60), max_size=40)


@given(st.lists(NUMBERS, max_size=5), NUMBERS)
def test_runs_hold_what_a_set_of_the_same_numbers_holds(told, asked):
    runs, known = NO_RUNS, set()
    for numbers in told:
        runs = runs.with_numbers(whole_numbers(numbers))
        known |= set(numbers)
    assert len(runs) == len(known)
    assert runs.below(whole_numbers(asked)).tolist() == [sum(each < number for each in known) for number in asked]
    spread = [np.arange(first, last + 1) for first, last in zip(runs.firsts, runs.lasts, strict=True)]
    assert [number for run in spread for number in run.tolist()] == sorted(known)


def test_numbers_that_follow_one_another_are_one_run():
    runs = NO_RUNS.with_numbers(whole_numbers([3, 1, 2])).with_numbers(whole_numbers([4, 9]))
    assert (runs.firsts.tolist(), runs.lasts.tolist()) == ([1, 9], [4, 9])
