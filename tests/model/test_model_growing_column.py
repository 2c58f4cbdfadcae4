"""Which of a column's values are among others, against a set of them; and what that loads."""

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.model.growing_column import is_among, whole_numbers

NUMBERS = st.lists(st.integers(-5, 5) | st.integers(-(2**70), 2**70), max_size=12)


@given(NUMBERS, NUMBERS)
def test_a_value_is_among_others_where_a_set_of_them_holds_it(values, others):
    others += values[::2]
    found = is_among(whole_numbers(values), whole_numbers(others))
    assert found.tolist() == [value in set(others) for value in values]


def test_to_forget_purchases_loads_nothing_in_the_middle_of_a_drill():
    """Numpy's own sets of numbers load its masked arrays: a megabyte and more, hours after the drill began."""
    told = """
import sys
from chaos_pizza.model.growing_column import is_among, whole_numbers
from chaos_pizza.model.number_runs import NO_RUNS
before = set(sys.modules)
runs = NO_RUNS.with_numbers(whole_numbers([1, 2, 10**9])).with_numbers(whole_numbers([5]))
print(is_among(whole_numbers([1, 10**9]), whole_numbers([10**9, 3, 7])), runs.below(whole_numbers([6])))
print(sorted(set(sys.modules) - before))
"""
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.splitlines() == ["[False  True] [3]", "[]"]
