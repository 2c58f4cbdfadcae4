"""What anybody can see of a drill without knowing what it is."""

from hypothesis import given
from hypothesis import strategies as st
from story import alert, at, bought, mark

from chaos_pizza.drill.public_view import GOOD_RUN, PublicView
from chaos_pizza.drill.purchase_tally import Deciding
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import NotificationReceived
from chaos_pizza.model.event import FaultInjected, FaultProven, PurchasesObserved, Recorded, VendorSeen
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.response_event import MarkStruck
from chaos_pizza.model.result import InstantName
from chaos_pizza.model.settings import FaultKind


class Watching:
    def __init__(self):
        self.view = PublicView()
        self.number = 0
        self.deciding = Deciding()

    def buys(self, good, since, every=1.0):
        """Purchases, each answered 0.1 s after it was sent; returns the instants that came of them."""
        samples = []
        for place, is_good in enumerate(good):
            sent = since + place * every
            samples.append(bought(self.number, sent, sent + 0.1, Outcome.OK if is_good else Outcome.FAILED))
            self.number += 1
        return list(self.view.after_purchases(self.deciding.decided(PurchasesObserved(tuple(samples)))))

    def hears(self, event, number=0):
        return list(self.view.after_record(Recorded(number, at(0), event)))


def test_an_impact_begins_after_the_last_good_purchase_was_sent_and_by_the_first_failed_ones_answer():
    (impact,) = Watching().buys([True, True, False, False], since=10)
    assert (impact.name, impact.earliest, impact.latest) == (InstantName.FIRST_IMPACT, at(11), at(12.1))


def test_the_shop_has_recovered_with_the_first_of_twenty_good_ones_in_a_row():
    watching = Watching()
    watching.buys([False], since=0)
    assert watching.buys([True] * (GOOD_RUN - 1), since=1) == []
    (recovered,) = watching.buys([True], since=GOOD_RUN)
    assert (recovered.name, recovered.earliest, recovered.latest) == (InstantName.RECOVERED, at(0), at(1.1))


def test_a_failure_in_between_begins_the_count_anew():
    watching = Watching()
    assert len(watching.buys([False] + [True] * 19 + [False] + [True] * 19, since=0)) == 1


def test_what_fails_again_after_a_recovery_is_another_impact():
    found = Watching().buys([False] + [True] * GOOD_RUN + [False], since=0)
    assert [each.name for each in found] == [InstantName.FIRST_IMPACT, InstantName.RECOVERED, InstantName.FIRST_IMPACT]


def test_of_several_marks_the_earliest_since_the_impact_counts():
    watching = Watching()
    (false_alarm,) = watching.hears(mark(2, MarkKind.NOTICED, by="Bob"), number=1)
    assert false_alarm.source == "mark by Bob"
    watching.buys([True, False], since=20)
    (noticed,) = watching.hears(mark(30, MarkKind.NOTICED), number=2)
    assert (noticed.source, noticed.earliest) == ("mark by Ada", at(30))
    (still,) = watching.hears(mark(40, MarkKind.NOTICED, by="Cleo"), number=3)
    assert still == noticed


def test_a_mark_that_was_struck_out_counts_no_longer():
    watching = Watching()
    watching.hears(mark(2, MarkKind.ACKNOWLEDGED, by="Bob"), number=1)
    watching.hears(mark(5, MarkKind.ACKNOWLEDGED, by="Ada"), number=2)
    (acknowledged,) = watching.hears(MarkStruck(1, "Bob", at(6)))
    assert acknowledged.source == "mark by Ada"


def test_a_claimed_cure_is_told_as_a_claim():
    (claimed,) = Watching().hears(mark(5, MarkKind.MITIGATED))
    assert claimed.name is InstantName.MITIGATION_CLAIMED


def test_alerts_and_their_notification_are_told():
    watching = Watching()
    found = [
        *watching.hears(alert(5, AlertState.PENDING)),
        *watching.hears(alert(6, AlertState.FIRING)),
        *watching.hears(
            NotificationReceived(AlertSource.ALERTMANAGER, at(7), AlertState.FIRING, ("failed-purchases",))
        ),
        *watching.hears(NotificationReceived(AlertSource.ALERTMANAGER, at(9), AlertState.INACTIVE, ("failed",))),
        *watching.hears(alert(9, AlertState.INACTIVE)),
    ]
    assert [each.name for each in found] == [InstantName.ALERT_PENDING, InstantName.ALERT_FIRING, InstantName.NOTIFIED]


@given(st.lists(st.booleans(), max_size=80))
def test_what_is_seen_never_depends_on_what_the_drill_did(good):
    """The fault's own events make no difference to whoever can't know of them."""
    knowing, unknowing = Watching(), Watching()
    for event in (
        FaultInjected(FaultKind.FAIL, at(0), at(1)),
        VendorSeen(at(0), at(1), None, None),
        FaultProven("an order", at(0), at(1)),
    ):
        assert knowing.hears(event) == []
    assert knowing.buys(good, since=2) == unknowing.buys(good, since=2)


@given(st.lists(st.booleans(), max_size=200))
def test_impact_and_recovery_take_turns(good):
    names = [each.name for each in Watching().buys(good, since=0)]
    turns = [InstantName.FIRST_IMPACT, InstantName.RECOVERED] * len(names)
    assert names == turns[: len(names)]
    assert bool(names) == (not all(good))
