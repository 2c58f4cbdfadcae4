"""The runbook's steps: when each was done, how long it took, and which marks belong to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from story import (
    alert,
    at,
    by_the_book,
    by_time,
    cured,
    ended,
    injected,
    journal,
    mark,
    seen,
    started,
    with_settings,
)

from chaos_pizza.drill.observations import gather
from chaos_pizza.drill.result import judge
from chaos_pizza.drill.runbook_steps import runbook_steps
from chaos_pizza.drill.timeline import timeline_of
from chaos_pizza.model.alert import AlertState
from chaos_pizza.model.event import FaultProven
from chaos_pizza.model.incident import Actor, CureAnswer, CureMeans, MarkKind, RunbookStep
from chaos_pizza.model.response_event import CureAttempted, Marked, MarkStruck, ResponderStep
from chaos_pizza.model.settings import FaultKind, ResponderKind, ResponderSettings

TAKE, BUY, READ, FOLLOW, VERIFY, TELL = RunbookStep


def steps_of(told):
    observations = gather(by_time(told))
    return {taken.step: taken for taken in runbook_steps(observations, timeline_of(observations))}


def took(steps):
    return {step.value: taken.took.value for step, taken in steps.items() if taken.took is not None}


def by_people(fault=FaultKind.FAIL):
    """A drill in which the drill itself plays nobody; its fault is on from 10."""
    begun = with_settings(started(fault), responder=ResponderSettings(ResponderKind.PEOPLE))
    return [
        (0.0, begun),
        (9.9, injected(9.8, 9.9, fault)),
        (10.0, FaultProven("an order", at(9.95), at(10.0))),
        (60.0, ended(60.0)),
    ]


def done(second, step, text="did it"):
    return (second, ResponderStep(at(second), text, step))


def test_in_the_incident_reading_the_answer_took_24_minutes_and_following_the_link_2():
    """19:35 down, 19:45 noticed and taken, 19:50 bought a pizza, 20:14 saw the link, 20:16 restored."""
    down, noticed, bought, saw_link, restored = (60 * minute + 600 for minute in (0, 10, 15, 39, 41))
    begun = with_settings(started(), responder=ResponderSettings(ResponderKind.PEOPLE))
    steps = steps_of(
        [
            (0.0, begun),
            (down, injected(down, down)),
            (down, seen(down - 0.1, down, "fail", start=down, previous=down - 1)),
            (noticed, mark(noticed, MarkKind.NOTICED, by="Thomas")),
            (noticed + 1, mark(noticed, MarkKind.ACKNOWLEDGED, by="Thomas")),
            done(bought, BUY),
            (5000.0, mark(saw_link, MarkKind.DIAGNOSED, by="Thomas", entered=5000.0)),
            (restored, cured(restored, restored, by=Actor.RESPONDER)),
        ]
    )
    assert took(steps) == {"buy_a_pizza": 300.0, "read_the_answer": 1440.0, "follow_the_link": 120.0}
    assert steps[TAKE].ended.earliest == at(noticed)
    # It was noticed and taken in the same minute, so nobody can tell how long the taking took.
    assert steps[TAKE].took is None
    assert (steps[VERIFY].took, steps[TELL].took) == (None, None)


def test_the_runbook_that_the_drill_plays_fills_the_same_steps():
    played = [done(16.1, BUY), done(16.2, READ), done(20.5, VERIFY)]
    steps = steps_of([*by_the_book(), *played])
    # The alert fired at 14, the link was sent at 19.6 and answered at 19.9.
    assert took(steps) == pytest.approx(
        {
            "take_it": 2.0,
            "buy_a_pizza": 0.1,
            "read_the_answer": 0.1,
            "follow_the_link": 3.55,
            "verify": 0.75,
        }
    )
    followed = steps[FOLLOW].took
    assert (followed.earliest, followed.latest) == pytest.approx((3.4, 3.7))
    assert {steps[step].told_by for step in (TAKE, BUY, READ, FOLLOW, VERIFY)} == {"the runbook"}


def test_a_step_that_nobody_told_of_is_unknown_and_the_next_one_only_bounded():
    told = [
        *by_people(),
        (12.0, mark(12.0, MarkKind.NOTICED)),
        (15.0, mark(15.0, MarkKind.ACKNOWLEDGED)),
        (40.0, mark(40.0, MarkKind.DIAGNOSED)),
    ]
    steps = steps_of(told)
    assert took(steps) == {"take_it": 3.0}
    assert (steps[BUY].ended, steps[BUY].took, steps[BUY].at_most_s) == (None, None, None)
    assert (steps[READ].took, steps[READ].at_most_s) == (None, 25.0)


def test_where_only_the_detection_is_known_before_a_step_it_is_counted_from_there():
    steps = steps_of([*by_people(), (12.0, alert(12.0, AlertState.FIRING)), (40.0, mark(40.0, MarkKind.DIAGNOSED))])
    assert (steps[READ].took, steps[READ].at_most_s) == (None, 28.0)


def test_an_acknowledgement_that_was_the_detection_has_no_time_of_its_own():
    steps = steps_of([*by_people(), (15.0, mark(15.0, MarkKind.ACKNOWLEDGED))])
    assert steps[TAKE].ended.earliest == at(15.0)
    assert (steps[TAKE].took, steps[TAKE].at_most_s) == (None, None)


def test_a_step_done_before_the_one_that_it_follows_has_no_time():
    told = [
        *by_people(),
        (12.0, mark(12.0, MarkKind.DIAGNOSED)),
        (15.0, mark(15.0, MarkKind.ACKNOWLEDGED)),
        done(14.0, BUY),
    ]
    steps = steps_of(told)
    assert took(steps) == {}
    assert steps[READ].at_most_s is None


def test_each_mark_belongs_to_a_step_and_a_note_to_the_one_under_way():
    told = [
        *by_people(),
        (12.0, mark(12.0, MarkKind.NOTICED)),
        (15.0, mark(15.0, MarkKind.ACKNOWLEDGED)),
        (20.0, mark(20.0, MarkKind.NOTE, text="looked for the log")),
        (30.0, mark(30.0, MarkKind.DIAGNOSED)),
        (31.0, cured(30.8, 31.0, by=Actor.RUNBOOK)),
        (33.0, mark(33.0, MarkKind.MITIGATED)),
        (34.0, mark(34.0, MarkKind.NOTE, text="told the others")),
    ]
    steps = steps_of(told)
    kinds = {step.value: [each.mark.value for each in taken.marks] for step, taken in steps.items() if taken.marks}
    assert kinds == {
        "take_it": ["noticed", "acknowledged"],
        "read_the_answer": ["note", "diagnosed"],
        "verify": ["mitigated"],
        "tell_the_others": ["note"],
    }
    assert steps[FOLLOW].told_by == "chaos-pizza runbook"
    assert steps[VERIFY].told_by == "mark by Ada"


def test_a_cure_that_was_claimed_before_it_came_verifies_nothing():
    told = [
        *by_people(),
        (20.0, mark(20.0, MarkKind.MITIGATED)),
        (31.0, cured(30.8, 31.0, by=Actor.RUNBOOK)),
    ]
    steps = steps_of(told)
    assert steps[VERIFY].ended is None
    assert [each.mark for each in steps[VERIFY].marks] == [MarkKind.MITIGATED]


def test_a_cure_that_did_not_work_or_was_the_drills_own_follows_no_link():
    tries = [
        (20.0, cured(19.0, 20.0, by=Actor.RUNBOOK, answer=CureAnswer.REFUSED)),
        (30.0, cured(29.0, 30.0, by=Actor.ROLLBACK, means=CureMeans.ADMIN_DELETE)),
    ]
    steps = steps_of([*by_people(), *tries])
    assert steps[FOLLOW].ended is None


def test_a_fault_that_people_ended_elsewhere_was_ended_when_the_factory_says():
    told = [(second, event) for second, event in by_the_book() if not isinstance(event, CureAttempted | Marked)]
    told[0] = (0.0, with_settings(told[0][1], responder=ResponderSettings(ResponderKind.PEOPLE)))
    steps = steps_of(told)
    assert steps[FOLLOW].told_by.startswith("factory fixDate")
    assert steps[FOLLOW].ended.contains(at(19.75))


def test_a_mark_that_was_struck_out_takes_no_step():
    records = journal(
        [
            *by_people(),
            (15.0, mark(15.0, MarkKind.ACKNOWLEDGED)),
            (16.0, MarkStruck(4, "Ada", at(16.0))),
        ]
    )
    observations = gather(records)
    taken = {each.step: each for each in runbook_steps(observations, timeline_of(observations))}
    assert (taken[TAKE].ended, taken[TAKE].marks) == (None, ())


def test_what_was_told_before_the_fault_is_no_step_of_its_runbook():
    steps = steps_of([*by_people(), (5.0, mark(5.0, MarkKind.ACKNOWLEDGED)), done(6.0, BUY)])
    assert all(taken.ended is None and not taken.marks for taken in steps.values())


def test_in_journals_from_before_the_played_runbooks_purchases_tell_when_it_bought():
    old = ResponderStep(at(16.5), "bought a pizza to see for themselves: failed; the answer holds a link")
    steps = steps_of([*by_the_book(), (16.5, old)])
    assert steps[BUY].took.value == 0.5
    # That it read the answer was told in the same breath: nobody knows how long that took.
    assert steps[READ].ended is None
    assert steps[FOLLOW].at_most_s == pytest.approx(3.4)


def test_a_text_that_only_says_so_is_no_step_where_people_respond():
    steps = steps_of([*by_people(), (16.5, ResponderStep(at(16.5), "bought a pizza"))])
    assert steps[BUY].ended is None


def with_a_cure_from_outside(sent, received):
    """By the book, its fault ended at 19.75 by a person's runbook, by whose clock it asked and was answered then."""
    told = [(second, event) for second, event in by_the_book() if not isinstance(event, CureAttempted)]
    told[0] = (0.0, with_settings(told[0][1], responder=ResponderSettings(ResponderKind.PEOPLE)))
    return [*told, (20.1, cured(sent, received))]


