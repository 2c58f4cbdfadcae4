"""The error to expect, before any drill."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.precision import Spread
from chaos_pizza.precision.expectation import expected_errors


def spread(p99_s):
    return Spread(100, p99_s / 2, p99_s, p99_s * 2)


def test_the_expectation_is_half_of_what_will_not_be_known():
    found = expected_errors(20, spread(0.004), spread(0.010), spread(0.007))
    # The factory's date: (7 ms + its grain of 1 ms) / 2. Recovery: (50 ms apart + 4 ms late + 10 ms on the way) / 2.
    assert found[MeasureName.TTD] == pytest.approx(0.004)
    assert found[MeasureName.TTM] == pytest.approx(0.0085)
    assert found[MeasureName.TTR] == pytest.approx(0.004 + 0.032)


def test_a_factory_that_never_answered_leaves_nothing_to_expect():
    assert expected_errors(20, spread(0.004), spread(0.010), None) == {}


def test_without_a_good_purchase_nothing_is_known_of_recovery():
    assert set(expected_errors(20, spread(0.004), None, spread(0.007))) == {MeasureName.TTD, MeasureName.TTM}


@given(st.floats(0.1, 1000), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_rate_never_makes_anything_less_exact(rate, late_s, way_s, factory_s):
    slow = expected_errors(rate, spread(late_s), spread(way_s), spread(factory_s))
    fast = expected_errors(2 * rate, spread(late_s), spread(way_s), spread(factory_s))
    assert all(fast[name] <= slow[name] for name in slow)
    assert slow[MeasureName.TTD] <= slow[MeasureName.TTM]
