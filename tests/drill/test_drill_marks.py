"""Marks: which of them stand, and which of those handed in can't be taken."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from story import at, cured, mark

from chaos_pizza.drill.mark_refusal import MOST_MARKS, refusal_of
from chaos_pizza.drill.marks import Marks, mark_label, time_of, was_entered_later
from chaos_pizza.model.conversion import event_from_mapping, event_to_mapping
from chaos_pizza.model.event import DrillResumed, Recorded
from chaos_pizza.model.incident import Actor, MarkKind
from chaos_pizza.model.response_event import Marked, MarkStruck, ResponderStep

NOTICED, ACKNOWLEDGED, DIAGNOSED, MITIGATED, NOTE = MarkKind
BEGAN, NOW = at(0.0), at(100.0)


def marks_of(*events):
    """The marks of a journal whose first line, number 0, is the drill's begin."""
    return Marks(Recorded(number, at(50.0), event) for number, event in enumerate(events, 1))


def strike(number, by="Bea", second=50.0, reason=""):
    return MarkStruck(number, by, at(second), reason)


def recalled(second, kind, by="Ada", grain_s=0.0):
    """A mark whose time somebody gave afterwards."""
    return replace(mark(second, kind, by=by, entered=90.0), grain_s=grain_s)


def refusal(event, *before, now=NOW):
    return refusal_of(event, marks_of(*before), BEGAN, now)


def test_a_mark_stands_until_it_is_struck_and_then_says_by_whom():
    first, second = marks_of(mark(10.0, NOTICED), mark(12.0, NOTICED), strike(1, reason="wrong shop"))
    assert (first.stands, first.struck.by, first.struck.reason) == (False, "Bea", "wrong shop")
    assert second.stands


def test_of_a_kind_the_earliest_standing_mark_is_the_first_whenever_it_was_entered():
    marks = marks_of(
        mark(12.0, NOTICED), mark(10.0, NOTICED, entered=60.0), mark(9.0, NOTICED, entered=61.0), strike(3)
    )
    assert marks.first(NOTICED).number == 2
    assert marks.first(NOTICED, since=at(11.0)).number == 1
    assert marks.first(MITIGATED) is None


def test_a_strike_of_a_strike_of_nothing_and_of_what_comes_later_does_nothing():
    marks = marks_of(strike(2), mark(10.0, NOTICED), strike(99), strike(1))
    assert [each.stands for each in marks] == [True]


def test_only_the_first_strike_of_a_mark_is_told():
    (only,) = marks_of(mark(10.0, NOTICED), strike(1, by="Bea"), strike(1, by="Cleo"))
    assert only.struck.by == "Bea"


def test_what_was_marked_on_the_spot_is_told_from_what_was_told_later():
    assert mark_label(mark(10.0, NOTICED)) == "mark by Ada"
    assert mark_label(mark(10.0, NOTICED, entered=11.0)) == "mark by Ada, entered later"
    assert mark_label(mark(10.0, NOTICED, by="runbook")) == "runbook"
    assert [was_entered_later(mark_label(told)) for told in (recalled(10.0, NOTICED), mark(10.0, NOTICED))] == [
        True,
        False,
    ]


def test_a_mark_of_a_journal_from_before_times_had_a_grain_is_exact():
    mapping = event_to_mapping(mark(10.0, NOTICED))
    del mapping["grain_s"]
    assert event_from_mapping(mapping) == mark(10.0, NOTICED)


def test_a_time_is_known_to_its_grain_and_no_later_than_it_was_entered():
    def known(at_s, entered_s, grain_s):
        when = time_of(replace(mark(at_s, NOTICED, entered=entered_s), grain_s=grain_s))
        return (when.earliest - BEGAN).total_seconds(), (when.latest - BEGAN).total_seconds()

    assert known(10.0, 10.0, 0.0) == (10.0, 10.0)
    assert known(10.0, 90.0, 60.0) == (10.0, 70.0)
    assert known(10.0, 25.0, 60.0) == (10.0, 25.0)
    assert known(10.0, 9.0, 1.0) == (10.0, 10.0)
    for broken in (-1.0, 61.0, 1e300, float("inf"), float("nan")):
        assert known(10.0, 90.0, broken) == (10.0, 10.0)


def test_a_time_in_the_future_is_refused_with_the_time_it_is():
    assert refusal(mark(103.0, NOTICED)) == "2026-11-24 20:01:43 UTC is in the future: it is 2026-11-24 20:01:40 UTC"
    assert refusal(mark(102.0, NOTICED)) is None  # the marker's clock may be ahead by as much
    assert "future" in refusal(strike(1, second=103.0), mark(10.0, NOTICED))
    assert "future" in refusal(cured(99.0, 103.0))
    assert "future" in refusal(ResponderStep(at(103.0), "bought a pizza"))


def test_a_time_to_the_minute_in_which_the_drill_began_may_be_after_that():
    assert refusal(recalled(-30.0, NOTICED, grain_s=60.0)) is None
    assert "before the drill began" in refusal(recalled(-60.5, NOTICED, grain_s=60.0))
    assert "before the drill began" in refusal(recalled(-30.0, NOTICED, grain_s=1.0))


