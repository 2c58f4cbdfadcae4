"""The drill's clock: aware, exact in its differences, and never set back."""

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from chaos_pizza.clock import AnchoredClock


def test_the_clock_tells_aware_utc_close_to_the_walls():
    now = AnchoredClock().now()
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=1)


def test_the_clock_never_goes_back():
    clock = AnchoredClock()
    readings = [clock.now() for _ in range(1000)]
    assert all(earlier <= later for earlier, later in pairwise(readings))


def test_instants_differ_by_what_the_monotonic_clock_says():
    clock = AnchoredClock()
    base_s = time.monotonic()
    assert clock.at(base_s + 90) - clock.at(base_s) == timedelta(seconds=90)
    assert clock.at(base_s) - clock.at(base_s - 0.25) == timedelta(seconds=0.25)


def test_what_is_measured_lies_between_its_own_ends():
    clock = AnchoredClock()
    before, middle, after = clock.now(), clock.at(time.monotonic()), clock.now()
    assert before <= middle <= after
