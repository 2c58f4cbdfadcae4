"""A worker's share of the plan, and what has become of each of its purchases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.engines.share import Share


def every_tenth_of_a_second(number):
    return number / 10


def share(worker=1, workers=4, first=0):
    return Share(worker, workers, first, every_tenth_of_a_second)


def refused(act):
    with pytest.raises(ValueError, match=r".") as refusal:
        act()
    return str(refusal.value)


@given(workers=st.integers(1, 7), first=st.integers(0, 50), due=st.integers(0, 60))
def test_the_shares_of_all_workers_together_are_the_plan_and_no_purchase_is_in_two(workers, first, due):
    found = []
    for worker in range(workers):
        own = share(worker, workers, first)
        own.come_due((first + due) / 10)
        for number in range(first + due + 5):
            try:
                own.settle(number)
            except ValueError:
                continue
            found.append(number)
    assert sorted(found) == list(range(first, first + due + 1))


@given(st.lists(st.tuples(st.sampled_from(["settle", "overdue"]), st.integers(0, 40)), max_size=60))
def test_what_was_told_and_what_is_given_up_is_every_due_purchase_once(told):
    own, settled, overdue = share(worker=1, workers=2), set(), set()
    own.come_due(3.05)  # 1, 3, …, 29 are due
    for act, number in told:
        try:
            own.settle(number) if act == "settle" else own.note_overdue(number)
        except ValueError:
            continue
        if act == "settle":
            assert number not in settled
            settled.add(number)
        elif number not in settled:
            overdue.add(number)
    due = set(range(1, 31, 2))
    assert settled <= due
    assert own.give_up() == len(due - settled - overdue)
    assert own.give_up() == 0


def test_a_lost_workers_purchases_are_missing_as_they_come_due():
    own = share()
    own.come_due(0.55)  # 1 and 5
    own.settle(1)
    assert own.give_up() == 1
    own.come_due(1.35)  # 9 and 13
    assert own.give_up() == 2


def test_a_purchase_is_told_of_once():
    own = share()
    own.come_due(10)
    own.settle(9)
    assert refused(lambda: own.settle(9)) == "a purchase that was told of before"
    own.settle(1)
    own.settle(5)
    assert refused(lambda: own.settle(5)) == "a purchase that was told of before"
    assert refused(lambda: own.note_overdue(9)) == "a purchase that was told of before"


def test_a_purchase_is_overdue_once_and_may_end_after_that():
    own = share()
    own.come_due(1)
    own.note_overdue(5)
    assert refused(lambda: own.note_overdue(5)) == "a purchase that was told to be overdue before"
    own.settle(5)


def test_nobody_tells_of_anothers_purchase_or_of_one_that_is_not_due():
    own = share()
    own.come_due(1)
    assert refused(lambda: own.settle(2)) == "a purchase of another worker's share"
    assert refused(lambda: own.settle(13)) == "a purchase that is not due yet"


def test_a_huge_number_costs_nothing():
    asked = []
    own = Share(0, 1, 0, lambda number: asked.append(number) or number / 10)
    refused(lambda: own.settle(2**52))
    assert asked == [0]


def test_a_drill_that_is_gone_on_with_begins_at_the_next_number_of_the_share():
    own = share(worker=1, workers=4, first=6)
    own.come_due(1.0)
    assert own.next_due == 13
    own.settle(9)