def test_a_grain_that_is_none_is_refused():
    for broken in (-1.0, 61.0, float("inf"), float("nan")):
        assert (
            refusal(recalled(10.0, NOTICED, grain_s=broken))
            == "a time is told to at least the minute: a grain of 0 to 60 s"
        )


def test_a_time_before_the_drill_is_refused():
    assert refusal(mark(-0.1, NOTICED)).startswith("2026-11-24 19:59:59 UTC is before the drill began")
    assert refusal(mark(0.0, NOTICED)) is None


@pytest.mark.parametrize("kind", [NOTICED, ACKNOWLEDGED, DIAGNOSED, MITIGATED])
def test_nobody_contradicts_their_own_order(kind):
    order = [NOTICED, ACKNOWLEDGED, DIAGNOSED, MITIGATED]
    place = order.index(kind)
    own = mark(50.0, kind)
    for sooner in order[:place]:
        if kind is not MITIGATED:  # whoever said "cured" is with another incident from then on
            assert "would be after Ada's own" in refusal(recalled(50.1, sooner), own)
        assert refusal(recalled(50.0, sooner), own) is None
    for later in order[place + 1 :]:
        assert "would be before Ada's own" in refusal(recalled(49.9, later), own)
        assert refusal(recalled(50.0, later), own) is None


@pytest.mark.parametrize("kind", [NOTICED, ACKNOWLEDGED, DIAGNOSED, MITIGATED])
@pytest.mark.parametrize("before", [NOTICED, ACKNOWLEDGED, DIAGNOSED, MITIGATED])
def test_what_is_marked_on_the_spot_is_always_taken_whatever_was_marked_before(kind, before):
    assert refusal(mark(60.0, kind), mark(50.0, before), recalled(40.0, before)) is None


def test_who_marked_too_early_may_mark_and_recall_what_the_real_fault_brings():
    """Looked before the fault, said that all is well, and then came the fault."""
    early = mark(10.0, ACKNOWLEDGED), mark(15.0, MITIGATED)
    real = *early, mark(50.0, NOTICED), mark(55.0, ACKNOWLEDGED)
    assert refusal(mark(50.0, NOTICED), *early) is None
    assert refusal(recalled(48.0, NOTICED), *early) is None
    assert refusal(recalled(48.0, NOTICED), *real) is None
    assert refusal(recalled(60.0, DIAGNOSED), *real) is None
    assert refusal(recalled(12.0, DIAGNOSED), *real) is None
    assert "be before Ada's own noticed at 2026-11-24 20:00:50" in refusal(recalled(40.0, DIAGNOSED), *real)
    assert "be after Ada's own acknowledged at 2026-11-24 20:00:10" in refusal(recalled(12.0, NOTICED), *real)


def test_an_order_that_was_pressed_the_wrong_way_round_binds_nobody_who_recalls():
    pressed = mark(10.0, ACKNOWLEDGED), mark(50.0, NOTICED)
    assert refusal(recalled(49.0, NOTICED), *pressed) is None
    assert refusal(recalled(20.0, DIAGNOSED), *pressed) is None


def test_a_time_to_the_minute_contradicts_nothing_within_that_minute():
    own = mark(50.0, ACKNOWLEDGED)
    assert refusal(recalled(0.0, NOTICED, grain_s=60.0), own) is None
    assert refusal(recalled(0.0, DIAGNOSED, grain_s=60.0), own) is None
    assert "would be before Ada's own" in refusal(recalled(0.0, DIAGNOSED, grain_s=1.0), own)


def test_the_refusal_names_the_mark_that_says_otherwise():
    told = refusal(recalled(50.0, NOTICED), mark(10.0, DIAGNOSED), mark(40.0, ACKNOWLEDGED, by="Bea"))
    assert told == (
        "noticed at 2026-11-24 20:00:50 UTC would be after Ada's own diagnosed at 2026-11-24 20:00:10 UTC (number 1); "
        "strike that one out, or give another time"
    )


def test_others_may_say_otherwise_and_a_name_is_the_same_however_it_is_spelled():
    assert refusal(recalled(50.0, NOTICED), mark(40.0, ACKNOWLEDGED, by="Bea")) is None
    assert refusal(recalled(50.0, NOTICED), mark(40.0, ACKNOWLEDGED, by=" ADA ")) is not None


def test_a_mark_that_was_struck_out_contradicts_nothing():
    assert refusal(recalled(50.0, NOTICED), mark(40.0, ACKNOWLEDGED), strike(1)) is None


def test_who_presses_again_contradicts_nothing_for_the_first_of_a_kind_counts():
    assert (
        refusal(recalled(15.0, NOTICED), mark(10.0, NOTICED), mark(12.0, ACKNOWLEDGED), mark(20.0, MITIGATED)) is None
    )


