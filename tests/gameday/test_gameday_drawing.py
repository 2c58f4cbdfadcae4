"""A lot is drawn fairly, within its window, and anybody can draw the same again."""

import hashlib
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import FAULTS, plan_with
from scipy.stats import chisquare, kstest

from chaos_pizza.errors import UsageError
from chaos_pizza.gameday.drawing import draw_lot, next_opening
from chaos_pizza.gameday.opening import Opening
from chaos_pizza.model.settings import FaultKind

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)  # Denver is seven hours behind
OPENS = datetime(2026, 3, 2, 21, tzinfo=UTC)
SEEDS = range(1000)


def opening_of(window, now, last_drill_at=None, **changes):
    return next_opening(plan_with(window=window, **changes), now, last_drill_at)


def utc(day, hour, minute=0, month=3):
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_the_same_plan_and_seed_give_the_same_draw():
    plan = plan_with()
    assert draw_lot(plan, FAULTS, 7, MONDAY) == draw_lot(plan, FAULTS, 7, MONDAY)
    assert draw_lot(plan, FAULTS, 7, MONDAY) != draw_lot(plan, FAULTS, 8, MONDAY)


def test_a_draw_can_be_worked_out_by_hand():
    draw = draw_lot(plan_with(), FAULTS, 7, MONDAY)

    def share(purpose):
        return int(hashlib.sha256(f"7 {purpose}".encode()).hexdigest()[:13], 16) / 16**13

    assert share("placebo") >= 0.2
    assert draw.experiment == ("fail.yaml" if share("kind") < 0.75 else "badjwt.yaml")
    assert draw.opens_at == utc(2, 21)
    # From a minute after it opens until 35 minutes before it closes: 30 for people, 5 around that.
    expected = utc(2, 21, 1) + share("time") * timedelta(minutes=84)
    assert abs(draw.starts_at - expected) < timedelta(milliseconds=1)


def test_the_nonce_is_the_callers_and_else_comes_from_the_seed():
    assert draw_lot(plan_with(), FAULTS, 7, MONDAY, nonce="cd" * 32).nonce == "cd" * 32
    assert draw_lot(plan_with(), FAULTS, 7, MONDAY).nonce == hashlib.sha256(b"7 nonce").hexdigest()


def test_the_fault_is_that_of_the_experiment():
    for seed in range(30):
        draw = draw_lot(plan_with(), FAULTS, seed, MONDAY)
        assert draw.fault is FAULTS[draw.experiment]


def test_weights_and_the_placebos_share_are_honoured():
    plan = plan_with()
    found = Counter(draw_lot(plan, FAULTS, seed, OPENS).experiment for seed in SEEDS)
    expected = {"fail.yaml": 0.6, "badjwt.yaml": 0.2, "placebo.yaml": 0.2}
    _, p = chisquare([found[name] for name in expected], [share * len(SEEDS) for share in expected.values()])
    assert p > 0.001


@pytest.mark.parametrize(("share_ratio", "seen"), [(0.0, False), (0.9, True)])
def test_a_share_of_none_is_never_drawn(share_ratio, seen):
    plan = plan_with(placebo={"experiment": "placebo.yaml", "share_ratio": share_ratio})
    assert any(draw_lot(plan, FAULTS, seed, OPENS).fault is FaultKind.NONE for seed in range(100)) is seen


def test_the_time_lies_uniformly_in_the_room_and_says_nothing_of_the_kind():
    plan = plan_with()
    draws = [draw_lot(plan, FAULTS, seed, OPENS) for seed in SEEDS]
    for kind in ("fail.yaml", "badjwt.yaml", "placebo.yaml"):
        places = [(draw.starts_at - utc(2, 21, 1)) / timedelta(minutes=84) for draw in draws if draw.experiment == kind]
        assert kstest(places, "uniform").pvalue > 0.001


def test_people_need_not_wait_longer_than_the_plan_says():
    plan = plan_with(least_wait_s=10, greatest_wait_s=20)
    waits = [(draw_lot(plan, FAULTS, seed, OPENS).starts_at - utc(2, 21)).total_seconds() for seed in range(200)]
    assert 10 <= min(waits) < 11
    assert 19 < max(waits) <= 20


def test_a_window_that_is_open_opens_now():
    now = utc(2, 21, 30).replace(second=7, microsecond=5)
    assert opening_of("14:00-16:00 America/Denver", now) == Opening(now, utc(2, 23))


