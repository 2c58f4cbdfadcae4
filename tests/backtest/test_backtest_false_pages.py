"""The exact Poisson interval, against the tables that everybody has (Garwood, 95 %)."""

import pytest

from chaos_pizza.backtest.false_pages import FalsePages


@pytest.mark.parametrize(
    ("count", "least", "most"),
    # Ulm (1990), or any table of exact limits of a Poisson mean.
    [
        (0, 0.0, 3.689),
        (1, 0.0253, 5.572),
        (2, 0.242, 7.225),
        (3, 0.619, 8.767),
        (10, 4.795, 18.39),
        (100, 81.36, 121.6),
    ],
)
def test_bounds_of_a_count_in_one_week(count, least, most):
    bounds = FalsePages(count, 1.0).bounds
    assert bounds == pytest.approx((least, most), rel=1e-3, abs=1e-9)


def test_half_a_week_tells_half_as_much():
    assert FalsePages(3, 0.5).per_week == 6.0
    assert FalsePages(3, 0.5).bounds == pytest.approx((2 * 0.6187, 2 * 8.7673), rel=1e-4)


def test_without_calm_nothing_is_known():
    assert FalsePages(0, 0.0).per_week is None
    assert FalsePages(0, 0.0).bounds is None
