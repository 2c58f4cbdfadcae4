"""Prometheus as a source of alerts, played by a small server with a path prefix."""

from datetime import timedelta

import pytest
from alerting_scene import Scene, seconds
from small_alerting import SmallPrometheus

from chaos_pizza.clients.http import LARGEST_ANSWER
from chaos_pizza.errors import BadAnswer, Refused, ServiceError, Unreachable
from chaos_pizza.model.alert import AlertRule, AlertSource, AlertState, Operator
from chaos_pizza.model.alert_event import AlertChanged, AlertRuleDescribed, SeriesScraped
from chaos_pizza.model.incident import Peer

PENDING, FIRING, INACTIVE = AlertState.PENDING, AlertState.FIRING, AlertState.INACTIVE
RULES = (AlertRule("slow", "purchases", Operator.ABOVE, 1, 10, of_metric="revenue"),)
HTML = (200, "text/html; charset=utf-8", b"<!DOCTYPE html><html><title>Log in</title></html>")


@pytest.fixture
def scene():
    scene = Scene(SmallPrometheus)
    yield scene
    scene.server.close()


@pytest.fixture
def ahead():
    """Its clock is 90 s ahead of the drill's."""
    scene = Scene(SmallPrometheus, ahead_s=90.0)
    yield scene
    scene.server.close()


def changes(scene):
    return [(change.state, seconds(change.at)) for change in scene.told(AlertChanged)]


def test_an_alert_is_dated_by_the_evaluations_that_changed_it(scene):
    scene.server.pending, scene.server.firing = [(10.5, 13.5)], [(13.5, 20.5)]
    scene.play(*range(5, 30))
    assert changes(scene) == [(PENDING, 10.5), (FIRING, 13.5), (INACTIVE, 20.5)]
    first = scene.told(AlertChanged)[0]
    assert (first.rule, first.instance, first.peer) == ("slow", "job=shop, severity=page", Peer.PROMETHEUS)
    assert seconds(first.seen_at) == 11


def test_an_alert_that_fires_and_ends_between_two_looks_is_seen(scene):
    scene.server.firing = [(10.5, 12.5)]
    scene.play(5, 60)
    assert changes(scene) == [(FIRING, 10.5), (INACTIVE, 12.5)]


def test_an_alert_that_was_firing_before_the_first_look_is_dated_before_it(scene):
    scene.server.firing = [(-200.5, 100.5)]
    scene.play(0)
    assert changes(scene) == [(FIRING, -200.5)]


def test_one_that_fires_since_long_ago_is_dated_by_its_own_word_and_the_farthest_sample(scene):
    scene.server.pending, scene.server.firing = [(-900.0, -890.0)], [(-890.0, 100.0)]
    scene.play(0)
    # Five minutes, and the second by which a range is longer since its left end may be left out.
    assert changes(scene) == [(PENDING, -900), (FIRING, -301)]


def test_clocks_90_s_apart_are_reckoned_with(ahead):
    """It fires at 13.5 of the drill's clock, which the server stamps 103.5."""
    ahead.server.firing = [(13.5, 60.5)]
    ahead.play(0, 20)
    (change,) = ahead.told(AlertChanged)
    assert seconds(change.at) == 103.5
    (clock,) = ahead.looks[0].clocks
    assert clock.peer is Peer.PROMETHEUS
    assert clock.peer_earliest - clock.received_at == timedelta(seconds=90)
    ((state, earliest, latest),) = ahead.dated()
    assert state is FIRING
    assert earliest <= 13.5 <= latest
    assert latest - earliest <= 0.0011


def test_rules_are_described_once_with_how_often_their_target_is_scraped(scene):
    scene.server.counters = {("purchases", "failed"): dict.fromkeys(range(20), 0.0)}
    scene.play(5, 8, 11, rules=RULES)
    expression = "pizza_latency > 1"
    assert scene.told(AlertRuleDescribed) == [
        AlertRuleDescribed(AlertSource.PROMETHEUS, "slow", 1.0, 1.0, 3.0, None, expression)
    ]


def test_the_counters_of_the_rules_are_told_scrape_by_scrape(scene):
    scene.server.counters = {
        ("purchases", "failed"): dict.fromkeys(range(5), 0.0) | {5: 2.0},
        ("revenue", "ok"): dict.fromkeys(range(6), 1.5),
    }
    scene.play(4, 5, 7, rules=RULES)
    failed = 'purchases{instance="one",job="shop",outcome="failed"}'
    revenue = 'revenue{instance="one",job="shop",outcome="ok"}'
    scrapes = scene.told(SeriesScraped)
    assert [(seconds(scrape.at), scrape.values) for scrape in scrapes] == [
        (0, {failed: 0.0, revenue: 1.5}),
        *[(second, {}) for second in (1, 2, 3, 4)],
        (5, {failed: 2.0}),
    ]
    assert {(scrape.source, scrape.peer) for scrape in scrapes} == {(AlertSource.PROMETHEUS, Peer.PROMETHEUS)}


def test_what_it_could_not_tell_when_it_was_lost_it_tells_afterwards(scene):
    scene.server.firing = [(10.5, 12.5)]
    broken = (503, "text/plain", b"Service Unavailable")
    look = scene.play(
        5, lambda: scene.server.instead.update({"query": broken}), 8, 20, 200, scene.server.instead.clear, 400
    )
    assert [type(look) for look in scene.looks[1:4]] == [BadAnswer] * 3
    assert changes(scene) == [(FIRING, 10.5), (INACTIVE, 12.5)]
    assert look.nothing_missed


