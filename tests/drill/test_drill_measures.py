"""Measures: the durations and the bounds they are known to lie in."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from story import alert, at, book_samples, by_the_book, by_time, ended, mark, purchases, unfelt, with_settings, within

from chaos_pizza.drill.impact import assess_impact
from chaos_pizza.drill.measures import at_least, between, measure
from chaos_pizza.drill.observations import gather
from chaos_pizza.drill.timeline import timeline_of
from chaos_pizza.model.alert import AlertState
from chaos_pizza.model.alert_event import AlertChanged
from chaos_pizza.model.event import Aborted, DrillEnded
from chaos_pizza.model.incident import Actor, MarkKind
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.response_event import CureAttempted, Marked
from chaos_pizza.model.settings import ResponderKind, ResponderSettings

BOOK = by_the_book()


def measured(told):
    observations = gather(by_time(told))
    timeline = timeline_of(observations)
    return measure(observations, timeline, assess_impact(observations, timeline))


def without(told, *kinds):
    return [(second, event) for second, event in told if not isinstance(event, kinds)]


def figures(found: Measure):
    assert not found.censored
    return pytest.approx((found.value, found.earliest, found.latest), abs=1e-6)


def test_the_measures_of_a_drill_by_the_book():
    # start 9.70 to 9.80, impact 9.70 to 10.1 (no good purchase is sent in between), firing 14, taken 16,
    # end 19.70 to 19.801 (its date is cut to the millisecond), well from 19.70 to 20.1 (number 40, sent at 20.0, is the
    # first good one)
    found = measured(BOOK)
    assert figures(found[MeasureName.TTD]) == (4.25, 4.20, 4.30)  # 14 - 9.75, 14 - 9.80, 14 - 9.70
    assert figures(found[MeasureName.TTD_FROM_IMPACT]) == (4.10, 3.90, 4.30)  # 14 - 9.90, 14 - 10.1, 14 - 9.70
    assert figures(found[MeasureName.TTA]) == (2.0, 2.0, 2.0)
    assert figures(found[MeasureName.TTM]) == (10.0005, 9.90, 10.101)  # 19.7505 - 9.75, 19.70 - 9.80, 19.801 - 9.70
    assert figures(found[MeasureName.TTR]) == (10.15, 9.90, 10.40)  # 19.90 - 9.75, 19.70 - 9.80, 20.1 - 9.70
    assert figures(found[MeasureName.IMPACT_DELAY]) == (0.15, 0.0, 0.40)  # 9.90 - 9.75, no less than 0, 10.1 - 9.70
    assert figures(found[MeasureName.RECOVERY_LAG]) == (0.1495, 0.0, 0.40)  # 19.90 - 19.7505, no less than 0


def test_a_fault_that_nobody_detected_has_a_time_to_detect_of_at_least_until_its_end():
    found = measured(without(BOOK, AlertChanged, Marked))
    # surely on from 9.80 to 19.70; felt from 10.1 at the latest
    assert found[MeasureName.TTD] == Measure(pytest.approx(9.90), pytest.approx(9.90), None, censored=True)
    assert found[MeasureName.TTD_FROM_IMPACT] == Measure(pytest.approx(9.60), pytest.approx(9.60), None, censored=True)
    assert found[MeasureName.TTA] is None


def test_a_fault_that_is_taken_only_after_its_end_is_still_undetected():
    found = measured([*without(BOOK, AlertChanged, Marked), (25.0, mark(25.0, MarkKind.NOTICED))])
    assert found[MeasureName.TTD].censored
    assert found[MeasureName.TTA] is None


def test_what_was_detected_but_never_taken_has_a_time_to_acknowledge_of_at_least_until_the_end():
    found = measured(without(BOOK, Marked))
    assert found[MeasureName.TTA] == Measure(pytest.approx(5.7), pytest.approx(5.7), None, censored=True)  # 19.70 - 14


@pytest.mark.parametrize("by", [Actor.ROLLBACK, Actor.WATCHDOG, Actor.ABORT, Actor.UNKNOWN])
def test_a_fault_that_the_drill_itself_ended_was_not_mitigated(by):
    cure = next(event for _, event in BOOK if isinstance(event, CureAttempted))
    own = CureAttempted(by, cure.means, cure.sent_at, cure.received_at, cure.answer)
    found = measured([*without(BOOK, CureAttempted), (19.9, own)])
    assert found[MeasureName.TTM] == Measure(pytest.approx(9.90), pytest.approx(9.90), None, censored=True)
    assert not found[MeasureName.TTR].censored


def test_an_abort_before_the_faults_end_is_as_far_as_a_time_without_an_end_is_known():
    found = measured([*without(BOOK, AlertChanged, Marked), (15.0, Aborted(at(15.0), "enough"))])
    assert found[MeasureName.TTD].value == pytest.approx(5.2)  # 15 - 9.80


def test_a_shop_that_never_recovered_has_a_time_to_recover_of_at_least_until_the_drills_end():
    # the last purchase is number 39, sent at 19.5; the drill ends at 22
    told = [(s, e) for s, e in BOOK if s < 21 and not hasattr(e, "samples")]
    found = measured([*told, *purchases(book_samples()[:40], until=21), (22.0, ended(22.0))])
    assert found[MeasureName.TTR] == Measure(pytest.approx(12.2), pytest.approx(12.2), None, censored=True)  # 22 - 9.80
    assert found[MeasureName.RECOVERY_LAG].value == pytest.approx(2.199)  # 22 - 19.801


def test_a_shop_that_may_have_been_well_when_the_drill_ended_is_not_said_to_have_been_unwell():
    # two good purchases, 40 and 41, are one too few; but well since 19.70 at the earliest
    told = [(s, e) for s, e in BOOK if s < 21 and not hasattr(e, "samples")]
    found = measured([*told, *purchases(book_samples()[:42], until=21), (22.0, ended(22.0))])
    assert found[MeasureName.TTR].value == pytest.approx(9.90)  # 19.70 - 9.80


def test_without_a_fault_there_is_no_measure():
    quiet = [pair for pair in BOOK if not hasattr(pair[1], "samples")]
    assert measured(quiet) == dict.fromkeys(MeasureName)


def test_a_drill_cut_off_in_mid_fault_is_measured_up_to_what_was_last_seen():
    told = [(s, e) for s, e in without(BOOK, AlertChanged, Marked, DrillEnded) if s <= 13]
    assert measured(told)[MeasureName.TTD].value == pytest.approx(3.2)  # 13 - 9.80


def test_a_resolved_alert_detects_nothing():
    told = [*without(BOOK, AlertChanged, Marked), (14.0, alert(14.0, AlertState.INACTIVE))]
    assert measured(told)[MeasureName.TTD].censored


INTERVALS = st.tuples(st.floats(0, 1e4), st.floats(0, 1e3)).map(lambda pair: within(pair[0], pair[0] + pair[1]))


@given(INTERVALS, INTERVALS)
def test_a_duration_is_never_negative_and_its_value_lies_within_its_bounds(sooner, later):
    found = between(sooner, later)
    assert 0 <= found.earliest <= found.value <= found.latest


@given(INTERVALS, st.floats(0, 1), INTERVALS, st.floats(0, 1))
def test_the_true_duration_lies_within_the_bounds(sooner, share, later, other_share):
    began = sooner.earliest + (sooner.latest - sooner.earliest) * share
    over = later.earliest + (later.latest - later.earliest) * other_share
    true_s = max((over - began).total_seconds(), 0.0)
    found = between(sooner, later)
    assert found.earliest <= true_s <= found.latest
    assert at_least(sooner, later.earliest).value <= true_s


def test_what_people_took_on_without_a_mark_is_unknown_and_not_late():
    """Nobody has said anything, so nobody can tell whether somebody took it."""
    told = without(by_the_book(), Marked)
    people = with_settings(told[0][1], responder=ResponderSettings(ResponderKind.PEOPLE))
    assert measured([(0.0, people), *told[1:]])[MeasureName.TTA] is None


def by_people(told):
    """The same drill, with people to respond."""
    return [(0.0, with_settings(told[0][1], responder=ResponderSettings(ResponderKind.PEOPLE))), *told[1:]]


def test_who_took_it_is_known_however_late_they_tell_but_that_nobody_did_is_not():
    told = by_people(without(BOOK, Marked))
    late = mark(16.0, MarkKind.ACKNOWLEDGED, entered=400_000.0)
    assert figures(measured([*told, (400_000.0, late)])[MeasureName.TTA]) == (2.0, 2.0, 2.0)
    note = mark(16.0, MarkKind.NOTE, entered=400_000.0, text="where was everybody?")
    noticed = mark(13.0, MarkKind.NOTICED, entered=400_000.0)
    for word in (note, noticed):
        assert measured([*told, (400_000.0, word)])[MeasureName.TTA] is None
    # Who marks while the drill runs marks there, so that nobody took it is true: on from 14 to 19.70.
    spot = measured([*told, (13.0, mark(13.0, MarkKind.DIAGNOSED))])
    assert spot[MeasureName.TTA] == Measure(pytest.approx(5.70), pytest.approx(5.70), None, censored=True)


def test_an_acknowledgement_that_detected_followed_at_once():
    told = by_people(without(BOOK, Marked, AlertChanged))
    minute = replace(mark(-48.0, MarkKind.ACKNOWLEDGED, entered=25.0), grain_s=60.0)
    found = measured([*told, (25.0, minute)])
    assert figures(found[MeasureName.TTA]) == (0.0, 0.0, 0.0)


def test_a_time_told_to_the_minute_gives_a_time_to_detect_with_the_bounds_of_that_minute():
    """Told as the minute that ends at 12: from the fault's start, 9.70 at the soonest, until then."""
    told = by_people(without(BOOK, Marked))
    minute = replace(mark(-48.0, MarkKind.NOTICED, entered=25.0), grain_s=60.0)
    found = measured([*told, (25.0, minute)])
    assert figures(found[MeasureName.TTD]) == (1.10, 0.0, 2.30)  # 10.85 - 9.75, 9.70 - 9.80, 12 - 9.70
    second = replace(mark(11.0, MarkKind.NOTICED, entered=25.0), grain_s=1.0)
    assert figures(measured([*told, (25.0, second)])[MeasureName.TTD]) == (1.75, 1.20, 2.30)  # 11.5 - 9.75, …


