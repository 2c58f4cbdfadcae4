"""Grafana's rules and what it hands on, in the form of its interface (versions 9 to 12)."""

from datetime import UTC, datetime, timedelta

from chaos_pizza.model.alert import AlertState
from chaos_pizza.monitoring import grafana
from chaos_pizza.monitoring.active_alerts import ActiveAlert, identity_of
from chaos_pizza.monitoring.answers import System
from chaos_pizza.monitoring.counting import Counting
from chaos_pizza.monitoring.rules import faults
from chaos_pizza.wire.message import Answer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
GRAFANA = System("Grafana", "http://g", "PIZZA_GRAFANA_URL", "PIZZA_GRAFANA_TOKEN")
COUNTING = Counting(("slow",), {})
LABELS = {"alertname": "slow", "grafana_folder": "Pizza", "job": "shop"}


def rule(*alerts, **said):
    return {
        "state": "firing",
        "name": "slow",
        "query": "A",
        "duration": 60,
        "alerts": [
            {"labels": labels, "annotations": {}, "state": state, "activeAt": active_at, "value": ""}
            for labels, state, active_at in alerts
        ],
        "labels": {"severity": "page"},
        "health": "ok",
        "type": "alerting",
        "lastEvaluation": "2026-11-24T12:00:10Z",
        "evaluationTime": 0.01,
        **said,
    }


def read(*rules):
    data = {"groups": [{"name": "g", "file": "Pizza", "interval": 10, "rules": list(rules)}], "totals": {}}
    body = {"status": "success", "data": data}
    return grafana.read_grafana_rules(Answer(200, body, "application/json", None, NOON, NOON), GRAFANA)


def states(rules, notified=()):
    active, ended_at = grafana.active_alerts(rules, notified, COUNTING)
    return [(alert.state, alert.since_at, alert.muted) for alert in active], ended_at


def test_each_alert_has_the_state_that_its_word_means_and_since_when():
    rules = read(
        rule(
            (LABELS, "Alerting", "2026-11-24T12:00:00Z"),
            ({**LABELS, "job": "a"}, "Pending", "2026-11-24T12:00:01Z"),
            ({**LABELS, "job": "b"}, "Alerting (NoData)", "2026-11-24T12:00:02Z"),
            ({**LABELS, "job": "c"}, "Recovering", "2026-11-24T12:00:03Z"),
            ({**LABELS, "job": "d"}, "Normal (MissingSeries)", "2026-11-24T12:00:04Z"),
            ({**LABELS, "job": "e"}, "NoData", None),
        )
    )
    active, ended_at = states(rules)
    firing, pending = AlertState.FIRING, AlertState.PENDING
    assert active == [
        (state, NOON + timedelta(seconds=second), False)
        for second, state in enumerate([firing, pending, firing, firing])
    ]
    assert ended_at == {identity_of({**LABELS, "job": "d"}): NOON + timedelta(seconds=4)}


def test_one_that_is_silenced_is_muted_and_labels_of_grafanas_own_do_not_matter():
    rules = read(rule((LABELS, "Alerting", "2026-11-24T12:00:00Z")))
    handed_on = ActiveAlert({**LABELS, "__alert_rule_uid__": "x"}, AlertState.FIRING, NOON, muted=True)
    assert states(rules, [handed_on])[0] == [(AlertState.FIRING, NOON, True)]


def test_without_a_date_under_its_rule_the_one_handed_on_is_taken():
    rules = read(rule((LABELS, "Alerting", None)))
    assert states(rules)[0] == [(AlertState.FIRING, None, False)]
    assert states(rules, [ActiveAlert(LABELS, AlertState.FIRING, NOON)])[0] == [(AlertState.FIRING, NOON, False)]


def test_what_does_not_count_is_left_out():
    assert states(read(rule(({"alertname": "fast"}, "Alerting", None))))[0] == []


def test_a_duration_of_0_is_left_out_by_grafana():
    given = rule()
    del given["duration"]
    assert read(given)[0].for_s == 0.0


def test_a_rule_that_is_paused_or_in_error_can_not_fire():
    assert faults(read(rule(isPaused=True))) == "alert rule 'slow' is paused"
    assert faults(read(rule(health="error", lastError="no such data source"))) == (
        "alert rule 'slow' can't be evaluated (no such data source)"
    )
    assert faults(read(rule(health="nodata"))) == ""


def test_both_of_its_interfaces_are_asked_below_its_own_paths():
    assert grafana.rules_query(None).path == "/api/prometheus/grafana/api/v1/rules"
    assert grafana.notified_query(COUNTING, None).label == "GET /api/alertmanager/grafana/api/v2/alerts"
