"""A replay is held against the evaluator that a drill runs, at every single evaluation."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from told import FAILED, NOON, SHOP, a_rule, a_second_each, after, columns_of, recorded

from chaos_pizza.alerting.evaluator import RuleEvaluator
from chaos_pizza.alerting.exposition import series_key
from chaos_pizza.alerting.scrapes import ScrapeDecoder, ScrapeEncoder, series_text
from chaos_pizza.alerting.series import PrometheusMajor
from chaos_pizza.backtest.columns import Figures, ScrapeColumns
from chaos_pizza.backtest.conditions import Conditions
from chaos_pizza.backtest.recording import Recording
from chaos_pizza.backtest.replay import evaluation_rows, replay
from chaos_pizza.model.alert import AlertRule, AlertSource, AlertState, Operator
from chaos_pizza.model.alert_event import SeriesScraped
from chaos_pizza.model.micros import micros_of

LATE = series_key("sold_total", outcome="late")
GOOD = series_key("sold_total", outcome="ok")
REVENUE = series_key("revenue_total")


def seconds_of(firings):
    def second(at):
        return None if at is None else (at - NOON).total_seconds()

    return [(second(each.pending_at), second(each.at), second(each.until)) for each in firings]


@pytest.mark.parametrize(
    ("for_s", "values", "expected"),
    [
        # By hand, as in the evaluator's own tests: the window is 4 s, its left end left out.
        (0, [0, 0, 0, 0], []),
        (0, [0, 0, 2, 2], [(2, 2, None)]),
        (0, [0, 0, 2, 2, 2, 2], [(2, 2, 5)]),
        (1, [0, 0, 2, 2, 2, 2], [(2, 3, 5)]),
        (1.5, [0, 0, 2, 2, 2, 2], [(2, 4, 5)]),
        (3, [0, 0, 2, 2, 2, 2], []),
        (3, [0, 0, 2, 2, 2, 2, 4, 6, 8, 10], [(6, 9, None)]),
        (0, [5], []),
        (0, [None, 0, 0, 2, 2, 2, 2], [(3, 3, 6)]),
        (0, [9, 9, 9, 9, 0, 1], []),
    ],
)
def test_firings_by_hand(for_s, values, expected):
    [replayed] = replay(a_rule(for_s=for_s), recorded(a_second_each(values)))
    assert seconds_of(replayed.firings) == expected


def test_a_rule_over_series_that_are_not_there_is_unknown():
    recording = recorded(a_second_each([0, 1, 2]))
    [replayed] = replay(a_rule(metric="elsewhere_total"), recording)
    assert (replayed.known, replayed.firings) == (False, ())
    assert replay(a_rule(labels={"outcome": "failed"}), recording)[0].known
    assert not replay(a_rule(labels={"outcome": "bad"}), recording)[0].known


def test_a_share_is_unknown_where_its_whole_is_not_there():
    recording = recorded(a_second_each([0, 1, 2]))
    assert not replay(a_rule(of_metric="elsewhere_total"), recording)[0].known


def test_a_counter_of_the_shop_s_that_was_awaited_but_never_began_is_known():
    """A shop may show its counter of failures only after the first one: a drill that kept watch can tell."""
    figures = columns_of(a_second_each([0, 1, 2], key=REVENUE)).figures()
    recording = Recording("calm", figures, None, kept_for=(a_rule(),))
    assert replay(a_rule(labels={"outcome": "failed"}), recording)[0].known
    assert not replay(a_rule(metric="elsewhere_total"), recording)[0].known


def test_what_was_kept_of_other_series_of_the_metric_tells_nothing_of_these():
    figures = columns_of(a_second_each([0, 1, 2], key=REVENUE)).figures()
    recording = Recording("calm", figures, None, kept_for=(a_rule(labels={"outcome": "late"}),))
    assert not replay(a_rule(labels={"outcome": "failed"}), recording)[0].known


def test_series_are_added_up_by_their_labels_in_whatever_order_they_came():
    """In version 2, which rounds at every step: 0.1 + 0.2 + 0.3 is another number than 0.2 + 0.3 + 0.1."""
    scrapes = [(0, {LATE: 0, GOOD: 0}), (1, {LATE: 0, GOOD: 0, FAILED: 0}), (2, {LATE: 0.2, GOOD: 0.3, FAILED: 0.1})]
    [figures] = columns_of(scrapes).figures()
    assert list(figures.series)[-1] == FAILED
    [value] = Conditions(figures, figures.scraped_us[-1:], PrometheusMajor.V2).value(a_rule(window_s=1.0), 1.0)
    assert value == 0.1 + 0.2 + 0.3 != 0.2 + 0.3 + 0.1


def test_each_job_of_a_prometheus_is_a_set_of_figures_of_its_own():
    shop, monitor = (series_key("sold_total", job=job) for job in ("shop", "monitor"))
    scrapes = [(second, {shop: 0, monitor: 2 * second}) for second in range(6)]
    replayed = replay(a_rule(), recorded(scrapes, AlertSource.PROMETHEUS))
    assert {each.job: bool(each.firings) for each in replayed} == {"shop": False, "monitor": True}


def test_after_an_hour_without_a_scrape_evaluation_begins_anew():
    scrapes = [*a_second_each([0, 0, 2, 2]), *((second + 3700, {FAILED: 2}) for second in range(4))]
    [replayed] = replay(a_rule(window_s=4000.0), recorded(scrapes))
    # What rose before the gap is in the window still, but the alert is another one.
    assert seconds_of(replayed.firings) == [(2, 2, None), (3700, 3700, None)]


def test_nothing_scraped_is_nothing_replayed():
    assert replay(a_rule(), Recording("empty", (), None)) == []


def test_phases_stand_in_the_middle_of_even_shares_of_the_interval():
    figures: Figures
    [figures] = columns_of([(0, {FAILED: 0}), (10, {FAILED: 0})]).figures()
    rows = (evaluation_rows(figures.scraped_us, 4.0, phases=4) - micros_of(NOON)) / 1e6
    assert rows.tolist() == [[0.5, 4.5], [1.5, 5.5], [2.5, 6.5], [3.5, 7.5]]


GAPS_S = st.sampled_from([0.25, 1.0, 1.0, 1.0, 1.000001, 1.4, 2.0, 7.5, 30.0])
STEPS = st.sampled_from([None, "restart", 0, 0, 0, 0, 1, 1, 3, 0.004, 0.1 + 0.2])


@st.composite
def scrape_series(draw):
    """Scrapes with counters that rise, stand, restart, vanish and come back, at uneven distances."""
    keys = draw(st.lists(st.sampled_from([FAILED, LATE, GOOD, REVENUE]), min_size=1, max_size=4, unique=True))
    values = {key: draw(st.sampled_from([0.0, 0.0, 7.0, 12345.678])) for key in keys}
    scrapes, second = [], 0.0
    for _ in range(draw(st.integers(2, 40))):
        shown = {}
        for key in keys:
            step = draw(STEPS)
            if step == "restart":
                values[key] = 0.0
            elif step is not None:
                values[key] += step
            if step is not None:
                shown[key] = values[key]
        scrapes.append((second, shown))
        second += draw(GAPS_S)
    return scrapes


@st.composite
def any_rule(draw):
    what = draw(st.sampled_from(["increase", "compare", "share"]))
    seconds = st.sampled_from([1.0, 1.5, 2.0, 4.0, 5.0, 10.0, 60.0])
    return AlertRule(
        "a rule",
        draw(st.sampled_from(["sold_total", "revenue_total"])),
        draw(st.sampled_from(Operator)),
        draw(st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0, 3.0])),
        draw(seconds),
        labels=draw(st.sampled_from([{}, {"outcome": "failed"}])),
        compare_window_s=draw(seconds) if what == "compare" else None,
        of_metric="sold_total" if what == "share" else None,
        short_window_s=draw(st.one_of(st.none(), seconds)),
        for_s=draw(st.sampled_from([0.0, 1.0, 1.5, 4.0])),
        evaluation_interval_s=draw(st.sampled_from([0.5, 1.0, 1.7, 5.0])),
    )


@given(scrape_series(), any_rule(), st.sampled_from(PrometheusMajor))
def test_every_evaluation_agrees_with_the_evaluator_of_drills(scrapes, rule, major):
    [replayed] = replay(rule, recorded(scrapes), major)
    assert seconds_of(replayed.firings) == seconds_of_evaluator(scrapes, rule, major)


@given(scrape_series(), any_rule(), st.sampled_from(PrometheusMajor))
def test_every_value_agrees_with_the_evaluator_s_to_the_last_bit(scrapes, rule, major):
    [figures] = columns_of(scrapes).figures()
    at_us = evaluation_rows(figures.scraped_us, rule.evaluation_interval_s)
    values = Conditions(figures, at_us[0], major).value(rule, rule.window_s)
    for value, (_, _, expected) in zip(values, evaluated(scrapes, rule, major), strict=True):
        assert value == expected or (np.isnan(value) and (expected is None or np.isnan(expected)))


def evaluated(scrapes, rule, major):
    """Yield the second, the state and the value at every evaluation by the drill's own evaluator."""
    evaluator = RuleEvaluator(rule, SHOP, major)
    waiting = list(scrapes)
    at, last = NOON, after(scrapes[-1][0])
    while at <= last:
        while waiting and after(waiting[0][0]) <= at:
            second, series = waiting.pop(0)
            evaluator.observe(after(second), series)
        value = evaluator.value(at)
        evaluator.evaluate(at)
        yield (at - NOON).total_seconds(), evaluator.state, value
        at += timedelta(seconds=rule.evaluation_interval_s)


