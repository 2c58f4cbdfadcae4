"""How an action item stands after drill upon drill, each transition worked out by hand."""

import random
from datetime import date, timedelta
from time import process_time

import pytest
from claimed_drills import BEGIN, CLAIM, HELD, OPENED_AT, REFUTED, TODAY, UNDECIDED, drill, incident, item, lasted, ttd
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.claims.ruling import Ruling
from chaos_pizza.claims.standing import ItemState, standing_of
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import FaultKind


def standing(*drills, claim=CLAIM, due=None, today=TODAY):
    (found,) = standing_of([item(claim, due=due)], drills, today)
    return found


def told(telling):
    return telling and (telling.drill_id, telling.ruling.value)


@pytest.mark.parametrize(
    ("found", "state", "by", "counts"),
    [
        ([], "open", None, (0, 0, 0)),
        ([HELD], "closed", "day-11", (1, 0, 0)),
        ([REFUTED], "refuted", "day-11", (0, 1, 0)),
        ([UNDECIDED], "undecided", "day-11", (0, 0, 1)),
        ([UNDECIDED, UNDECIDED], "undecided", "day-12", (0, 0, 2)),
        ([REFUTED, REFUTED], "refuted", "day-12", (0, 2, 0)),
        ([REFUTED, UNDECIDED], "refuted", "day-11", (0, 1, 1)),
        ([REFUTED, HELD], "closed", "day-12", (1, 1, 0)),
        ([UNDECIDED, HELD], "closed", "day-12", (1, 0, 1)),
        ([HELD, HELD], "closed", "day-11", (2, 0, 0)),
        ([HELD, UNDECIDED], "closed", "day-11", (1, 0, 1)),
        ([HELD, REFUTED], "reopened", "day-12", (1, 1, 0)),
        ([HELD, REFUTED, UNDECIDED], "reopened", "day-12", (1, 1, 1)),
        ([HELD, REFUTED, REFUTED], "reopened", "day-12", (1, 2, 0)),
        ([HELD, REFUTED, HELD], "closed", "day-13", (2, 1, 0)),
        ([HELD, REFUTED, HELD, REFUTED], "reopened", "day-14", (2, 2, 0)),
    ],
)
def test_each_drill_moves_the_item_on(found, state, by, counts):
    stands = standing(*(drill(11 + place, each) for place, each in enumerate(found)))
    assert (stands.state.value, stands.by and stands.by.drill_id) == (state, by)
    assert (stands.held, stands.refuted, stands.undecided) == counts
    assert stands.untried == (("factory-fail",) if state in {"open", "undecided"} else ())


def test_a_reopened_item_names_who_had_closed_it_and_who_reopened_it():
    stands = standing(drill(11, HELD), drill(12, HELD), drill(13, REFUTED), drill(14, REFUTED))
    assert told(stands.closed_by) == ("day-11", "held")
    assert told(stands.by) == ("day-13", "refuted")
    assert told(stands.last) == ("day-14", "refuted")


def test_a_closed_item_names_who_closed_it_and_who_bore_it_out_last():
    stands = standing(drill(11, HELD), drill(12, HELD), drill(13, UNDECIDED))
    assert (told(stands.by), told(stands.last)) == (("day-11", "held"), ("day-12", "held"))
    assert (stands.by.shown, stands.by.at) == ("ttd_s 50.0 s", BEGIN + timedelta(days=11))
    assert stands.closed_by is None


def test_drills_from_before_the_item_are_named_and_count_for_nothing():
    stands = standing(drill(8, REFUTED), drill(9, HELD))
    assert (stands.state, told(stands.earlier)) == (ItemState.OPEN, ("day-9", "held"))
    assert (stands.held, stands.refuted, stands.last) == (0, 0, None)


