"""Few events of many purchases: the good ones counted, the others written, and a sign of life at least every 10 s."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.live.purchase_digest import MOST_A_MINUTE, PurchaseDigest
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.purchase import Outcome, Overdue, Sample

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def at(seconds):
    return NOON + timedelta(seconds=seconds)


def sample(number, outcome=Outcome.OK):
    return Sample(number, 0, NOON, NOON, NOON, outcome, None, None, 0.1)


def overdue(number):
    return Overdue(number, 0, NOON, NOON, NOON, 0.1)


def bought(*outcomes, dropped=0, in_flight=0):
    return PurchasesObserved(tuple(sample(0, outcome) for outcome in outcomes), (), dropped, in_flight)


def test_good_purchases_are_counted_and_not_written():
    digest = PurchaseDigest()
    assert digest.add(bought(Outcome.OK, Outcome.OK, in_flight=3), at(0)) == PurchasesObserved(in_flight=3)
    assert digest.add(bought(Outcome.OK), at(0.5)) is None
    assert (digest.figures.ended, digest.figures.failed, digest.figures.rejected) == (3, 0, 0)


def test_whatever_is_not_ok_is_written_within_a_second_or_so():
    digest = PurchaseDigest()
    digest.add(bought(), at(0))
    late = PurchasesObserved((), (overdue(7),))
    assert digest.add(bought(Outcome.FAILED, Outcome.OK, Outcome.REJECTED), at(0.5)) is None
    assert digest.add(late, at(1)) == PurchasesObserved(
        (sample(0, Outcome.FAILED), sample(0, Outcome.REJECTED)), (overdue(7),)
    )
    assert digest.add(bought(), at(2)) is None
    assert (digest.figures.ended, digest.figures.failed, digest.figures.rejected) == (3, 1, 1)


def test_rejected_purchases_in_a_row_are_counted_until_another_comes():
    digest, counted = PurchaseDigest(), []
    for outcome in (Outcome.REJECTED, Outcome.REJECTED, Outcome.FAILED, Outcome.REJECTED, Outcome.OK):
        digest.add(bought(outcome), at(0))
        counted.append(digest.figures.rejected_in_a_row)
    assert counted == [1, 2, 0, 1, 0]


def test_without_any_of_that_a_heartbeat_comes_every_nine_seconds():
    digest = PurchaseDigest()
    written = [second / 2 for second in range(61) if digest.add(bought(Outcome.OK), at(second / 2))]
    assert written == [0, 9, 18, 27]


def test_dropped_purchases_are_told_with_the_next_event():
    digest = PurchaseDigest()
    digest.add(bought(), at(0))
    for second in range(1, 9):
        assert digest.add(bought(dropped=2), at(second)) is None
    assert digest.add(bought(dropped=1), at(9)) == PurchasesObserved(dropped=17)
    assert digest.figures.dropped == 17
    assert digest.rest() == PurchasesObserved()


def test_in_an_outage_sixty_a_minute_are_written_and_all_are_counted():
    """Ten failures a second, for two minutes."""
    digest = PurchaseDigest()
    events = [digest.add(bought(*[Outcome.FAILED] * 5), at(half / 2)) for half in range(240)]
    assert sum(len(event.samples) for event in events if event) == 2 * MOST_A_MINUTE
    assert (digest.figures.failed, digest.figures.unlisted) == (1200, 1200 - 2 * MOST_A_MINUTE)


@given(
    st.lists(
        st.tuples(
            st.floats(0, 30), st.lists(st.sampled_from(Outcome), max_size=5), st.integers(0, 3), st.integers(0, 3)
        ),
        max_size=40,
    )
)
def test_nothing_that_is_not_ok_is_lost_but_what_is_counted_as_unlisted(happenings):
    digest, now, events = PurchaseDigest(), 0.0, []
    for wait_s, outcomes, late, dropped in happenings:
        now += wait_s
        observed = PurchasesObserved(
            tuple(sample(0, each) for each in outcomes), tuple(overdue(each) for each in range(late)), dropped
        )
        events.append(digest.add(observed, at(now)))
    events = [event for event in [*events, digest.rest()] if event]
    odd = sum(each is not Outcome.OK for _, outcomes, _, _ in happenings for each in outcomes)
    odd += sum(late for _, _, late, _ in happenings)
    assert sum(len(event.samples) + len(event.overdue) for event in events) + digest.figures.unlisted == odd
    assert sum(event.dropped for event in events) == sum(dropped for *_, dropped in happenings)
    assert digest.figures.ended == sum(len(outcomes) for _, outcomes, _, _ in happenings)
