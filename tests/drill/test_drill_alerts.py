"""Alerts of other systems, on the drill's own clock."""

from story import alert, at, clock, journal, seconds, started

from chaos_pizza.drill.alerts import dated_changes, fresh_changes, raised_first
from chaos_pizza.drill.observations import gather
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertChanged
from chaos_pizza.model.incident import Peer

PENDING, FIRING, INACTIVE = AlertState.PENDING, AlertState.FIRING, AlertState.INACTIVE
MANAGER, PROMETHEUS = AlertSource.ALERTMANAGER, AlertSource.PROMETHEUS


def told(source, state, second, seen, peer, rule="failed-purchases", instance="job=shop"):
    return AlertChanged(rule, source, state, at(second), None, peer, at(seen), instance)


def gathered(*events):
    return gather(journal([(0.0, started()), *((60.0, event) for event in events)]))


def when_of(*events):
    return [seconds(dated.when) for dated in dated_changes(gathered(*events))]


def test_a_time_of_prometheus_is_moved_by_how_far_its_clock_is_ahead():
    """90.0 to 90.4 s ahead: 102 there was 11.6 to 12.0 here."""
    look = clock(5.0, 5.4, 95.4, 95.4, Peer.PROMETHEUS)
    assert when_of(look, told(PROMETHEUS, FIRING, 102.0, 13.0, Peer.PROMETHEUS)) == [(11.6, 12.0)]


def test_nothing_happened_later_than_it_was_read():
    look = clock(5.0, 7.0, 6.0, 6.0, Peer.PROMETHEUS)  # 1 behind to 1 ahead
    assert when_of(look, told(PROMETHEUS, FIRING, 12.0, 12.5, Peer.PROMETHEUS)) == [(11.0, 12.5)]


def test_alertmanager_hands_on_what_prometheus_stamped():
    """Its own clock is 50 s ahead, but `startsAt` is by Prometheus's, which is 90 s ahead."""
    looks = clock(5.0, 5.0, 95.0, 95.0, Peer.PROMETHEUS), clock(5.0, 5.0, 55.0, 55.0, Peer.ALERTMANAGER)
    assert when_of(*looks, told(MANAGER, FIRING, 102.0, 13.0, Peer.ALERTMANAGER)) == [(12.0, 12.0)]


def test_without_prometheus_alertmanagers_own_clock_is_taken():
    look = clock(5.0, 5.0, 55.0, 57.0, Peer.ALERTMANAGER)
    assert when_of(look, told(MANAGER, FIRING, 62.0, 13.0, Peer.ALERTMANAGER)) == [(10.0, 12.0)]


def test_of_a_clock_that_was_never_seen_only_the_reading_bounds_a_time():
    assert when_of(told(MANAGER, FIRING, 11.0, 13.0, Peer.ALERTMANAGER)) == [(11.0, 13.0)]
    assert when_of(told(MANAGER, FIRING, 99.0, 13.0, Peer.ALERTMANAGER)) == [(13.0, 13.0)]


def test_a_date_that_contradicts_its_clock_is_bound_by_the_reading():
    look = clock(5.0, 5.0, 5.0, 5.0, Peer.PROMETHEUS)
    assert when_of(look, told(PROMETHEUS, FIRING, 20.0, 13.0, Peer.PROMETHEUS)) == [(13.0, 13.0)]


def test_of_one_alert_in_two_systems_the_one_that_notifies_is_named():
    looks = (clock(5.0, 5.0, 5.0, 5.0, Peer.PROMETHEUS),)
    same = told(PROMETHEUS, FIRING, 12.0, 13.0, Peer.PROMETHEUS), told(MANAGER, FIRING, 12.0, 13.0, Peer.ALERTMANAGER)
    assert [dated.change.source for dated in dated_changes(gathered(*looks, *same))] == [MANAGER, PROMETHEUS]


def test_an_alert_of_one_instance_that_fired_before_does_not_hide_another():
    events = (
        alert(8.0, FIRING),
        told(MANAGER, FIRING, 8.0, 8.5, None, instance="job=shop"),
        told(MANAGER, FIRING, 12.0, 12.5, None, instance="job=synthetic-monitor"),
    )
    assert [dated.change.instance for dated in fresh_changes(gathered(*events), at(10.0))] == ["job=synthetic-monitor"]


def test_the_first_alert_comes_with_since_when_it_was_pending():
    fired, pending = raised_first(gathered(alert(11.0, PENDING), alert(14.0, FIRING)), at(10.0), at(50.0))
    assert (fired.change.at, seconds(pending)) == (at(14.0), (11.0, 11.0))


def test_what_was_pending_and_went_away_is_not_what_fired_later():
    events = alert(11.0, PENDING), alert(12.0, INACTIVE), alert(14.0, FIRING)
    _, pending = raised_first(gathered(*events), at(10.0), at(50.0))
    assert seconds(pending) == (14.0, 14.0)


def test_alertmanagers_alert_was_pending_since_prometheus_says():
    events = (
        clock(5.0, 5.0, 5.0, 5.0, Peer.PROMETHEUS),
        told(PROMETHEUS, PENDING, 11.0, 11.5, Peer.PROMETHEUS),
        told(PROMETHEUS, FIRING, 14.0, 14.5, Peer.PROMETHEUS),
        told(MANAGER, FIRING, 14.0, 14.9, Peer.ALERTMANAGER, instance="cluster=a, job=shop"),
    )
    fired, pending = raised_first(gathered(*events), at(10.0), at(50.0))
    assert (fired.change.source, seconds(pending)) == (MANAGER, (11.0, 11.0))


def test_nothing_is_raised_first_where_nothing_fired_in_time():
    assert raised_first(gathered(alert(11.0, PENDING), alert(51.0, FIRING)), at(10.0), at(50.0)) is None
