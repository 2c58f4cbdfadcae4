"""How exact a drill's figures are, from its journal."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "drill"))

from story import alert, at, bought, by_the_book, by_time, clock, ended, injected, seen, started

from chaos_pizza.drill.result import judge
from chaos_pizza.model.alert import AlertState
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.purchase import Evidence, Outcome
from chaos_pizza.model.settings import FaultKind, TrafficBy, TrafficSettings
from chaos_pizza.model.traffic_profile import ProfileKind, TrafficProfile


def precision(told):
    return judge(by_time(told)).precision


def test_a_drill_by_the_book_is_as_exact_as_its_ends_are_known():
    """The factory's clock is known to 0.05 s either way, by a look that took 0.1 s."""
    found = precision(by_the_book())
    ttd, ttm, ttr = (found.errors[name] for name in (MeasureName.TTD, MeasureName.TTM, MeasureName.TTR))
    assert (ttd.interval_s, ttd.bound_s, ttd.start_s, ttd.end_s) == pytest.approx((0.1, 0.05, 0.05, 0.0))
    # The fix date has a grain of a millisecond besides.
    assert (ttm.interval_s, ttm.bound_s, ttm.end_s) == pytest.approx((0.201, 0.1005, 0.0505))
    # Recovered between 19.7, the earliest end of the fault, and 20.1, the answer to the first good purchase.
    assert (ttr.interval_s, ttr.bound_s, ttr.end_s) == pytest.approx((0.5, 0.25, 0.2))


def test_a_drill_by_the_book_tells_of_its_purchases_and_clocks():
    found = precision(by_the_book())
    assert (found.rate_per_s, found.plan_was_kept) == (10.0, True)
    assert (found.lateness.count, found.lateness.greatest_s, found.path.p50_s) == (60, 0.0, 0.1)
    assert found.longest_gap_s == pytest.approx(0.5)
    (factory,) = found.clocks
    assert (factory.peer, factory.steady) == (Peer.FACTORY, True)
    assert (factory.least_s, factory.most_s, factory.uncertainty_s) == pytest.approx((99.95, 100.05, 0.05))


def test_a_measure_that_is_a_lower_bound_has_no_error():
    undetected = [(second, event) for second, event in by_the_book() if type(event).__name__ != "AlertChanged"]
    assert MeasureName.TTD not in precision([told for told in undetected if not _acknowledges(told[1])]).errors


def _acknowledges(event):
    return type(event).__name__ == "Marked"


def test_a_drill_without_anything_is_unknown_in_all():
    found = precision([(0.0, started()), (1.0, ended(1.0))])
    assert (found.lateness, found.path, found.longest_gap_s, found.plan_was_kept) == (None, None, None, None)
    assert (found.clocks, found.errors) == ((), {})


def test_purchases_that_leave_later_than_the_next_is_due_do_not_keep_the_plan():
    late = [(1.0, PurchasesObserved(tuple(_late(number) for number in range(10))))]
    assert precision([(0.0, started(FaultKind.NONE)), *late, (2.0, ended(2.0))]).plan_was_kept is False


def _late(number):
    sample = bought(number, number / 10 + 0.2, number / 10 + 0.3)
    return type(sample)(**{**{f: getattr(sample, f) for f in sample.__slots__}, "intended_at": at(number / 10)})


@given(
    began=st.floats(9.0, 11.0),
    lasted=st.floats(0.5, 8.0),
    ahead=st.floats(-50, 50),
    way=st.floats(0.001, 0.4),
    fired_after=st.floats(0.0, 0.4),
)
def test_the_truth_is_never_further_off_than_the_bound(began, lasted, ahead, way, fired_after):
    """A drill of a fault whose truth is known: its figures lie within what is said of their error."""
    began, over = round(began, 3), round(began + lasted, 3)
    fired = began + fired_after
    samples = [
        bought(n, n / 5, n / 5 + way)
        if not began <= n / 5 + way / 2 < over
        else bought(n, n / 5, n / 5 + way, Outcome.FAILED, Evidence.LINK)
        for n in range(150)
    ]
    told = [
        (0.0, started(FaultKind.FAIL, good_purchases=3)),
        (0.5, clock(0.5 - way / 3, 0.5, 0.5 - way / 6 + ahead, 0.5 - way / 6 + ahead)),
        (8.0, injected(7.9, 8.0)),
        (8.5, seen(8.4, 8.5, "fail", start=began + ahead)),
        (fired, alert(fired, AlertState.FIRING)),
        (25.0, seen(24.9, 25.0, "none", start=began + ahead, fix=over + ahead)),
        (39.0, PurchasesObserved(tuple(samples))),
        (40.0, ended(40.0)),
    ]
    result = judge(by_time(told))
    was_met = any(sample.outcome is Outcome.FAILED for sample in samples)
    assert result.timeline.fault_proven is was_met
    truth = {MeasureName.TTD: fired - began, MeasureName.TTM: over - began}
    for name, error in result.precision.errors.items():
        if name in truth:
            assert abs(result.measures[name].value - truth[name]) <= error.bound_s + 2e-6
            assert error.bound_s <= error.start_s + error.end_s + 2e-6


def test_a_figure_that_can_not_be_below_nothing_is_off_to_one_side_only():
    """The alert fired at 9.72, while the fault's start is known to lie between 9.70 and 9.80."""
    told = [(second, event) for second, event in by_the_book() if type(event).__name__ != "AlertChanged"]
    ttd = precision([*told, (9.72, alert(9.72, AlertState.FIRING))]).errors[MeasureName.TTD]
    assert (ttd.interval_s, ttd.bound_s) == pytest.approx((0.02, 0.02))


@pytest.mark.parametrize(
    ("traffic", "rate_per_s", "is_known", "is_even"),
    [
        (TrafficSettings(), 10.0, True, True),
        (TrafficSettings(profile=TrafficProfile(ProfileKind.POISSON)), 10.0, True, False),
        (TrafficSettings(engine=TrafficBy.LOCUST), 10.0, True, True),
        (TrafficSettings(engine=TrafficBy.K6), None, False, False),
    ],
)
def test_what_was_planned_is_known_unless_a_script_decides_it(traffic, rate_per_s, is_known, is_even):
    begun = started(FaultKind.NONE)
    begun = replace(begun, settings=replace(begun.settings, traffic=traffic))
    found = precision([(0.0, begun), (1.0, PurchasesObserved((bought(0, 0.5, 0.6),))), (2.0, ended(2.0))])
    assert (found.rate_per_s, found.lateness is not None, found.is_even) == (rate_per_s, is_known, is_even)
