"""Alerts of a system without history, look by look."""

from datetime import UTC, datetime, timedelta

from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertChanged
from chaos_pizza.model.incident import Peer
from chaos_pizza.monitoring.active_alerts import ActiveAlert, ActiveAlerts, identity_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PENDING, FIRING, INACTIVE = AlertState.PENDING, AlertState.FIRING, AlertState.INACTIVE
THEIRS, OURS = True, False


def at(second):
    return NOON + timedelta(seconds=second)


def alert(since=0.0, state=FIRING, muted=False, job="shop"):
    labels = {"alertname": "slow", "job": job}
    return ActiveAlert(labels, state, None if since is None else at(since), muted)


class Looks:
    def __init__(self):
        self._alerts = ActiveAlerts(AlertSource.GRAFANA, Peer.GRAFANA, str)

    def look(self, second, *alerts, ended=None):
        """Return what a look tells: the state, the second, and whose clock that is on."""
        ended_at = {identity_of({"alertname": "slow", "job": "shop"}): at(ended)} if ended is not None else {}
        changes = self._alerts.fold(alerts, ended_at, at(second))
        return [(c.state, (c.at - NOON).total_seconds(), THEIRS if c.peer else OURS) for c in changes]


def test_an_alert_begins_when_its_system_says_and_ends_at_the_look_that_misses_it():
    looks = Looks()
    assert looks.look(1) == []
    assert looks.look(5, alert(3)) == [(FIRING, 3, THEIRS)]
    assert looks.look(6, alert(3)) == []
    assert looks.look(7) == [(INACTIVE, 7, OURS)]
    assert looks.look(8) == []


def test_a_change_says_which_alert_it_is_and_when_it_was_read():
    (change,) = ActiveAlerts(AlertSource.GRAFANA, Peer.GRAFANA, str.upper).fold([alert(3)], {}, at(5))
    assert change == AlertChanged("SLOW", AlertSource.GRAFANA, FIRING, at(3), None, Peer.GRAFANA, at(5), "JOB=SHOP")


def test_pending_comes_before_firing():
    looks = Looks()
    assert looks.look(1, alert(0, PENDING)) == [(PENDING, 0, THEIRS)]
    assert looks.look(5, alert(4)) == [(FIRING, 4, THEIRS)]


def test_a_system_that_says_when_an_alert_ended_is_believed():
    looks = Looks()
    looks.look(1, alert(0))
    assert looks.look(5, ended=4) == [(INACTIVE, 4, THEIRS)]


def test_an_end_before_the_alert_began_is_not_believed():
    looks = Looks()
    looks.look(3, alert(2))
    assert looks.look(5, ended=1) == [(INACTIVE, 5, OURS)]


def test_a_later_beginning_means_that_it_ended_in_between():
    looks = Looks()
    looks.look(1, alert(0))
    assert looks.look(9, alert(8)) == [(INACTIVE, 8, THEIRS), (FIRING, 8, THEIRS)]


def test_an_earlier_beginning_is_the_better_word():
    """Two Prometheuses report the same alert, and the one that saw it first comes second."""
    looks = Looks()
    looks.look(9, alert(8))
    assert looks.look(10, alert(7)) == [(FIRING, 7, THEIRS)]


def test_one_that_fired_and_is_pending_again_had_ended():
    looks = Looks()
    looks.look(1, alert(0))
    assert looks.look(9, alert(8, PENDING)) == [(INACTIVE, 8, THEIRS), (PENDING, 8, THEIRS)]


def test_a_muted_alert_counts_from_when_it_is_muted_no_more():
    looks = Looks()
    assert looks.look(1, alert(0, muted=True)) == []
    assert looks.look(9, alert(0)) == [(FIRING, 9, OURS)]
    assert looks.look(10, alert(0, muted=True)) == [(INACTIVE, 10, OURS)]


def test_an_alert_without_a_date_is_dated_by_the_look():
    looks = Looks()
    assert looks.look(1, alert(None)) == [(FIRING, 1, OURS)]
    assert looks.look(2, alert(None)) == []
    assert looks.look(3, alert(0)) == []


def test_alerts_are_told_apart_by_their_labels_but_not_by_a_systems_own():
    looks = Looks()
    looks.look(1, alert(0), alert(0, job="other"))
    inner = ActiveAlert({**alert().labels, "__alert_rule_uid__": "x"}, FIRING, at(0))
    assert looks.look(2, inner) == [(INACTIVE, 2, OURS)]
