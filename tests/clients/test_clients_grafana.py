"""Grafana as a source of alerts, played by a small server that wants a service account's token."""

import pytest
from alerting_scene import Scene, seconds
from small_alerting import SmallGrafana

from chaos_pizza.clients.http import LARGEST_ANSWER
from chaos_pizza.errors import BadAnswer, Refused
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertChanged, AlertRuleDescribed
from chaos_pizza.model.incident import Peer

PENDING, FIRING, INACTIVE = AlertState.PENDING, AlertState.FIRING, AlertState.INACTIVE
LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Grafana</title></head></html>"


@pytest.fixture
def scene():
    scene = Scene(SmallGrafana)
    yield scene
    scene.server.close()


@pytest.fixture
def ahead():
    """Its clock is 90 s ahead of the drill's."""
    scene = Scene(SmallGrafana, ahead_s=90.0)
    yield scene
    scene.server.close()


def changes(scene):
    return [(change.state, seconds(change.at)) for change in scene.told(AlertChanged)]


def becomes(scene, *alerts):
    return lambda: setattr(scene.server, "alerts", list(alerts))


def test_an_alert_is_pending_firing_and_over_when_grafana_says(scene):
    scene.play(
        *(5, becomes(scene, ("Pending", 5.2)), 6, becomes(scene, ("Alerting", 65.2)), 66),
        *(becomes(scene, ("Normal", 75.2)), 76, 77),
    )
    assert changes(scene) == [(PENDING, 5.2), (FIRING, 65.2), (INACTIVE, 75.2)]
    change = scene.told(AlertChanged)[0]
    assert (change.rule, change.peer, change.instance) == ("slow", Peer.GRAFANA, "grafana_folder=Pizza, job=shop")


def test_one_that_has_gone_without_a_word_ended_at_the_look(scene):
    scene.play(becomes(scene, ("Alerting", 4)), 5, becomes(scene), 6)
    assert changes(scene) == [(FIRING, 4), (INACTIVE, 6)]


def test_an_alert_that_fired_before_the_first_look_is_dated_before_it(scene):
    scene.server.alerts = [("Alerting", -600)]
    scene.play(0)
    assert changes(scene) == [(FIRING, -600)]


def test_a_silenced_alert_does_not_count_until_it_is_heard(scene):
    scene.server.alerts, scene.server.silenced = [("Alerting", 4)], True
    scene.play(5, lambda: setattr(scene.server, "silenced", False), 8)
    assert changes(scene) == [(FIRING, 8)]


def test_clocks_90_s_apart_are_reckoned_with(ahead):
    ahead.play(0, 10.7, becomes(ahead, ("Alerting", 13.5)), 20)
    ((state, earliest, latest),) = ahead.dated()
    assert state is FIRING
    assert earliest <= 13.5 <= latest
    assert latest - earliest <= 2


def test_the_rule_is_described_by_its_groups_interval_and_its_own_wait(scene):
    scene.play(5, 6)
    assert scene.told(AlertRuleDescribed) == [
        AlertRuleDescribed(AlertSource.GRAFANA, "slow", None, 10.0, 60.0, None, "A")
    ]


def test_a_gap_shorter_than_an_evaluation_hides_nothing(scene):
    scene.play(5, 6, 16, 27)
    assert [look.nothing_missed for look in scene.looks] == [True, True, True, False]


def test_an_expired_token_says_which_variable_to_set(scene):
    with pytest.raises(Refused, match=r"\(401\).*expired.*set PIZZA_GRAFANA_TOKEN") as refused:
        scene.play(5, token="glsa_expired")
    assert "glsa_expired" not in str(refused.value)


def test_a_login_page_instead_of_json_says_which_variable_to_set(scene):
    scene.server.instead = {"rules": (200, "text/html; charset=UTF-8", LOGIN_PAGE)}
    with pytest.raises(BadAnswer, match=r"page of HTML \(200\), as a login page is.*set PIZZA_GRAFANA_TOKEN"):
        scene.play(5)


def test_a_redirect_to_the_login_page_is_not_followed(scene):
    scene.server.instead = {"rules": (302, "text/html; charset=utf-8", b'<a href="/login">Found</a>.')}
    with pytest.raises(BadAnswer, match=r"redirect \(302\), as to a login page.*set PIZZA_GRAFANA_TOKEN"):
        scene.play(5)
    assert "/login" not in scene.server.asked


def test_the_wrong_url_says_what_to_check(scene):
    with pytest.raises(BadAnswer, match=r"no such path \(404\).*check PIZZA_GRAFANA_URL"):
        scene.play(5, url=f"{scene.server.url}/grafana")


def test_a_token_that_may_not_read_what_is_handed_on_is_refused(scene):
    scene.server.instead = {"alertmanager": (403, "application/json", b'{"message":"Access denied"}')}
    with pytest.raises(Refused, match=r"refused to tell its alerts \(403\).*lacks the right; set PIZZA_GRAFANA_TOKEN"):
        scene.play(5)


def test_an_alert_that_no_rule_raises_is_refused_by_name(scene):
    with pytest.raises(Refused, match="no alert rule is called 'quick'; it knows 'slow'"):
        scene.play(5, alerts=("quick",))


def test_a_rule_that_is_paused_is_no_quiet_one(scene):
    scene.server.rule = {"isPaused": True}
    with pytest.raises(BadAnswer, match="alert rule 'slow' is paused; mend it"):
        scene.play(5)


def test_garbage_is_refused(scene):
    scene.server.instead = {"rules": (200, "application/json", b'{"status":"success","data":{"groups":[[]]}}')}
    with pytest.raises(BadAnswer, match="its alert rules in a form that is not Grafana's"):
        scene.play(5)


def test_an_answer_without_end_is_refused(scene):
    scene.server.instead = {"rules": (200, "application/json", b"[" + b"1," * LARGEST_ANSWER)}
    with pytest.raises(BadAnswer, match="answer of over 1,000,000 bytes"):
        scene.play(5)