def test_the_drill_that_an_item_was_written_down_after_does_not_close_it():
    # It ended when the item was opened; a clock may have it begin later.
    assert standing(drill(10, HELD)).state is ItemState.OPEN
    assert standing(drill(10, HELD, started_at=OPENED_AT + timedelta(seconds=1))).state is ItemState.OPEN
    another = drill(10, HELD, drill_id="another")
    assert standing(another).state is ItemState.OPEN
    later = drill(10, HELD, drill_id="another", started_at=OPENED_AT + timedelta(seconds=1))
    assert standing(later).state is ItemState.CLOSED


@pytest.mark.parametrize("verdict", [Verdict.INVALID, Verdict.ABORTED, Verdict.CALM_NOT_RESTORED])
def test_a_drill_that_proves_nothing_moves_nothing(verdict):
    nothing = drill(12, REFUTED, verdict=verdict)
    assert standing(nothing).state is ItemState.OPEN
    stands = standing(drill(11, HELD), nothing)
    assert (stands.state, stands.refuted) == (ItemState.CLOSED, 0)
    assert standing(drill(11, HELD, fault_proven=False)).state is ItemState.OPEN


def test_only_drills_of_the_claims_experiment_count():
    assert standing(drill(11, HELD, "factory-badjwt"), drill(12, HELD, "")).state is ItemState.OPEN


def test_an_incident_reopens_an_item_but_never_closes_one():
    assert standing(incident(11, ttd(60, 30, 80))).state is ItemState.UNDECIDED
    stands = standing(drill(11, HELD), incident(12, ttd(600, 540, 660)))
    assert (stands.state, told(stands.by)) == (ItemState.REOPENED, ("day-12", "refuted"))


def test_nobody_detecting_it_refutes_a_limit_only_once_the_limit_has_passed():
    assert standing(drill(11, lasted(50))).state is ItemState.UNDECIDED
    assert standing(drill(11, lasted(100))).state is ItemState.REFUTED


def test_a_placebo_tells_without_a_fault():
    quiet = drill(11, None, "placebo", fault=FaultKind.NONE, fault_proven=False, detected_by=None)
    assert standing(quiet, claim="verdict(placebo) = passed").state is ItemState.CLOSED


BOTH = "ttd_s(a) <= 90 and ttd_s(b) <= 90"


@pytest.mark.parametrize(
    ("course", "state", "by", "untried"),
    [
        ([("a", HELD)], "open", None, ("b",)),
        ([("a", HELD), ("b", UNDECIDED)], "undecided", "day-12", ("b",)),
        ([("a", HELD), ("b", HELD)], "closed", "day-12", ()),
        ([("a", REFUTED), ("b", HELD)], "refuted", "day-11", ()),
        ([("a", REFUTED), ("b", REFUTED), ("b", HELD)], "refuted", "day-11", ()),
        ([("a", REFUTED), ("b", HELD), ("a", HELD)], "closed", "day-13", ()),
        ([("a", HELD), ("b", HELD), ("a", REFUTED)], "reopened", "day-13", ()),
        ([("a", HELD), ("b", HELD), ("a", REFUTED), ("b", HELD)], "reopened", "day-13", ()),
        ([("a", HELD), ("b", HELD), ("a", REFUTED), ("a", HELD)], "closed", "day-14", ()),
        ([("a", HELD), ("a", REFUTED)], "refuted", "day-12", ("b",)),
    ],
)
def test_a_claim_about_two_experiments_is_closed_only_by_drills_of_both(course, state, by, untried):
    drills = [drill(11 + place, found, name) for place, (name, found) in enumerate(course)]
    stands = standing(*drills, claim=BOTH)
    assert (stands.state.value, stands.by and stands.by.drill_id, stands.untried) == (state, by, untried)


@pytest.mark.parametrize(
    ("due", "drills", "is_overdue"),
    [
        (date(2026, 5, 31), [], True),
        (date(2026, 6, 1), [], False),
        (None, [], False),
        (date(2026, 5, 31), [drill(11, HELD)], False),
        (date(2026, 5, 31), [drill(11, HELD), drill(12, REFUTED)], True),
    ],
)
def test_an_item_is_overdue_from_the_day_after_it_was_due_unless_it_is_closed(due, drills, is_overdue):
    assert standing(*drills, due=due, today=date(2026, 6, 1)).is_overdue is is_overdue


