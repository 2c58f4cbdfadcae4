"""What rules make of drills and of calm, worked out by hand; and all drills at once as each of them alone."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from told import FAILED, a_fault, a_rule, a_second_each, after, as_it_stands, columns_of, recorded

from chaos_pizza.alerting.exposition import series_key
from chaos_pizza.backtest.candidate import changed
from chaos_pizza.backtest.columns import Figures
from chaos_pizza.backtest.front import coverage, is_blind
from chaos_pizza.backtest.recording import FOR_EVER_US, Recording, SeenChaos
from chaos_pizza.backtest.replay import replay
from chaos_pizza.backtest.trial import Caught
from chaos_pizza.backtest.trying import seen_us, try_all
from chaos_pizza.model.alert import AlertSource, Operator
from chaos_pizza.model.event import VendorChaos, VendorSeen
from chaos_pizza.model.measure import Measure
from chaos_pizza.model.micros import micros_of
from chaos_pizza.model.settings import FaultKind

# The fault begins at 10.5; the scrape at 11 shows two failures, and each later one two more.
OUTAGE = a_second_each([0] * 11 + [2, 4, 6, 8, 10])


def tried(rule, *recordings):
    [trial] = try_all([as_it_stands(rule)], recordings)
    return trial


def outcome_of(rule, scrapes, fault):
    [outcome] = tried(rule, recorded(scrapes, name="a drill", fault=fault)).outcomes
    return outcome


def test_the_time_to_detect_is_the_mean_over_when_the_evaluation_happens_to_fall():
    outcome = outcome_of(a_rule(), OUTAGE, a_fault(10.5, until=15))
    # True from 11 on, it is evaluated first at some moment from 11 to 12.
    assert (outcome.caught, outcome.ttd) == (Caught.CAUGHT, Measure(1.0, 0.5, 1.5))


def test_what_is_not_known_of_the_fault_s_start_widens_the_bounds():
    outcome = outcome_of(a_rule(), OUTAGE, a_fault((10.25, 10.75), until=15))
    assert outcome.ttd == Measure(1.0, 0.25, 1.75)


def test_an_alert_that_may_come_in_time_or_not_is_luck():
    outcome = outcome_of(a_rule(), OUTAGE, a_fault(10.5, until=11.3, censored=11.2))
    assert outcome.caught is Caught.BY_LUCK
    assert outcome.ttd == Measure(pytest.approx(0.7), pytest.approx(0.7), None, censored=True)


def test_an_undetected_fault_took_at_least_as_long_as_it_lasted():
    outcome = outcome_of(a_rule(threshold=100), OUTAGE, a_fault((10.0, 10.5), until=15, censored=14.5))
    assert (outcome.caught, outcome.ttd) == (Caught.MISSED, Measure(4.0, 4.0, None, censored=True))


def test_an_alert_that_was_firing_before_the_fault_does_not_detect_it():
    scrapes = a_second_each([2 * second for second in range(16)])
    outcome = outcome_of(a_rule(), scrapes, a_fault(10.5, until=15))
    assert not outcome.is_caught


def test_it_detects_the_fault_once_it_has_gone_inactive():
    scrapes = a_second_each([0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 4, 6, 8, 10, 12])
    trial = tried(a_rule(), recorded(scrapes, name="a drill", fault=a_fault(10.5, until=15)))
    assert trial.outcomes[0].caught is Caught.CAUGHT
    # The first rise was a page for nothing, in the ten seconds of calm before the fault.
    assert trial.false_pages.count == 1
    assert trial.false_pages.weeks * 604_800 == pytest.approx(10)


def test_a_rule_whose_series_are_not_recorded_is_unknown_and_never_blind():
    drill = recorded(OUTAGE, name="a drill", fault=a_fault(10.5, until=15))
    trial = tried(a_rule(metric="elsewhere_total"), drill)
    assert trial.outcomes[0].caught is Caught.UNKNOWN
    assert trial.outcomes[0].ttd is None
    assert not trial.is_known
    assert trial.mean_ttd_s is None
    [cover] = coverage(trial).values()
    assert not is_blind(cover)
    # Nor does its silence count as calm.
    assert trial.false_pages.per_week is None


def test_coverage_is_by_kind_of_fault():
    drills = [
        recorded(OUTAGE, name="1", fault=a_fault(10.5, until=15)),
        recorded(a_second_each([0] * 16), name="2", fault=a_fault(10.5, until=15, kind=FaultKind.BADJWT)),
        recorded(a_second_each([0] * 16), name="3", fault=a_fault(10.5, until=15)),
    ]
    covers = coverage(tried(a_rule(), *drills))
    assert {kind: is_blind(cover) for kind, cover in covers.items()} == {FaultKind.FAIL: False, FaultKind.BADJWT: True}
    assert covers[FaultKind.FAIL][Caught.CAUGHT] == covers[FaultKind.FAIL][Caught.BLIND] == 1


def test_a_rule_that_missed_a_fault_which_moved_its_figures_is_not_blind_to_it():
    """Too loose, or too slow: it saw the failures."""
    drill = recorded(OUTAGE, name="1", fault=a_fault(10.5, until=15))
    [cover] = coverage(tried(a_rule(threshold=100), drill)).values()
    assert (cover[Caught.MISSED], is_blind(cover)) == (1, False)


def test_failures_at_their_everyday_pace_are_no_sight_of_a_fault():
    scrapes = a_second_each([second // 2 for second in range(16)])
    [cover] = coverage(tried(a_rule(threshold=100), recorded(scrapes, fault=a_fault(10.5, until=15)))).values()
    assert is_blind(cover)


def test_figures_that_stood_still_before_there_were_customers_say_nothing_of_a_day_as_usual():
    """2 sold a second from 6 on, and none after 10: a rule that waits for less saw that."""
    sold = [0] * 6 + [2, 4, 6, 8, 10, 10, 10, 10, 10, 10]
    rule = replace(a_rule(threshold=-1), operator=Operator.BELOW)
    [cover] = coverage(tried(rule, recorded(a_second_each(sold), fault=a_fault(10.5, until=15)))).values()
    assert (cover[Caught.MISSED], is_blind(cover)) == (1, False)


def test_each_alert_in_calm_is_a_page_for_nothing():
    values = [0, 0, 2, 2, 2, 2, 2, 2, 4, 4, 4, 4, 4, 4]
    trial = tried(a_rule(), recorded(a_second_each(values)), recorded(a_second_each(values), name="another"))
    assert trial.false_pages.count == 4
    assert trial.false_pages.weeks * 604_800 == pytest.approx(26)


def test_sources_are_tried_apart():
    figures = (
        *columns_of(OUTAGE).figures(),
        *columns_of(a_second_each([0] * 16), AlertSource.SYNTHETIC_MONITOR).figures(),
    )
    drill = Recording("a drill", figures, a_fault(10.5, until=15))
    trials = try_all([as_it_stands(a_rule())], [drill])
    assert {trial.label: trial.caught for trial in trials} == {
        "a rule (shop /metrics)": 1,
        "a rule (synthetic monitor)": 0,
    }


def test_a_gap_in_the_scrapes_is_no_calm_that_anybody_saw():
    [figures] = columns_of([(second, {FAILED: 0}) for second in (0, 1, 2, 900, 901)]).figures()
    assert seen_us(figures.scraped_us) == 3_000_000
    [figures] = columns_of([(second, {FAILED: 0}) for second in (0, 60, 120, 300, 360)]).figures()
    assert seen_us(figures.scraped_us) == 360_000_000
    assert seen_us(figures.scraped_us[:1]) == seen_us(figures.scraped_us[:0]) == 0


def test_what_fires_while_somebody_else_s_chaos_is_on_or_can_be_looked_back_at_is_no_page_for_nothing():
    """Alerts at 2, 12, 22 and 32, a chaos from 10.5 to 16.5: with a window of 4 s, and 1 s each, the one at 12."""
    values = [2 * ((second + 8) // 10) for second in range(40)]
    [figures] = columns_of(a_second_each(values)).figures()
    chaos = (micros_of(after(10.5)), micros_of(after(16.5)))
    trial = tried(a_rule(), Recording("calm", (figures,), None, disturbed=(chaos,)))
    assert tried(a_rule(), Recording("calm", (figures,), None)).false_pages.count == 4
    assert trial.false_pages.count == 3
    # From 10 to 22 nobody can tell (16.5 s, 4 s of window and 1 s until the next evaluation).
    assert trial.false_pages.weeks * 604_800 == pytest.approx(39 - 12)
    assert tried(a_rule(window_s=9.0), Recording("calm", (figures,), None, disturbed=(chaos,))).false_pages.count == 2


def test_chaos_is_taken_to_be_on_from_the_last_look_that_did_not_see_it():
    chaos = SeenChaos()
    for seen_at, previous, kind in ((5, None, "none"), (20, 15, "fail"), (22, 21, "badjwt"), (40, 35, "none")):
        named = VendorChaos(kind)
        sooner = None if previous is None else after(previous)
        chaos.add(VendorSeen(after(seen_at - 0.1), after(seen_at), named, sooner))
    assert chaos.stretches() == ((micros_of(after(15)), micros_of(after(40))),)
    chaos.add(VendorSeen(after(50), after(51), VendorChaos("throttle"), None))
    assert chaos.stretches()[1] == (micros_of(after(50)), FOR_EVER_US)


def test_nothing_recorded_is_nothing_tried():
    assert try_all([as_it_stands(a_rule())], []) == []
    assert try_all([], [recorded(OUTAGE)]) == []


LATE = series_key("sold_total", outcome="late")


@st.composite
def drills(draw):
    """A few drills of different length, one of them perhaps without one of the series."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        keys = draw(st.sampled_from([[FAILED], [LATE], [FAILED, LATE]]))
        steps = draw(st.lists(st.sampled_from([0, 0, 0, 1, 3]), min_size=3, max_size=25))
        spacing = draw(st.sampled_from([1.0, 1.0, 1.3]))
        total, scrapes = draw(st.sampled_from([0, 500])), []
        for place, step in enumerate(steps):
            total += step
            scrapes.append((place * spacing + draw(st.sampled_from([0, 0.1])), dict.fromkeys(keys, total)))
        start = draw(st.floats(0, len(steps) * spacing))
        fault = a_fault(start, until=start + draw(st.floats(0, 20)))
        found.append(recorded(scrapes, name=str(number), fault=fault))
    return found


