"""Notifications, in the forms that their senders document."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.errors import BadAnswer
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.monitoring.counting import Counting
from chaos_pizza.monitoring.webhook import NotificationPayload, read_notification


def alert(name="slow", status="firing", **labels):
    return {
        "status": status,
        "labels": {"alertname": name, **labels},
        "annotations": {},
        "startsAt": "2026-11-24T12:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus/graph",
        "fingerprint": "6e4922df6c3808fb",
    }


def alertmanagers(*alerts, status="firing"):
    return {
        "version": "4",
        "groupKey": '{}:{alertname="slow"}',
        "truncatedAlerts": 0,
        "status": status,
        "receiver": "drill",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager",
        "alerts": list(alerts),
    }


def grafanas(*alerts, status="firing"):
    said = {"version": "1", "orgId": 1, "title": "[FIRING:1] slow", "state": "alerting", "message": "**Firing**"}
    return {**alertmanagers(*alerts, status=status), **said}


def test_who_sent_it_is_told_by_its_form():
    for body, source in ((alertmanagers, AlertSource.ALERTMANAGER), (grafanas, AlertSource.GRAFANA)):
        assert read_notification(body(alert())) == NotificationPayload(source, AlertState.FIRING, ("slow",))


def test_what_is_resolved_is_inactive():
    body = alertmanagers(alert(status="resolved"), status="resolved")
    assert read_notification(body).state is AlertState.INACTIVE


def test_rules_are_named_once_and_only_those_of_the_notifications_own_state():
    body = alertmanagers(alert("b", job="x"), alert("a"), alert("b", job="y"), alert("c", "resolved"))
    assert read_notification(body).rules == ("b", "a")


def test_only_alerts_that_count_are_named_where_that_is_asked_for():
    body = alertmanagers(alert("a", team="pizza"), alert("b", team="pasta"))
    assert read_notification(body, Counting((), {"team": "pizza"})).rules == ("a",)
    assert read_notification(body, Counting(("else",))).rules == ()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ([], "no JSON object"),
        ({}, "neither firing nor resolved"),
        ({**alertmanagers(alert()), "status": []}, "neither firing nor resolved"),
        ({**alertmanagers(alert()), "version": "3"}, "neither Grafana's nor"),
        (alertmanagers(), "no list of alerts"),
        ({**alertmanagers(), "alerts": {}}, "no list of alerts"),
        (alertmanagers({"status": "firing", "labels": {}}), "no name or no status"),
        (alertmanagers({**alert(), "status": []}), "no name or no status"),
        (alertmanagers(None), "no name or no status"),
        (alertmanagers(alert(status="resolved")), "none of its alerts has its own status"),
    ],
)
def test_anything_else_is_refused_and_says_where_notifications_come_from(body, why):
    with pytest.raises(BadAnswer, match=rf"{why}.*point a webhook receiver"):
        read_notification(body)


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["4", "firing", "\ud800"])
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["status", "labels", "alertname", "alerts", "version", "orgId"]), inner)
    ),
)


@given(
    ANYTHING | st.fixed_dictionaries({"status": st.just("firing"), "alerts": st.lists(ANYTHING), "version": SCALARS})
)
def test_any_json_is_read_or_refused(body):
    with suppress(BadAnswer):
        "".join(read_notification(body).rules).encode()
