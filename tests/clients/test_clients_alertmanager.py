"""Alertmanager as a source of alerts, played by a small server."""

import pytest
from alerting_scene import Scene, seconds
from small_alerting import SmallAlertmanager

from chaos_pizza.clients.http import LARGEST_ANSWER
from chaos_pizza.errors import BadAnswer, Refused
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertChanged, AlertRuleDescribed
from chaos_pizza.model.incident import Peer

FIRING, INACTIVE = AlertState.FIRING, AlertState.INACTIVE


@pytest.fixture
def scene():
    scene = Scene(SmallAlertmanager)
    yield scene
    scene.server.close()


@pytest.fixture
def ahead():
    """Its clock is 90 s ahead of the drill's."""
    scene = Scene(SmallAlertmanager, ahead_s=90.0)
    yield scene
    scene.server.close()


def changes(scene):
    return [(change.state, seconds(change.at)) for change in scene.told(AlertChanged)]


def test_an_alert_is_dated_by_its_start_and_ends_at_the_look_that_misses_it(scene):
    scene.play(5, lambda: scene.server.fire(5.3), 5.5, 6.0, scene.server.alerts.clear, 6.5, 7.0)
    assert changes(scene) == [(FIRING, 5.3), (INACTIVE, 6.5)]
    fired, ended = scene.told(AlertChanged)
    assert (fired.peer, seconds(fired.seen_at), fired.instance) == (Peer.ALERTMANAGER, 5.5, "job=shop, severity=page")
    assert ended.peer is None


def test_an_alert_that_fired_before_the_first_look_is_dated_before_it(scene):
    scene.server.fire(-600)
    scene.play(0)
    assert changes(scene) == [(FIRING, -600)]


def test_a_silenced_or_inhibited_alert_counts_from_when_it_is_so_no_more(scene):
    def heard():
        scene.server.alerts.clear()
        scene.server.fire(5.3)

    scene.server.fire(5.3, state="suppressed")
    scene.play(6, 7, heard, 8)
    assert changes(scene) == [(FIRING, 8)]


def test_only_alerts_that_count_are_asked_for_and_told(scene):
    scene.server.fire(5, name="quick")
    scene.server.fire(5, severity="ticket")
    scene.play(6, alert_labels={"severity": "page"})
    assert changes(scene) == []
    assert scene.server.filters == ['alertname=~"slow"', 'severity="page"']


def test_clocks_90_s_apart_are_reckoned_with(ahead):
    """It fires at 13.5 of the drill's clock; the header's grain of 2 s is all that is uncertain of it."""
    ahead.play(0, 10.7, lambda: ahead.server.fire(13.5), 20)
    (change,) = ahead.told(AlertChanged)
    assert seconds(change.at) == 103.5
    ((state, earliest, latest),) = ahead.dated()
    assert state is FIRING
    assert earliest <= 13.5 <= latest
    assert latest - earliest <= 2


def test_how_long_it_waits_for_company_is_told_by_the_route_of_the_alert(scene):
    """What is known beforehand is the name alone, and the routes go by severity."""
    scene.play(5, lambda: scene.server.fire(5.3), 6, 7)
    assert scene.told(AlertRuleDescribed) == [AlertRuleDescribed(AlertSource.ALERTMANAGER, "slow", group_wait_s=5.0)]


def test_it_is_known_beforehand_where_the_labels_are(scene):
    scene.play(5, alert_labels={"severity": "page"})
    assert scene.told(AlertRuleDescribed) == [AlertRuleDescribed(AlertSource.ALERTMANAGER, "slow", group_wait_s=5.0)]


def test_only_a_short_gap_is_sure_to_hide_nothing(scene):
    scene.play(5, 5.5, 6.5, 8)
    assert [look.nothing_missed for look in scene.looks] == [True, True, True, False]


def test_the_wrong_url_says_what_to_check(scene):
    with pytest.raises(BadAnswer, match=r"no such path \(404\).*check PIZZA_ALERTMANAGER_URL, its path prefix"):
        scene.play(5, url=f"{scene.server.url}/prefix")


def test_an_expired_token_says_which_variable_to_set(scene):
    scene.server.token = "t0ken-new"
    with pytest.raises(Refused, match=r"\(401\).*expired.*set PIZZA_ALERTMANAGER_TOKEN"):
        scene.play(5, token="t0ken-old")


def test_a_page_of_html_is_no_list_of_alerts(scene):
    scene.server.instead = {"alerts": (200, "text/html", b"<html>")}
    with pytest.raises(BadAnswer, match="page of HTML"):
        scene.play(5)


def test_garbage_is_refused(scene):
    scene.server.instead = {"alerts": (200, "application/json", b'[{"labels": 1}]')}
    with pytest.raises(BadAnswer, match="its alerts in a form that is not Alertmanager's"):
        scene.play(5)


def test_an_answer_without_end_is_refused(scene):
    scene.server.instead = {"alerts": (200, "application/json", b"[" + b"1," * LARGEST_ANSWER)}
    with pytest.raises(BadAnswer, match="answer of over 1,000,000 bytes"):
        scene.play(5)