@pytest.mark.parametrize(("claim", "complaint"), [(None, None), ("make it better", "character 1 of the claim: ")])
def test_an_item_without_a_claim_that_is_understood_can_not_be_tested(claim, complaint):
    stands = standing(drill(11, HELD), claim=claim, due=date(2026, 5, 31))
    assert (stands.state, stands.claim, stands.is_overdue) == (ItemState.UNTESTABLE, None, True)
    assert (stands.complaint or "").startswith(complaint or "")
    assert bool(stands.complaint) is (claim is not None)


def test_the_most_pressing_come_first():
    claims = {
        "closed": "ttd_s(a) <= 90",
        "untestable": None,
        "open": "ttd_s(z) <= 90",
        "undecided": "ttd_s(u) <= 90",
        "refuted": "ttd_s(r) <= 90",
        "reopened": "ttd_s(o) <= 90",
    }
    drills = [
        *(drill(11, found, name) for name, found in zip("auro", (HELD, UNDECIDED, REFUTED, HELD), strict=True)),
        drill(12, REFUTED, "o"),
    ]
    items = [item(claim, number) for number, claim in enumerate(claims.values(), 1)]
    late = [
        item("ttd_s(z) <= 9", 7, date(2026, 5, 2)),
        item(None, 8, date(2026, 5, 1)),
        item("failed(z) = 0", 9, TODAY),
    ]
    order = [(each.is_overdue, each.state.value) for each in standing_of([*items, *late], drills, TODAY)]
    assert order == [
        *((True, "open"), (True, "untestable")),
        *((False, "reopened"), (False, "refuted"), (False, "undecided")),
        # That which is due some day comes before that which never is.
        *((False, "open"), (False, "open"), (False, "untestable"), (False, "closed")),
    ]
    assert [each.opened.item.number for each in standing_of([*items, *late], drills, TODAY)][5] == 9


def test_without_items_nothing_stands_anywhere():
    assert standing_of([], [drill(11, HELD)], TODAY) == ()


FOUND = st.sampled_from([HELD, REFUTED, UNDECIDED, lasted(50), lasted(100)])


@given(st.lists(st.tuples(st.sampled_from("ab"), FOUND), max_size=8), st.randoms(use_true_random=False))
def test_the_order_in_which_drills_are_handed_over_does_not_matter(course, shuffling):
    drills = [drill(7 + place, found, name) for place, (name, found) in enumerate(course)]
    shuffled = list(drills)
    shuffling.shuffle(shuffled)
    assert standing(*drills, claim=BOTH) == standing(*shuffled, claim=BOTH)


@given(st.lists(FOUND, max_size=8))
def test_an_item_stands_as_its_last_drill_that_tells_says(course):
    stands = standing(*(drill(11 + place, found) for place, found in enumerate(course)))
    said = {HELD: Ruling.HELD, REFUTED: Ruling.REFUTED, lasted(100): Ruling.REFUTED}
    tellings = [said[found] for found in course if found in said]
    assert (stands.state is ItemState.CLOSED) is (tellings[-1:] == [Ruling.HELD])
    refuted = {ItemState.REFUTED, ItemState.REOPENED}
    assert (stands.state in refuted) is (tellings[-1:] == [Ruling.REFUTED])
    assert (stands.state is ItemState.REOPENED) is (Ruling.HELD in tellings and tellings[-1] is Ruling.REFUTED)


def test_ten_thousand_drills_and_a_hundred_items_take_a_few_seconds():
    chance = random.Random(7)
    names = [f"experiment-{number}" for number in range(5)]
    drills = [
        drill(11 + place / 100, ttd(chance.uniform(10, 170)), names[place % 5], drill_id=f"d{place}")
        for place in range(10_000)
    ]
    items = [item(f"ttd_s({names[number % 5]}) <= {20 + number}", number) for number in range(100)]
    began = process_time()
    found = standing_of(items, drills, TODAY)
    assert process_time() - began < 10
    assert {each.held + each.refuted for each in found} == {2000}