@settings(max_examples=60)
@given(
    drills(),
    st.sampled_from([1.0, 2.0, 4.0]),
    st.sampled_from([2.0, 4.0, 10.0]),
    st.sampled_from([None, 3.0]),
    st.sampled_from([0.0, 2.0]),
    st.sampled_from([1.0, 6.0]),
)
def test_all_drills_at_once_are_as_each_of_them_alone(recordings, threshold, window_s, compare_s, for_s, every_s):
    """Against the plain replay, phase by phase: a later phase is a recording whose first scrape comes later."""
    rule = a_rule(
        threshold=threshold, window_s=window_s, compare_window_s=compare_s, for_s=for_s, evaluation_interval_s=every_s
    )
    quicker = changed(rule, {"evaluation_interval_s": 1.0, "threshold": 1.0})
    trial = try_all([as_it_stands(rule), quicker], recordings)[0]
    for outcome, recording in zip(trial.outcomes, recordings, strict=True):
        took = [took_s(rule, recording, phase) for phase in range(max(4, round(every_s)))]
        told = [each for each in took if each is not None]
        assert outcome.is_caught == (len(told) == len(took))
        assert (outcome.caught in {Caught.MISSED, Caught.BLIND}) == (not told)
        if outcome.is_caught:
            assert outcome.ttd.value == pytest.approx(sum(told) / len(told), abs=1e-6)


def took_s(rule, recording, phase):
    """Return when the rule fires in a phase, by a replay of a recording that begins, unseen by the rule, at it."""
    [figures] = recording.figures
    every_us = round(rule.evaluation_interval_s * 10**6)
    phases = max(4, round(rule.evaluation_interval_s))
    first, last = int(figures.scraped_us[0]), int(figures.scraped_us[-1])
    begin = first + every_us * (2 * phase + 1) // (2 * phases)
    # All phases have as many evaluations; one is all that a recording shorter than the interval has.
    count = max(1, (last - first - every_us * (2 * phases - 1) // (2 * phases)) // every_us + 1)
    at = [begin + place * every_us for place in range(count)]
    scraped_us = np.array(sorted({at[0], at[-1]}), dtype=np.int64)
    one_phase = Figures(figures.source, None, scraped_us, figures.series)
    [replayed] = replay(rule, Recording("one phase", (one_phase,), None))
    fault = recording.fault
    for firing in replayed.firings:
        if fault.start.earliest <= firing.at <= fault.until:
            return max(0.0, (firing.at - fault.start.midpoint) / timedelta(seconds=1))
    return None


def test_micros_are_exact():
    assert micros_of(after(0.000001)) - micros_of(after(0)) == 1