@pytest.mark.parametrize("ahead_s", [0, 0.5, -0.5, 1.5, -1.5])
def test_a_cure_from_another_process_is_the_runbooks_be_its_clock_a_little_off(ahead_s):
    result = judge(by_time(with_a_cure_from_outside(19.6 + ahead_s, 19.9 + ahead_s)))
    assert result.timeline.ended_by is Actor.RUNBOOK
    # Dated by the factory, whose clock the drill knows, and not by the other process.
    assert result.timeline.instants["mitigated"].when.contains(at(19.75))


@pytest.mark.parametrize("ahead_s", [5, -5])
def test_a_cure_at_quite_another_moment_than_the_factorys_is_nobodys(ahead_s):
    result = judge(by_time(with_a_cure_from_outside(19.6 + ahead_s, 19.9 + ahead_s)))
    assert result.timeline.ended_by is Actor.UNKNOWN


KINDS = st.sampled_from(list(MarkKind))
SECONDS = st.floats(0, 60, allow_nan=False)
EVENTS = st.lists(
    st.one_of(
        st.builds(lambda second, kind: (second, mark(second, kind, text="x")), SECONDS, KINDS),
        st.builds(done, SECONDS, st.none() | st.sampled_from(list(RunbookStep))),
        st.builds(lambda second, took_s: (second + took_s, cured(second, second + took_s)), SECONDS, st.floats(0, 3)),
    ),
    max_size=12,
)


@given(EVENTS)
def test_whatever_is_told_no_step_takes_less_than_nothing_and_every_mark_after_the_fault_stands_once(events):
    told = [*by_people(), *events]
    steps = steps_of(told)
    assert list(steps) == list(RunbookStep)
    for taken in steps.values():
        assert (taken.ended is None) == (taken.told_by is None)
        assert taken.took is None or (taken.at_most_s is None and 0 <= taken.took.earliest <= taken.took.value)
        assert taken.at_most_s is None or taken.at_most_s >= 0
        assert taken.ended or (taken.took, taken.at_most_s) == (None, None)
    marks = [event for _, event in events if isinstance(event, Marked)]
    since = timeline_of(gather(by_time(told))).instants["fault_start"].when.earliest
    listed = [each for taken in steps.values() for each in taken.marks]
    assert sorted(listed, key=repr) == sorted((each for each in marks if each.at >= since), key=repr)
