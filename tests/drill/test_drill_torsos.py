"""Torsos: a journal may be cut off, thinned out, shuffled or hold nonsense, and is judged all the same."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from story import at, by_the_book, by_time, calm, cured, journal, mark, seen, within

from chaos_pizza.drill.result import judge
from chaos_pizza.errors import JournalError
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertChanged, AlertingChosen, AlertSourceFound, AlertSourceLost
from chaos_pizza.model.event import (
    Aborted,
    ActivityEnded,
    ClockObserved,
    DrillEnded,
    FaultExpired,
    FaultInjected,
    FaultProven,
    HypothesisChecked,
    PurchasesObserved,
    StageBegan,
    VendorChaos,
    VendorSeen,
)
from chaos_pizza.model.incident import Actor, CureAnswer, CureMeans, MarkKind, Peer, Stage
from chaos_pizza.model.purchase import Evidence, Outcome, Overdue, Sample
from chaos_pizza.model.response_event import ResponderStep
from chaos_pizza.model.result import DrillResult, Verdict
from chaos_pizza.model.settings import Budgets, FaultKind

BUDGETS = Budgets(ttd_s=10, tta_s=10, ttm_s=20, ttr_s=20, success_ratio=0.01)
BOOK = by_time(by_the_book(BUDGETS))
WRECKS = {Verdict.INVALID, Verdict.ABORTED, Verdict.CALM_NOT_RESTORED}

moments = st.floats(-50, 100).map(at)
dates = st.one_of(moments, st.datetimes(timezones=st.just(UTC)))
sources = st.sampled_from(AlertSource)
numbers = st.integers(0, 30)
texts = st.sampled_from(["", "x", "before", "after", "wait_a", "failed", "runbook", "interrupted"])
samples = st.builds(
    Sample, numbers, numbers, moments, moments, moments, st.sampled_from(Outcome), st.sampled_from([None, 200, 500]),
    st.sampled_from([None, *Evidence]), st.floats(0, 1),
)  # fmt: skip
late = st.builds(Overdue, numbers, numbers, moments, moments, moments, st.floats(0, 1))
chaos = st.builds(VendorChaos, st.sampled_from(["none", "fail", "odd"]), *[st.none() | dates] * 3)
nonsense = st.one_of(
    st.builds(StageBegan, st.sampled_from(Stage)),
    st.builds(ClockObserved, st.sampled_from(Peer), moments, moments, dates, dates),
    st.builds(VendorSeen, moments, moments, st.none() | chaos, st.none() | moments),
    st.builds(
        PurchasesObserved,
        st.lists(samples, max_size=8).map(tuple),
        st.lists(late, max_size=3).map(tuple),
        numbers,
    ),
    st.builds(FaultInjected, st.sampled_from(FaultKind), moments, moments),
    st.builds(FaultProven, texts, moments, moments),
    st.builds(lambda start, lasted: FaultExpired(within(start, start + lasted)), st.floats(0, 50), st.floats(0, 9)),
    st.builds(AlertingChosen, st.lists(sources).map(tuple)),
    st.builds(AlertChanged, texts, sources, st.sampled_from(AlertState), moments, st.none()),
    st.builds(AlertSourceLost, sources, moments, texts),
    st.builds(AlertSourceFound, sources, moments),
    st.builds(mark, st.floats(-9, 99), st.sampled_from(MarkKind), texts),
    st.builds(ResponderStep, moments, texts),
    st.builds(
        cured, st.floats(0, 50), st.floats(0, 50), st.sampled_from(Actor), st.sampled_from(CureAnswer),
        st.sampled_from(CureMeans),
    ),
    st.builds(calm, st.floats(0, 50), st.floats(0, 50), st.sampled_from([None, True, False])),
    st.builds(HypothesisChecked, texts, st.booleans(), st.just(())),
    st.builds(ActivityEnded, texts, texts, st.just(1.0), st.none()),
    st.builds(Aborted, moments, texts),
    st.builds(DrillEnded, moments, texts, st.booleans()),
)  # fmt: skip


def assert_sound(result: DrillResult) -> None:
    """What holds of every result, however odd its journal."""
    for measure in result.measures.values():
        if measure is not None:
            assert 0 <= measure.earliest <= measure.value
            assert measure.latest is None if measure.censored else measure.value <= measure.latest
    assert result.impact.failed <= result.impact.purchases
    assert (result.judgement.verdict is Verdict.PASSED) == (not result.judgement.reasons)
    if result.cut_off:
        assert result.judgement.verdict in WRECKS


@pytest.mark.parametrize("length", range(1, len(BOOK)))
def test_a_drill_cut_off_anywhere_never_passes_nor_fails(length):
    result = judge(BOOK[:length])
    assert_sound(result)
    assert result.cut_off
    assert result.judgement.verdict in WRECKS


@settings(max_examples=100, deadline=None)
@given(st.sets(st.integers(1, len(BOOK) - 1)))
def test_a_record_with_holes_is_judged_without_an_error(lost):
    assert_sound(judge([record for place, record in enumerate(BOOK) if place not in lost]))


@settings(max_examples=60, deadline=None)
@given(st.permutations(BOOK))
def test_a_shuffled_record_is_judged_or_refused(records):
    try:
        assert_sound(judge(records))
    except JournalError:
        assert records[0] is not BOOK[0]


@settings(max_examples=60, deadline=None)
@given(st.permutations(BOOK[1:]))
def test_a_record_shuffled_after_its_beginning_is_judged(records):
    assert_sound(judge([BOOK[0], *records]))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(BOOK[1:])))
def test_what_is_written_twice_changes_no_figure(again):
    whole = judge(BOOK)
    twice = judge([*BOOK[:-1], *again, BOOK[-1]])
    assert twice.measures == whole.measures
    assert twice.impact == whole.impact


@settings(max_examples=250, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 60), nonsense), max_size=25), st.sampled_from(FaultKind), st.booleans())
def test_nonsense_is_judged_without_an_error(events, kind, told_by_time):
    beginning = by_the_book(BUDGETS)[:1] if kind is FaultKind.FAIL else [(0.0, _started(kind))]
    events = sorted(events, key=lambda pair: pair[0]) if told_by_time else events
    assert_sound(judge(journal([*beginning, *events])))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 31), nonsense), max_size=6))
def test_nonsense_within_a_sound_drill_is_judged_without_an_error(events):
    assert_sound(judge(by_time([*by_the_book(BUDGETS), *events])))


def test_dates_at_the_ends_of_the_calendar_are_no_dates():
    far, early = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
    odd = VendorSeen(at(9.2), at(9.3), VendorChaos("fail", far, far, early), None)
    assert_sound(judge(by_time([*by_the_book(), (9.3, odd), (21.0, seen(20.9, 21.0, "none"))])))


def _started(kind: FaultKind):
    started = by_the_book(BUDGETS)[0][1]
    return type(started)(
        **{name: getattr(started, name) for name in started.__slots__ if name != "settings"},
        settings=type(started.settings)(fault=kind, budgets=BUDGETS, min_samples=0),
    )