def test_what_was_noticed_before_a_purchase_failed_has_no_time_from_the_first_failure():
    sooner = measured([*BOOK, (9.85, mark(9.85, MarkKind.NOTICED))])  # the first failed from 9.70 to 10.1
    assert sooner[MeasureName.TTD_FROM_IMPACT] is None
    assert figures(sooner[MeasureName.TTD]) == (0.10, 0.05, 0.15)
    later = measured([*BOOK, (9.95, mark(9.95, MarkKind.NOTICED))])
    assert figures(later[MeasureName.TTD_FROM_IMPACT]) == (0.05, 0.0, 0.25)


def test_where_no_purchase_failed_there_was_nothing_to_recover_from():
    found = measured(unfelt())
    assert found[MeasureName.TTR] is found[MeasureName.RECOVERY_LAG] is found[MeasureName.IMPACT_DELAY] is None
    assert found[MeasureName.TTM].value == pytest.approx(10.0, abs=0.001)


def test_what_was_cut_off_may_have_been_felt_yet():
    cut_off = [(second, event) for second, event in unfelt() if second < 15]
    assert measured(cut_off)[MeasureName.TTR].censored


def test_without_a_purchase_during_the_fault_nobody_knows_whether_there_was_anything_to_recover_from():
    assert measured(unfelt(bought_until=9))[MeasureName.TTR].censored