def test_notes_come_in_any_order_and_need_a_text():
    assert refusal(mark(5.0, NOTE, text="coffee is out"), mark(50.0, NOTICED)) is None
    assert refusal(mark(5.0, NOTE, text="  ")) == "a note needs a text; give it with --text"


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (mark(10.0, NOTICED, by=" "), "a mark needs a name"),
        (mark(10.0, NOTICED, by=""), "a mark needs a name"),
        (mark(10.0, NOTICED, by="\u200b\u202e"), "a mark needs a name"),
        (mark(10.0, NOTICED, by="a" * 61), "a name has at most 60 characters, this one has 61"),
        (mark(10.0, NOTICED, by="Runbook "), "'runbook' is the name of the drill's own runbook"),
        (mark(10.0, NOTICED, text="a" * 501), "a text has at most 500 characters, this one has 501"),
        (strike(1, reason="a" * 501), "a reason has at most 500 characters, this one has 501"),
        (ResponderStep(at(10.0), "a" * 501), "a step has at most 500 characters, this one has 501"),
        (mark(50.0, NOTICED, entered=40.0), "a mark can't be entered before what it tells of"),
        (cured(10.0, 11.0, by=Actor.ROLLBACK), "nobody can hand in what rollback did"),
        (cured(11.0, 10.0), "an answer can't come before its question"),
        (DrillResumed(at(10.0)), "DrillResumed is nothing that people hand in"),
    ],
)
def test_what_can_be_no_mark_is_refused_with_the_reason(event, reason):
    assert refusal(event, mark(1.0, NOTE, text="first", by="Cleo")) == reason


def test_only_a_standing_mark_can_be_struck():
    before = mark(10.0, NOTICED), strike(1)
    assert refusal(strike(1), mark(10.0, NOTICED)) is None
    assert refusal(strike(1), *before) == "number 1 is struck out already, by Bea"
    assert refusal(strike(2), *before).startswith("number 2 strikes a mark out, and can't be struck out itself")
    assert refusal(strike(7), *before).startswith("number 7 is no mark of this drill")
    assert refusal(strike(10**300), *before).startswith("that number is no mark of this drill")
    assert refusal(strike(-1), *before).startswith("number -1 is no mark of this drill")


def test_a_drill_takes_only_so_many_marks_but_the_runbook_goes_on():
    full = Marks(Recorded(number, at(1.0), mark(1.0, NOTE, text="x")) for number in range(MOST_MARKS))
    assert refusal_of(mark(2.0, NOTICED), full, BEGAN, NOW) == "the drill has 1000 marks already"
    assert refusal_of(strike(1), full, BEGAN, NOW) == "the drill has 1000 marks already"
    assert refusal_of(cured(2.0, 3.0), full, BEGAN, NOW) is None


people = st.sampled_from(["Ada", "Bea"])
instants = st.integers(0, 99).map(lambda second: at(float(second)))
marked = st.builds(Marked, st.sampled_from(list(MarkKind)), people, instants, st.just(NOW), st.just("x"))
struck = st.builds(MarkStruck, st.integers(0, 12), people, st.just(NOW))
ORDER = [NOTICED, ACKNOWLEDGED, DIAGNOSED, MITIGATED]


@given(st.lists(marked | struck, max_size=12))
def test_any_marks_and_strikes_fold_to_the_marks_that_no_earlier_mark_was_struck_of(events):
    # Told anew, plainly: a mark stands unless a strike of its number comes behind it.
    standing = {
        number
        for number, event in enumerate(events, 1)
        if isinstance(event, Marked)
        and not any(isinstance(later, MarkStruck) and later.number == number for later in events[number:])
    }
    marks = marks_of(*events)
    assert {each.number for each in marks.standing()} == standing
    assert [each.told for each in marks] == [event for event in events if isinstance(event, Marked)]


@given(st.lists(marked | struck, max_size=20))
def test_what_the_rules_take_never_leaves_anybody_in_an_impossible_order_but_by_a_strike(events):
    marks, has_struck = Marks(), False
    for number, event in enumerate(events, 1):
        if refusal_of(event, marks, BEGAN, NOW) is None:
            has_struck = has_struck or isinstance(event, MarkStruck)
            marks.take(Recorded(number, NOW, event))
    for person in ("Ada", "Bea"):
        told = sorted(
            (each.told.at, ORDER.index(each.told.mark))
            for each in marks.standing()
            if each.told.mark is not NOTE and each.told.by == person
        )
        cured = next((at for at, place in told if place == 3), NOW)
        firsts = [
            min(times) for place in range(4) if (times := [at for at, own in told if own == place and at <= cured])
        ]
        assert has_struck or firsts == sorted(firsts)


@given(st.lists(marked, max_size=12), struck)
def test_whatever_was_marked_a_strike_is_taken_just_where_its_number_is_a_standing_mark(events, event):
    taken = refusal_of(event, marks_of(*events), BEGAN, NOW) is None
    assert taken == (1 <= event.number <= len(events))


def test_an_answer_tells_nothing_but_what_people_said():
    """The rules are given the marks, the drill's begin and the time: no fault, and no word of a service's."""
    told = refusal(recalled(50.0, NOTICED), mark(10.0, DIAGNOSED))
    assert not {"fault", "factory", "chaos"} & set(told.split())
