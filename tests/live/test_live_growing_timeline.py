"""The timeline of a drill under way: it may lag for who looks on, and never for who has to know."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parents[1] / "drill"))

from story import PRICE_BTC, at, bought, by_time, clock, ended, injected, seen, started

from chaos_pizza.drill.purchases import OK
from chaos_pizza.drill.timeline import build_timeline
from chaos_pizza.errors import JournalError
from chaos_pizza.live.growing_timeline import GrowingTimeline, PassingRecords
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.alert_event import SeriesScraped
from chaos_pizza.model.event import ClockObserved, DrillEnded, DrillStarted, PurchasesObserved, Recorded
from chaos_pizza.model.purchase import Evidence, Outcome, Overdue
from chaos_pizza.model.response_event import ResponderStep
from chaos_pizza.model.settings import DrillSettings, FaultKind

EPOCH = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
STARTED = DrillStarted(
    "d", "drill", "A drill", "sandbox", "http://shop", "http://factory", DrillSettings(FaultKind.FAIL), "0", "0"
)


def records_of(*texts):
    events = [STARTED, *(ResponderStep(EPOCH, text) for text in texts)]
    return [Recorded(number, EPOCH + timedelta(seconds=number), event) for number, event in enumerate(events)]


def told(timeline):
    return [entry.text for entry in timeline.entries if entry.text.startswith("runbook: ")]


def test_who_looks_on_may_see_it_late_and_who_has_to_know_does_not():
    """Built again only after a day's worth of what it took: until then looking on costs nothing."""
    whole = records_of("one", "two")
    records = whole[:2]
    growing = GrowingTimeline(records, build_share=1e12)
    assert told(growing.so_far()) == ["runbook: one"]
    records.append(whole[2])
    assert told(growing.so_far()) == ["runbook: one"]
    assert told(growing.up_to_now()) == ["runbook: one", "runbook: two"]
    assert told(growing.so_far()) == ["runbook: one", "runbook: two"]


def test_what_has_not_grown_is_not_built_again():
    growing = GrowingTimeline(records_of("one"), build_share=0)
    assert growing.up_to_now() is growing.up_to_now()
    assert growing.so_far() is growing.up_to_now()


def test_without_a_record_there_is_no_timeline():
    with pytest.raises(JournalError):
        GrowingTimeline([]).so_far()


EVERY_S = 30
"""Seconds between two purchases of a drill that lasts for hours."""