def test_a_window_with_too_little_room_left_is_passed_over():
    # 36 minutes are needed: one until the fault, 35 from there on.
    assert opening_of("14:00-16:00 America/Denver", utc(2, 22, 24)).opens_at == utc(2, 22, 24)
    assert opening_of("14:00-16:00 America/Denver", utc(2, 22, 25)).opens_at == utc(3, 21)


def test_a_plans_days_are_kept():
    assert opening_of("Wed 14:00-16:00 America/Denver", MONDAY).opens_at == utc(4, 21)


def test_the_rest_since_the_last_drill_is_kept():
    late = opening_of("14:00-16:00 America/Denver", MONDAY, last_drill_at=utc(1, 22), rest_days=7)
    # Summer time has begun by then, so 14:00 is 20:00 UTC; the window of the 8th has just closed.
    assert late.opens_at == utc(9, 20)
    early = opening_of("14:00-16:00 America/Denver", MONDAY, last_drill_at=utc(1, 22) - timedelta(days=30), rest_days=7)
    assert early.opens_at == utc(2, 21)


def test_a_window_across_midnight_belongs_to_the_day_on_which_it_opens():
    assert opening_of("Mon 23:00-02:00 UTC", MONDAY) == Opening(utc(2, 23), utc(3, 2))
    assert opening_of("Mon 23:00-02:00 UTC", utc(3, 0, 30)) == Opening(utc(3, 0, 30), utc(3, 2))


def test_windows_that_follow_on_one_another_are_one_of_a_day_at_the_most():
    assert opening_of("00:00-24:00 UTC", utc(2, 23, 59)) == Opening(utc(2, 23, 59), utc(3, 23, 59))


def test_an_hour_that_clocks_leave_out_never_opens():
    # On 8 March 2026 Denver's clocks go from 2:00 to 3:00; the next such hour is the day after.
    found = opening_of("02:00-03:00 America/Denver", utc(8, 7), mitigation_timeout_s=60)
    assert found == Opening(utc(9, 8), utc(9, 9))


def test_an_hour_that_clocks_repeat_is_open_twice():
    # On 1 November 2026 Denver's clocks go from 2:00 back to 1:00.
    found = opening_of("01:00-02:00 America/Denver", datetime(2026, 11, 1, 5, tzinfo=UTC), mitigation_timeout_s=60)
    assert found == Opening(datetime(2026, 11, 1, 7, tzinfo=UTC), datetime(2026, 11, 1, 9, tzinfo=UTC))


def test_no_window_in_sight_is_one_line():
    with pytest.raises(UsageError, match=r"no window 14:00-14:30 UTC .* leaves the 36 minutes .* widen it") as raised:
        opening_of("14:00-14:30 UTC", MONDAY)
    assert len(str(raised.value).splitlines()) == 1


@settings(max_examples=30)
@given(
    st.integers(0, 2**52),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants so
    st.sampled_from(["Mon-Thu 14:00-16:00 America/Denver", "22:00-01:00 Europe/Berlin", "00:00-24:00 UTC"]),
)
def test_every_draw_lies_in_its_window_with_room_for_the_drill(seed, now, window):
    plan = plan_with(window=window)
    draw = draw_lot(plan, FAULTS, seed, now)
    assert draw.opens_at >= now
    assert draw.starts_at - draw.opens_at >= timedelta(seconds=60)
    assert plan.hours.contains(draw.opens_at)
    assert plan.hours.contains(draw.starts_at + timedelta(minutes=35) - timedelta(microseconds=1))


def test_the_factorys_own_draw_has_no_time_and_is_asked_for_when_the_window_opens():
    plan = plan_with(start="factory", placebo=None)
    draw = draw_lot(plan, FAULTS, 7, utc(2, 22, 59))
    assert (draw.opens_at, draw.starts_at) == (utc(2, 22, 59), None)


def test_a_placebo_among_the_factorys_draws_begins_at_a_random_time_of_the_next_day_as_those_do():
    plan = plan_with(start="factory", placebo={"experiment": "placebo.yaml", "share_ratio": 0.9})
    draws = [draw_lot(plan, FAULTS, seed, OPENS) for seed in range(1000)]
    starts = [draw.starts_at for draw in draws if draw.fault is FaultKind.NONE]
    assert kstest([(start - utc(3, 0)) / timedelta(days=1) for start in starts], "uniform").pvalue > 0.001


def test_the_factory_draws_no_time_for_what_breaks_elsewhere():
    faults = {**FAULTS, "badjwt.yaml": FaultKind.SHOP_CHAOS}
    with pytest.raises(UsageError, match=r"start: factory is for faults of the factory alone, and badjwt\.yaml"):
        draw_lot(plan_with(start="factory"), faults, 7, MONDAY)