def seconds_of_evaluator(scrapes, rule, major):
    found, pending, firing = [], None, None
    for second, state, _ in evaluated(scrapes, rule, major):
        if state is AlertState.INACTIVE:
            if firing is not None:
                found.append((pending, firing, second))
            pending = firing = None
        else:
            pending = second if pending is None else pending
            if state is AlertState.FIRING and firing is None:
                firing = second
    return [*found, (pending, firing, None)] if firing is not None else found


@given(scrape_series(), st.integers(0, 40))
def test_columns_hold_what_the_decoder_reads_of_every_scrape(scrapes, resumed_at):
    """Also where the drill was resumed in between, and its journal begins with everything anew."""
    encoder, decoder, columns = ScrapeEncoder(), ScrapeDecoder(), ScrapeColumns()
    expected = {}
    for number, (second, series) in enumerate(scrapes):
        if number == resumed_at:
            encoder = ScrapeEncoder()
            decoder.forget()
            columns.forget()
        event = encoder.encode(SHOP, after(second), series)
        columns.add(SHOP, micros_of(event.at), event.values, event.gone)
        for key, value in decoder.decode(event).items():
            expected.setdefault(key, []).append((micros_of(event.at), value))
    [figures] = columns.figures()
    points = {
        key: list(zip(series.at_us.tolist(), series.values.tolist(), strict=True))
        for key, series in figures.series.items()
        if len(series.at_us)
    }
    assert points == expected


def test_a_scrape_that_is_not_newer_than_the_one_before_is_left_out():
    columns = ScrapeColumns()
    for second, value in ((0, 1.0), (2, 2.0), (1, 3.0), (2, 4.0), (3, 5.0)):
        columns.add(SHOP, micros_of(after(second)), {series_text(FAILED): value})
    [figures] = columns.figures()
    assert figures.series[FAILED].values.tolist() == [1.0, 2.0, 5.0]
    assert ((figures.scraped_us - micros_of(NOON)) / 1e6).tolist() == [0, 2, 3]


def test_a_series_without_a_proper_name_is_a_complaint():
    columns = ScrapeColumns()
    columns.add(SHOP, 0, {"no {name": 1.0})
    with pytest.raises(ValueError, match="no series is called"):
        columns.figures()


def test_scraped_series_of_the_model_are_what_columns_take():
    event = SeriesScraped(SHOP, after(1), {"sold_total": 1.0})
    columns = ScrapeColumns()
    columns.add(event.source, micros_of(event.at), event.values, event.gone)
    assert SHOP in columns
    assert columns.figures()[0].source is SHOP