def long_drill(
    fault, begins_s, lasts_s, stray, in_all_s=4 * 3600, missing=frozenset(), good_purchases=3, overdue=frozenset(),
    told_late_s=0,
):  # fmt: skip
    """The records of a long drill: it breaks for `lasts_s` seconds (`None`: it isn't broken); `stray` fail besides.

    Of `missing` nothing is heard, and nobody dropped them: they may be under way. `overdue` took their time, before or
    after which they ended as they would have. That the fault is off is told so much later.
    """
    is_broken = lasts_s is not None
    ends_s = begins_s + lasts_s if is_broken else begins_s
    evidence = {FaultKind.FAIL: Evidence.LINK, FaultKind.SHOP_CHAOS: Evidence.CHAOS_MONKEY}[fault]
    told = [(0.0, started(fault, good_purchases)), (0.5, clock(0.2, 0.3, 0.2, 0.3))]
    for number in range(in_all_s // EVERY_S):
        sent = number * EVERY_S + 1.0
        if number % 97 == 96:
            continue  # one that was dropped
        if number in missing:
            continue
        if is_broken and begins_s < sent < ends_s and not (fault is FaultKind.SHOP_CHAOS and number % 2):
            one = bought(number, sent, sent + 0.5, Outcome.FAILED, evidence)
        elif number in stray:
            one = bought(number, sent, sent + 0.5, Outcome.UNREACHABLE)
        else:
            one = bought(number, sent, sent + 0.25)
        late = Overdue(number, 0, at(sent), at(sent), at(sent + 0.2), PRICE_BTC)
        told.append((sent + 5, PurchasesObserved((one,), (late,) * (number in overdue), int(number % 97 == 0))))
        told.append((sent + 6, SeriesScraped(AlertSource.SYNTHETIC_MONITOR, at(sent + 6), {"x": float(number)})))
    if is_broken:
        told += [(begins_s, injected(begins_s - 0.1, begins_s, fault))]
        if fault is FaultKind.FAIL:
            told += [(begins_s + 1, seen(begins_s + 0.5, begins_s + 1, "fail", start=begins_s))]
            heard_s = ends_s + told_late_s + 1
            told += [(heard_s, seen(heard_s - 0.5, heard_s, "none", fix=ends_s))]
    return by_time([*told, (in_all_s + 10, ended(in_all_s + 10))])


@settings(max_examples=15, deadline=None)
@given(
    fault=st.sampled_from([FaultKind.FAIL, FaultKind.SHOP_CHAOS]),
    begins_s=st.integers(300, 9000),
    lasts_s=st.none() | st.integers(60, 4000),
    stray=st.sets(st.integers(0, 480), max_size=4),
    missing=st.sets(st.integers(0, 480), max_size=4) | st.integers(2, 60).map(lambda every: set(range(7, 480, every))),
    good_purchases=st.integers(1, 80),
    overdue=st.sets(st.integers(0, 480), max_size=4) | st.just(range(480)),
    told_late_s=st.sampled_from([0, 0, 300, 3000]),
    looks=st.sets(st.integers(2, 1500), max_size=12),
)
# While every fifth hangs there is no run of twenty, however much is forgotten of the time before the fault.
@example(FaultKind.FAIL, 6000, 300, set(), set(range(212, 480, 5)), 20, (), 0, set(range(2, 1500, 20)))
# A run that takes longer than what is remembered of good purchases anyway.
@example(FaultKind.FAIL, 600, 300, set(), set(range(130, 480, 90)), 70, (), 0, set(range(2, 1500, 20)))
@example(FaultKind.SHOP_CHAOS, 600, 300, {200}, {150}, 60, (), 0, set(range(2, 1500, 20)))
# A run that is just long enough, and was preceded by others that were not.
@example(FaultKind.FAIL, 300, 60, set(), set(range(7, 480, 16)), 15, (), 0, {111, 112})
# A fault of which nobody is told for long that it is off, while purchases fail now and then.
@example(FaultKind.FAIL, 600, 4000, {250, 265, 290}, set(), 20, {40, 41, 200}, 3000, set(range(2, 1500, 20)))
def test_what_is_forgotten_of_a_long_drill_changes_no_timeline(
    fault, begins_s, lasts_s, stray, missing, good_purchases, overdue, told_late_s, looks
):
    records = long_drill(
        fault, begins_s, lasts_s, stray,
        missing=missing, good_purchases=good_purchases, overdue=overdue, told_late_s=told_late_s,
    )  # fmt: skip
    passing = PassingRecords()
    growing = GrowingTimeline(passing, few=20)
    for place, record in enumerate(records):
        passing.append(record)
        if place in looks:
            assert growing.up_to_now() == build_timeline(records[: place + 1])
    assert growing.up_to_now() == build_timeline(records)
    assert len(passing) == len(records)


def test_little_is_remembered_of_a_day_on_which_all_is_well():
    passing = PassingRecords()
    growing = GrowingTimeline(passing, few=100)
    most = 0
    for place, record in enumerate(long_drill(FaultKind.FAIL, 300, None, {5}, in_all_s=24 * 3600)):
        passing.append(record)
        if place % 20 == 0:
            growing.up_to_now()
        most = max(most, growing._gathering.purchases_kept)
    growing.up_to_now()
    # A hundred at the least, what ten minutes hold, what came between two looks, and the one that failed.
    assert most <= 100 + 600 // EVERY_S + 10 + 1
    assert [type(each.event) for each in growing._gathering._records] == [DrillStarted, ClockObserved, DrillEnded]


@pytest.mark.parametrize("fault", [FaultKind.FAIL, FaultKind.SHOP_CHAOS])
def test_little_is_remembered_of_a_fault_that_is_on_all_day(fault):
    """Whether all purchases fail or every second one, and whether or not they are overdue."""
    passing = PassingRecords()
    growing = GrowingTimeline(passing, few=100)
    most = 0
    for place, record in enumerate(
        long_drill(fault, 300, 24 * 3600, (), in_all_s=24 * 3600, overdue=range(0, 2880, 3))
    ):
        passing.append(record)
        if place % 20 == 0:
            growing.up_to_now()
        most = max(most, growing._gathering.purchases_kept)
    # A hundred at the least, ten minutes, what came between two looks, the time before the fault and its beginning.
    assert most <= 100 + 600 // EVERY_S + 10 + (300 + 120 + 120) // EVERY_S
    assert len(growing._gathering._purchases.overdue) <= most


def test_of_an_outage_that_is_long_over_its_beginning_and_its_end_are_remembered():
    records = long_drill(FaultKind.FAIL, 3000, 4000, set(), in_all_s=6 * 3600)
    passing = PassingRecords()
    growing = GrowingTimeline(passing, few=20)
    for place, record in enumerate(records):
        passing.append(record)
        if place % 20 == 0:
            growing.up_to_now()
    kept = growing._gathering._purchases.purchases
    failed_s = [micros / 1e6 - at(0).timestamp() for micros in kept.answered_us[kept.outcome != OK].tolist()]
    assert 3000 <= min(failed_s) < 3000 + EVERY_S < 3150 < max(failed_s) <= 7000
    assert not [second for second in failed_s if 3000 + 120 + EVERY_S < second < 7000 - 120]
    assert growing.up_to_now() == build_timeline(records)


def test_records_are_let_go_of_once_they_are_taken_in_and_counted_all_the_same():
    records = records_of("one", "two", "three")
    passing = PassingRecords(records[:2])
    growing = GrowingTimeline(passing)
    assert told(growing.up_to_now()) == ["runbook: one"]
    passing.append(records[2])
    assert (len(passing), list(passing[2:])) == (3, [records[2]])
    with pytest.raises(IndexError):
        passing[3]
    assert told(growing.up_to_now()) == ["runbook: one", "runbook: two"]
    assert not growing.is_building_here
