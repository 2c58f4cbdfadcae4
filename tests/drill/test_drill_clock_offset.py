"""Clock offset: how far the factory's clock is ahead."""

from datetime import UTC, datetime, timedelta

from story import at, clock, seconds

from chaos_pizza.drill.clock_offset import ClockOffset, clock_offset, on_drill_clock
from chaos_pizza.model.incident import Peer


def s(value: float) -> timedelta:
    return timedelta(seconds=value)


def test_one_look_bounds_the_offset_by_its_round_trip():
    # between 10.0 and 10.4 the factory's clock showed something in 17.0 to 17.9:
    # least 17.0 - 10.4 = 6.6, most 17.9 - 10.0 = 7.9
    assert clock_offset([clock(10.0, 10.4, 17.0, 17.9)], Peer.FACTORY) == ClockOffset(s(6.6), s(7.9), steady=True)


def test_several_looks_narrow_each_other_down():
    # [6.6, 7.9] and, from 20.0 to 20.2 with 27.1 to 27.6, [27.1 - 20.2, 27.6 - 20.0] = [6.9, 7.6]
    # and [5.0 + ...]: from 30.0 to 32.0 with 37.0 to 37.3, [5.0, 7.3]; together [6.9, 7.3]
    looks = [clock(10.0, 10.4, 17.0, 17.9), clock(20.0, 20.2, 27.1, 27.6), clock(30.0, 32.0, 37.0, 37.3)]
    assert clock_offset(looks, Peer.FACTORY) == ClockOffset(s(6.9), s(7.3), steady=True)


def test_a_clock_that_was_set_gives_bounds_that_span_both_of_its_offsets_and_says_so():
    # [1.0, 2.0] at first, [5.0, 5.5] later; the wide look [0, 9] agrees with both and widens nothing
    looks = [clock(10, 10.5, 11.5, 12.0), clock(20, 20.0, 25.0, 25.5), clock(30, 34.5, 34.5, 39.0)]
    found = clock_offset(looks, Peer.FACTORY)
    assert found == ClockOffset(s(1.0), s(5.5), steady=False)
    assert "moved" in found.caveat


def test_without_a_look_at_the_factory_the_offset_is_unknown():
    assert clock_offset([], Peer.FACTORY) is None
    assert clock_offset([clock(1, 2, 3, 4, peer=Peer.SHOP)], Peer.FACTORY) is None


def test_a_look_that_contradicts_itself_is_no_look():
    assert clock_offset([clock(10, 10, 20, 15)], Peer.FACTORY) is None


def test_a_date_of_the_factory_is_as_uncertain_as_the_offset():
    # 107 there, 6.9 to 7.3 ahead: 107 - 7.3 = 99.7 to 107 - 6.9 = 100.1 here
    assert seconds(on_drill_clock(at(107), ClockOffset(s(6.9), s(7.3), steady=True))) == (99.7, 100.1)


def test_a_date_that_cannot_be_told_on_our_clock_is_unknown():
    assert on_drill_clock(at(107), None) is None
    assert on_drill_clock(datetime.min.replace(tzinfo=UTC), ClockOffset(s(0), s(9), steady=True)) is None
