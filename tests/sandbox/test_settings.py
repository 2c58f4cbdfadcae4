from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.errors import UsageError
from chaos_pizza.sandbox.drawing import Draws
from chaos_pizza.sandbox.settings import LONGEST_DELAY_S, DelayRange, SandboxSettings

SECONDS = st.decimals(0, 100_000, places=3)


@given(SECONDS)
def test_a_delay_of_one_number_is_a_range_of_no_width(seconds):
    assert DelayRange.parse(f"{seconds}") == DelayRange(float(seconds), float(seconds))


@given(SECONDS, SECONDS)
def test_a_delay_of_two_numbers_is_a_range_where_the_smaller_comes_first(one, other):
    low, high = sorted((one, other))
    assert DelayRange.parse(f"{low}-{high}") == DelayRange(float(low), float(high))
    if low < high:
        with pytest.raises(UsageError):
            DelayRange.parse(f"{high}-{low}")


@given(st.text())
def test_any_text_is_a_delay_or_a_usage_error(text):
    with suppress(UsageError):
        delay = DelayRange.parse(text)
        assert 0 <= delay.earliest_s <= delay.latest_s <= LONGEST_DELAY_S


@pytest.mark.parametrize("text", ["", "-", "5-", "-5", "1-2-3", "nan", "inf", "1e3", "5 - 20", "٣", "99999999999"])
def test_what_is_no_delay_is_refused(text):
    with pytest.raises(UsageError):
        DelayRange.parse(text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"stall_s": -1.0},
        {"stall_s": float("nan")},
        {"stall_s": float("inf")},
        {"chaos_delay_s": "20-5"},
        {"chaos_delay_s": -1.0},
        {"shop_port": 65536},
        {"factory_port": -1},
    ],
)
def test_settings_out_of_range_are_refused_before_anything_starts(wrong):
    with pytest.raises(UsageError):
        SandboxSettings(**wrong)


@given(st.integers(), SECONDS, SECONDS)
def test_every_drawn_delay_is_within_its_range(seed, one, other):
    low, high = sorted((float(one), float(other)))
    drawn = Draws(seed, "chaos").delay_ms(DelayRange(low, high))
    assert round(low * 1000) <= drawn <= round(high * 1000)


def test_a_seed_draws_the_same_again_and_purposes_do_not_mix():
    assert Draws(7, "start").secret() == Draws(7, "start").secret()
    assert Draws(7, "start").secret() != Draws(7, "tokens").secret()
    assert Draws(None, "start").secret() != Draws(None, "start").secret()
