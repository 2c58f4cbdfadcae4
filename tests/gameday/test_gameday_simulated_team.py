"""Simulated responders, told a feed line by line: they act on what people see, at the time that was drawn."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.gameday.simulated_team import Deed, SimulatedTeam
from chaos_pizza.gameday.skill import Course
from chaos_pizza.model.alert import AlertState
from chaos_pizza.model.feed import (
    FeedAlert,
    FeedDrill,
    FeedEnded,
    FeedEntry,
    FeedInstant,
    FeedLine,
    FeedMark,
    FeedPurchases,
    FeedStage,
)
from chaos_pizza.model.incident import MarkKind, Stage
from chaos_pizza.model.result import InstantName

BEGIN = datetime(2026, 3, 2, 21, 0, tzinfo=UTC)
DRILL = FeedDrill("2026-03-02T21-00-00Z-spring", "Spring", "sandbox", blind=True, commitment="c" * 64)


def at(seconds):
    return BEGIN + timedelta(seconds=seconds)


def course(**other):
    drawn = {"notice_s": 2, "take_s": 1, "diagnose_s": 4, "cure_s": 1.5, "hears_alerts": True}
    return Course(**{**drawn, "misses": False, "gives_up": False, "false_alarm_s": None, **other})


def line(seconds, event):
    return FeedLine(0, at(seconds), event)


def firing(seconds, rule="failed-purchases"):
    return line(seconds, FeedAlert(rule, "shop /metrics", AlertState.FIRING, at(seconds)))


def mark(seconds, kind):
    return line(seconds, FeedMark(7, kind, "Cara", at(seconds), at(seconds), ""))


def purchases(seconds, tried, good):
    return line(seconds, FeedPurchases(tried, good, 20.0, 40.0))


def told(deeds):
    return [(due.person, due.deed, (due.at - BEGIN).total_seconds()) for due in deeds]


def done(courses, *lines, until_s=100):
    """Return what a team does that hears these lines and is asked every half second, as person, deed and seconds."""
    team, deeds, waiting = SimulatedTeam(courses), [], [line(0, DRILL), *lines]
    for half_seconds in range(2 * until_s):
        now = at(half_seconds / 2)
        while waiting and waiting[0].at <= now:
            team.hear(waiting.pop(0))
        deeds += team.due(now)
    return told(deeds)


def test_one_person_notices_takes_and_cures_each_a_reaction_after_the_other():
    assert done({"Ana": course()}, firing(10)) == [
        ("Ana", Deed.NOTICE, 12),
        ("Ana", Deed.TAKE, 13),
        ("Ana", Deed.CURE, 17),
    ]


def test_the_cure_says_how_long_its_last_step_takes():
    team = SimulatedTeam({"Ana": course()})
    team.hear(firing(10))
    assert [due.after_s for due in team.due(at(60))] == [0, 0, 1.5]


def test_each_deed_is_told_once():
    team = SimulatedTeam({"Ana": course()})
    team.hear(firing(10))
    assert len(team.due(at(60))) == 3
    assert team.due(at(60)) == []


def test_nothing_is_due_before_its_time():
    team = SimulatedTeam({"Ana": course()})
    team.hear(firing(10))
    assert team.due(at(11.9)) == []
    assert told(team.due(at(12))) == [("Ana", Deed.NOTICE, 12)]


def test_of_two_who_noticed_only_the_first_to_get_there_takes_it():
    deeds = done({"Ana": course(), "Ben": course(notice_s=1, take_s=5)}, firing(10))
    assert [deed for deed in deeds if deed[1] is not Deed.NOTICE] == [("Ana", Deed.TAKE, 13), ("Ana", Deed.CURE, 17)]
    assert [deed for deed in deeds if deed[1] is Deed.NOTICE] == [("Ben", Deed.NOTICE, 11), ("Ana", Deed.NOTICE, 12)]


def test_alerts_that_are_only_pending_or_over_wake_nobody():
    states = (AlertState.PENDING, AlertState.INACTIVE)
    alerts = [line(10, FeedAlert("failed-purchases", "shop /metrics", state, at(10))) for state in states]
    assert done({"Ana": course()}, *alerts) == []


def test_a_second_alert_moves_nothing():
    assert done({"Ana": course()}, firing(10), firing(11, "revenue-down")) == done({"Ana": course()}, firing(10))


def test_whoever_only_watches_the_wall_hears_no_alert():
    assert done({"Ana": course(hears_alerts=False)}, firing(10)) == []


def test_whoever_watches_the_wall_sees_that_purchases_fail():
    lines = [purchases(5, 10, 10), purchases(6, 10, 10), purchases(7, 10, 3), purchases(8, 10, 0)]
    # At 7 s 23 of 30 are good, which is less than 80 %.
    assert done({"Ana": course(hears_alerts=False)}, *lines)[0] == ("Ana", Deed.NOTICE, 9)


def test_whoever_hears_alerts_does_not_watch_the_wall():
    assert done({"Ana": course()}, purchases(5, 10, 0)) == []


@pytest.mark.parametrize(
    "lines",
    [
        [purchases(5, 4, 0)],  # too few to worry
        [purchases(5, 10, 8)],  # four in five are good
        [purchases(5, 4, 0), purchases(9, 4, 0)],  # each for itself, as a look takes in three seconds
        [purchases(5, 0, 0)],
    ],
)
def test_a_wall_that_shows_little_worries_nobody(lines):
    assert done({"Ana": course(hears_alerts=False)}, *lines) == []


def test_people_see_neither_stages_nor_instants_nor_the_timelines_lines():
    hidden = [FeedStage(Stage.METHOD), FeedEntry(at(5), "the fault began")]
    hidden += [FeedInstant(name, at(5), at(5), "a purchase") for name in InstantName]
    assert done({"Ana": course(), "Ben": course(hears_alerts=False)}, *(line(5, event) for event in hidden)) == []


def test_whoever_misses_it_does_nothing_however_it_shows():
    courses = {"Ana": course(misses=True), "Ben": course(misses=True, hears_alerts=False)}
    assert done(courses, firing(10), purchases(11, 10, 0)) == []


def test_whoever_gives_up_says_so_instead_of_curing():
    assert done({"Ana": course(gives_up=True)}, firing(10))[-1] == ("Ana", Deed.GIVE_UP, 17)


def test_a_false_alarm_comes_its_time_after_the_drills_begin_when_nothing_happened():
    assert done({"Ana": course(false_alarm_s=8)}) == [("Ana", Deed.CRY_WOLF, 8)]


def test_whoever_sees_a_real_sign_first_raises_no_false_alarm():
    assert done({"Ana": course(false_alarm_s=8)}, firing(7.5))[0] == ("Ana", Deed.NOTICE, 9.5)


def test_after_a_false_alarm_a_real_one_is_noticed_all_the_same():
    deeds = done({"Ana": course(false_alarm_s=5)}, firing(10))
    assert deeds[:2] == [("Ana", Deed.CRY_WOLF, 5), ("Ana", Deed.NOTICE, 12)]


def test_what_somebody_else_has_is_left_to_them():
    assert done({"Ana": course()}, firing(10), mark(12.5, MarkKind.ACKNOWLEDGED)) == [("Ana", Deed.NOTICE, 12)]


def test_once_it_is_cured_nobody_begins_anything_anew():
    deeds = done({"Ana": course()}, firing(10), mark(14, MarkKind.MITIGATED), firing(20))
    assert [deed for _, deed, _ in deeds] == [Deed.NOTICE, Deed.TAKE]


def test_nothing_is_done_once_the_drill_is_over():
    team = SimulatedTeam({"Ana": course()})
    for each in (firing(10), line(11, FeedEnded(None))):
        team.hear(each)
    assert team.is_over
    assert team.due(at(60)) == []


events = st.one_of(
    st.builds(FeedPurchases, st.integers(0, 20), st.integers(0, 20), st.none(), st.none()),
    st.builds(FeedAlert, st.sampled_from(["a", "b"]), st.just("x"), st.sampled_from(AlertState), st.just(BEGIN)),
    st.builds(
        FeedMark, st.just(1), st.sampled_from(MarkKind), st.just("Cara"), st.just(BEGIN), st.just(BEGIN), st.just("")
    ),
    st.just(DRILL),
)
courses = st.builds(
    Course,
    *[st.floats(0, 50)] * 4,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.none() | st.floats(0, 50),
)


@given(st.dictionaries(st.sampled_from(["Ana", "Ben", "Cara"]), courses), st.lists(st.tuples(st.floats(0, 60), events)))
def test_whatever_the_feed_tells_nobody_cures_what_they_neither_noticed_nor_took(drawn, fed):
    deeds = done(drawn, *[line(seconds, event) for seconds, event in sorted(fed, key=lambda each: each[0])])
    assert [deed[1] for deed in deeds].count(Deed.TAKE) <= 1
    for person in drawn:
        own = [deed for deed in deeds if deed[0] == person]
        kinds = [kind for _, kind, _ in own if kind is not Deed.CRY_WOLF]
        assert kinds in ([], *(list(Deed)[:length] for length in (1, 2, 3)), [Deed.NOTICE, Deed.TAKE, Deed.GIVE_UP])
        assert [seconds for _, _, seconds in own] == sorted(seconds for _, _, seconds in own)
        assert all(seconds <= 100 for _, _, seconds in own)
