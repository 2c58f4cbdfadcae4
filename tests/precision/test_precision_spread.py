"""Many durations in three figures, by nearest rank."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.model.growing_column import whole_numbers
from chaos_pizza.precision.spread import spread_of


def test_no_duration_has_no_spread():
    assert spread_of(whole_numbers([])) is None


def test_a_single_duration_is_its_own_middle_and_greatest():
    spread = spread_of(whole_numbers([1500]))
    assert (spread.count, spread.p50_s, spread.p99_s, spread.greatest_s) == (1, 0.0015, 0.0015, 0.0015)


@pytest.mark.parametrize(
    ("count", "middle", "most"),
    # By hand: the 50th of 100 and the 99th; the 2nd of 3, and its 3rd; the 51st of 101 and its 100th.
    [(100, 50, 99), (3, 2, 3), (101, 51, 100), (2, 1, 2), (1000, 500, 990)],
)
def test_percentiles_are_durations_that_there_were(count, middle, most):
    spread = spread_of(whole_numbers([1000 * n for n in range(count, 0, -1)]))
    assert (spread.p50_s, spread.p99_s, spread.greatest_s) == (middle / 1000, most / 1000, count / 1000)


@given(st.lists(st.integers(0, 10**12), min_size=1))
def test_the_figures_are_numpys_by_its_inverted_distribution(durations_us):
    spread = spread_of(whole_numbers(durations_us))
    wanted = np.percentile(durations_us, [50, 99, 100], method="inverted_cdf") / 1e6
    assert [spread.p50_s, spread.p99_s, spread.greatest_s] == wanted.tolist()
    assert spread.count == len(durations_us)