def test_what_is_written_down_late_is_not_missed(scene):
    scene.server.firing, scene.server.late_s = [(10.5, 11.5)], 2.8
    scene.play(5, 12, 14, 20)
    assert changes(scene) == [(FIRING, 10.5), (INACTIVE, 11.5)]


def test_a_look_that_fails_halfway_loses_nothing(scene):
    scene.server.firing = [(10.5, 60.5)]
    rules = scene.server.instead
    scene.play(5, lambda: rules.update({"rules": (500, "text/plain", b"")}), 12, rules.clear, 13)
    assert isinstance(scene.looks[1], ServiceError)
    assert changes(scene) == [(FIRING, 10.5)]


def test_a_server_that_has_lost_its_memory_is_not_believed_to_have_told_all(scene):
    def forget():
        scene.server.instead.clear()
        scene.server.kept_since = 30

    broken = {"query": (503, "text/plain", b"")}
    assert not scene.play(5, lambda: scene.server.instead.update(broken), 8, forget, 40).nothing_missed
    assert scene.play(41, 42).nothing_missed
    assert scene.server.queries.count("count(up)") == 1


def test_what_lies_more_than_an_hour_back_is_not_asked_for(scene):
    broken = {"query": (503, "text/plain", b"")}
    look = scene.play(5, lambda: scene.server.instead.update(broken), 8, scene.server.instead.clear, 4000)
    assert not look.nothing_missed


def test_an_alert_that_no_rule_raises_is_refused_by_name(scene):
    with pytest.raises(Refused, match=r"no alert rule is called 'quick'; it knows 'slow'; name those that count"):
        scene.play(5, alerts=("slow", "quick"))


def test_without_any_alert_that_counts_nothing_is_asked(scene):
    with pytest.raises(Refused, match="nothing says which of Prometheus's alerts count"):
        scene.play(5, alerts=())
    assert scene.server.asked == []


def test_labels_alone_choose_the_alerts(scene):
    scene.server.firing = [(1.5, 60.5)]
    scene.play(5, alerts=(), alert_labels={"severity": "page"})
    assert changes(scene) == [(FIRING, 1.5)]
    scene.looks.clear()
    with pytest.raises(Refused, match="any name with severity=ticket"):
        scene.play(6, alerts=(), alert_labels={"severity": "ticket"})


def test_a_rule_that_can_not_be_evaluated_is_no_quiet_one(scene):
    scene.server.health = {"health": "err", "lastError": "many-to-many matching not allowed"}
    with pytest.raises(BadAnswer, match=r"'slow' can't be evaluated \(many-to-many matching not allowed\); mend it"):
        scene.play(5)


def test_the_wrong_url_says_what_to_check(scene):
    without_prefix = scene.server.url.removesuffix(scene.server.prefix)
    with pytest.raises(BadAnswer, match=r"no such path \(404\).*check PIZZA_PROMETHEUS_URL, its path prefix included"):
        scene.play(5, url=without_prefix)
    with pytest.raises(Unreachable, match="can't be reached"):
        scene.play(6, url="http://127.0.0.1:1")


def test_a_page_of_something_else_says_what_to_check(scene):
    scene.server.instead = {"": HTML}
    with pytest.raises(BadAnswer, match=r"page of HTML.*PIZZA_PROMETHEUS_TOKEN.*check PIZZA_PROMETHEUS_URL"):
        scene.play(5)


def test_an_expired_token_says_which_variable_to_set_and_is_never_shown(scene):
    scene.server.token = "t0ken-new"
    assert scene.play(5, token="t0ken-new").nothing_missed
    with pytest.raises(Refused, match=r"\(401\).*expired.*set PIZZA_PROMETHEUS_TOKEN") as refused:
        scene.play(6, token="t0ken-old")
    assert "t0ken-old" not in str(refused.value)


def test_an_error_that_quotes_the_token_is_cleaned_of_it(scene):
    scene.server.instead = {"": (400, "application/json", b'{"status":"error","error":"bad t0ken-0123 in header"}')}
    with pytest.raises(BadAnswer, match=r"answered 400 when asked for its time: bad \*\*\* in header"):
        scene.play(5, token="t0ken-0123")


def test_an_answer_without_end_is_refused(scene):
    scene.server.instead = {"rules": (200, "application/json", b"[" + b"1," * LARGEST_ANSWER)}
    with pytest.raises(BadAnswer, match="answer of over 1,000,000 bytes"):
        scene.play(5)


def test_counters_that_are_too_much_hide_no_alert(scene):
    scene.server.firing = [(1.5, 60.5)]
    scene.server.counters = {("purchases", f"x{number}" * 50): {0: 0.0} for number in range(6000)}
    scene.play(5, 8, rules=RULES)
    assert changes(scene) == [(FIRING, 1.5)]
    assert scene.told(SeriesScraped) == []
    assert sum("purchases" in query for query in scene.server.queries) == 1


def test_a_clock_that_is_set_back_harms_nothing(scene):
    def set_back():
        scene.server.ahead_s = -100.0

    scene.server.firing = [(10.5, 20.5)]
    scene.play(5, 12, set_back, 13, 14)
    assert changes(scene) == [(FIRING, 10.5)]
