"""Marks: which of them stand, and which of those handed in can't be taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from story import at, cured, mark

from chaos_pizza.drill.marks import MOST_MARKS, Marks, mark_label, refusal_of
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


def test_a_time_in_the_future_is_refused_with_the_time_it_is():
    assert refusal(mark(103.0, NOTICED)) == "2026-11-24 20:01:43 UTC is in the future: it is 2026-11-24 20:01:40 UTC"
    assert refusal(mark(102.0, NOTICED)) is None  # the marker's clock may be ahead by as much
    assert "future" in refusal(strike(1, second=103.0), mark(10.0, NOTICED))
    assert "future" in refusal(cured(99.0, 103.0))
    assert "future" in refusal(ResponderStep(at(103.0), "bought a pizza"))


def test_a_time_before_the_drill_is_refused():
    assert refusal(mark(-0.1, NOTICED)).startswith("2026-11-24 19:59:59 UTC is before the drill began")
    assert refusal(mark(0.0, NOTICED)) is None


@pytest.mark.parametrize("kind", [NOTICED, ACKNOWLEDGED, DIAGNOSED, MITIGATED])
def test_nobody_contradicts_their_own_order(kind):
    order = [NOTICED, ACKNOWLEDGED, DIAGNOSED, MITIGATED]
    place = order.index(kind)
    own = mark(50.0, kind)
    for sooner in order[:place]:
        assert "would be after Ada's own" in refusal(mark(50.1, sooner), own)
        assert refusal(mark(50.0, sooner), own) is None
    for later in order[place + 1 :]:
        assert "would be before Ada's own" in refusal(mark(49.9, later), own)
        assert refusal(mark(50.0, later), own) is None


def test_the_refusal_names_the_mark_that_says_otherwise():
    told = refusal(mark(50.0, NOTICED), mark(10.0, DIAGNOSED), mark(40.0, ACKNOWLEDGED, by="Bea"))
    assert told == (
        "noticed at 2026-11-24 20:00:50 UTC would be after Ada's own diagnosed at 2026-11-24 20:00:10 UTC (number 1); "
        "strike that one out, or give another time"
    )


def test_others_may_say_otherwise_and_a_name_is_the_same_however_it_is_spelled():
    assert refusal(mark(50.0, NOTICED), mark(40.0, ACKNOWLEDGED, by="Bea")) is None
    assert refusal(mark(50.0, NOTICED), mark(40.0, ACKNOWLEDGED, by=" ADA ")) is not None


def test_a_mark_that_was_struck_out_contradicts_nothing():
    assert refusal(mark(50.0, NOTICED), mark(40.0, ACKNOWLEDGED), strike(1)) is None


def test_who_presses_again_contradicts_nothing_for_the_first_of_a_kind_counts():
    assert refusal(mark(60.0, NOTICED), mark(10.0, NOTICED), mark(20.0, MITIGATED)) is None


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
instants = st.integers(0, 100).map(lambda second: at(float(second)))
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
        told = [
            min(times)
            for kind in ORDER
            if (times := [each.told.at for each in marks.standing(kind) if each.told.by == person])
        ]
        assert has_struck or told == sorted(told)


@given(st.lists(marked, max_size=12), struck)
def test_whatever_was_marked_a_strike_is_taken_just_where_its_number_is_a_standing_mark(events, event):
    taken = refusal_of(event, marks_of(*events), BEGAN, NOW) is None
    assert taken == (1 <= event.number <= len(events))


def test_an_answer_tells_nothing_but_what_people_said():
    """The rules are given the marks, the drill's begin and the time: no fault, and no word of a service's."""
    told = refusal(mark(50.0, NOTICED), mark(10.0, DIAGNOSED))
    assert not {"fault", "factory", "chaos"} & set(told.split())
