"""What a feed tells, and tells once; and what it keeps to itself while a drill is blind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from story import alert, at, by_time, injected, mark, seen, started

from chaos_pizza.drill.timeline import build_timeline
from chaos_pizza.drill.told import Told, of_timeline
from chaos_pizza.gameday.commitment import commitment_of
from chaos_pizza.model.alert import AlertState
from chaos_pizza.model.blind_event import Revealed
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.event import Recorded, StageBegan
from chaos_pizza.model.feed import (
    FeedAlert,
    FeedDrill,
    FeedEnded,
    FeedEntry,
    FeedInstant,
    FeedMark,
    FeedPurchases,
    FeedRevealed,
    FeedStage,
    FeedStruck,
)
from chaos_pizza.model.incident import MarkKind, Stage
from chaos_pizza.model.response_event import MarkStruck
from chaos_pizza.model.result import InstantName, Verdict
from chaos_pizza.model.settings import FaultKind

DRAW = Draw("0" * 64, 7, "experiments/factory-fail.yaml", FaultKind.FAIL, at(0), at(60), "f" * 64)
OPEN = FeedDrill("d1", "A drill", "sandbox", blind=False, commitment=None)
BLIND = FeedDrill("d1", "Tuesday", "sandbox", blind=True, commitment=commitment_of(DRAW), responders=("Ada",))
STAGE, ENTRY = FeedStage(Stage.METHOD), FeedEntry(at(10), "the drill asked for the fault: fail")
START = FeedInstant(InstantName.FAULT_START, at(10), at(11), "factory startDate")
MITIGATED = FeedInstant(InstantName.MITIGATED, at(30), at(31), "factory fixDate")
IMPACT = FeedInstant(InstantName.FIRST_IMPACT, at(10), at(11), "the drill's own purchases")
REVEALED = FeedRevealed("experiments/factory-fail.yaml", FaultKind.FAIL, at(60), matches=True)
SECRETS = [STAGE, ENTRY, START, MITIGATED]


def recorded(event, number=4):
    return Recorded(number, at(number), event)


@pytest.mark.parametrize("secret", SECRETS, ids=lambda event: type(event).__name__)
def test_a_blind_drill_keeps_its_stages_its_entries_and_the_faults_own_instants_until_it_is_revealed(secret):
    told = Told([BLIND])
    assert not told.take(secret)
    assert told.take(IMPACT)
    assert told.take(REVEALED)
    assert told.take(secret)


@pytest.mark.parametrize("secret", SECRETS, ids=lambda event: type(event).__name__)
def test_an_announced_drill_keeps_nothing_to_itself(secret):
    assert Told([OPEN]).take(secret)


@given(st.lists(st.sampled_from([*SECRETS, IMPACT, FeedPurchases(1, 1, 1.0, 1.0), FeedEnded(None)])))
def test_in_whatever_order_things_come_nothing_secret_passes_before_the_reveal(events):
    told = Told([BLIND])
    passed = [event for event in events if told.take(event)]
    assert not [event for event in passed if event in SECRETS]


def test_before_the_drill_is_even_named_nothing_secret_passes():
    assert Told().is_sealed
    assert not Told().take(START)


def test_an_instant_is_told_again_only_where_it_moved():
    told = Told([OPEN, START])
    assert not told.take(START)
    assert told.take(FeedInstant(InstantName.FAULT_START, at(10), at(10), "factory startDate, proven by a purchase"))


def test_a_better_source_makes_no_second_entry_of_what_came_about():
    told = Told([OPEN, FeedEntry(at(10), "fault on: fail (injection acknowledged)")])
    assert not told.take(FeedEntry(at(10.1), "fault on: fail (factory startDate)"))
    assert told.take(FeedEntry(at(12), "noticed (mark by Ada)"))
    assert told.take(FeedEntry(at(13), "noticed (mark by Bob)"))


def test_purchases_are_always_news_and_a_mark_once():
    told, bought, marked = (
        Told([OPEN]),
        FeedPurchases(1, 1, 2.0, 2.0),
        FeedMark(9, MarkKind.NOTE, "Ada", at(1), at(1), ""),
    )
    assert [told.take(event) for event in (bought, bought, marked, marked)] == [True, True, True, False]


def test_the_verdict_is_told_again_only_where_it_is_another():
    told = Told([OPEN, FeedEnded(Verdict.PASSED)])
    assert not told.take(FeedEnded(Verdict.PASSED))
    assert told.take(FeedEnded(Verdict.CALM_NOT_RESTORED))


def test_an_alert_that_was_never_raised_is_not_told_to_be_resolved():
    told = Told([OPEN])
    assert not told.take(told.of_record(recorded(alert(5, AlertState.INACTIVE))))
    assert told.take(told.of_record(recorded(alert(6, AlertState.FIRING))))
    assert not told.take(told.of_record(recorded(alert(7, AlertState.FIRING))))
    assert told.take(told.of_record(recorded(alert(8, AlertState.INACTIVE))))


def test_what_the_journal_holds_becomes_what_people_may_read():
    told = Told([BLIND])
    of = told.of_record
    assert of(recorded(mark(5, MarkKind.NOTICED, text="a call"))) == FeedMark(
        4, MarkKind.NOTICED, "Ada", at(5), at(5), "a call"
    )
    assert of(recorded(MarkStruck(4, "Bob", at(9), "wrong drill"))) == FeedStruck(4, "Bob", "wrong drill")
    assert of(recorded(StageBegan(Stage.AFTER))) == FeedStage(Stage.AFTER)
    assert of(recorded(alert(5, AlertState.FIRING))) == FeedAlert(
        "failed-purchases", "shop /metrics", AlertState.FIRING, at(5)
    )
    assert of(recorded(Revealed(DRAW, "00"))) == REVEALED
    assert of(recorded(injected(1, 2))) is None


def test_a_draw_that_was_changed_is_said_not_to_match():
    told = Told([BLIND])
    changed = Draw(**{**{name: getattr(DRAW, name) for name in DRAW.__slots__}, "fault": FaultKind.NONE})
    assert told.of_record(recorded(Revealed(changed, "00"))).matches is False


def test_a_timeline_is_told_as_its_instants_and_entries_but_for_where_it_breaks_off():
    records = by_time([(0.0, started()), (10.0, injected(9.9, 10)), (10.5, seen(10.4, 10.5, "fail", start=10.0))])
    told = list(of_timeline(build_timeline(records)))
    assert FeedEntry(at(9.95), "the drill asked for the fault: fail") in told
    assert not [event for event in told if isinstance(event, FeedEntry) and "record ends" in event.text]
