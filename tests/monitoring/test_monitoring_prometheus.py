"""Prometheus's questions and answers; the answers are as version 2.42 gave them."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from chaos_pizza.errors import BadAnswer
from chaos_pizza.monitoring import prometheus
from chaos_pizza.monitoring.answers import System
from chaos_pizza.monitoring.counting import Counting
from chaos_pizza.monitoring.prometheus import Counters, ScrapeTarget, read_duration_s
from chaos_pizza.redaction import Secret
from chaos_pizza.wire.message import Answer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOON_S = 1795521600
PROMETHEUS = System("Prometheus", "http://p", "PIZZA_PROMETHEUS_URL", "PIZZA_PROMETHEUS_TOKEN")


def at(second):
    return NOON + timedelta(seconds=second)


def answered(data):
    return Answer(200, {"status": "success", "data": data}, "application/json", None, NOON, NOON)


def asked(question):
    parts = urlsplit(question.path)
    return parts.path, parse_qs(parts.query)


def test_alerts_are_asked_for_narrowly():
    question = prometheus.alerts_query(Counting(("a-b", "c"), {"severity": "page"}), at(-29.5), NOON, Secret("t0ken"))
    assert asked(question) == (
        "/api/v1/query",
        {
            "query": [r'{__name__=~"ALERTS|ALERTS_FOR_STATE",alertname=~"a\\-b|c",severity="page"}[30s]'],
            "time": [f"{NOON_S}.000"],
        },
    )
    assert question.token == Secret("t0ken")


def test_messages_name_a_question_without_its_query():
    assert prometheus.time_query(None).label == "GET /api/v1/query"


def test_rules_are_asked_for_by_name():
    path, query = asked(prometheus.rules_query(("a", "b"), None))
    assert (path, query) == (
        "/api/v1/rules",
        {"type": ["alert"], "exclude_alerts": ["true"], "rule_name[]": ["a", "b"]},
    )


def test_counters_and_scrapes_are_asked_for_by_what_is_known_of_them():
    counters = prometheus.counters_query(Counters("failed", frozenset({("store", 'a"b')})), at(-10), NOON, None)
    assert asked(counters)[1]["query"] == [r'{__name__="failed",store="a\"b"}[11s]']
    assert asked(prometheus.up_query({"shop", "a.b"}, at(-10), NOON, None))[1]["query"] == [
        r'up{job=~"a\\.b|shop"}[11s]'
    ]
    assert asked(prometheus.kept_query(NOON, None))[1] == {"query": ["count(up)"], "time": [f"{NOON_S}.000"]}
    assert prometheus.targets_query(None).path == "/api/v1/targets?state=active"


def test_the_time_is_read_to_the_millisecond():
    answer = answered({"resultType": "scalar", "result": [NOON_S + 0.779, f"{NOON_S}.779"]})
    assert prometheus.read_time(answer, PROMETHEUS) == at(0.779)


def test_raw_samples_are_read_with_their_times():
    (series,) = prometheus.read_series(
        answered(
            {
                "resultType": "matrix",
                "result": [
                    {
                        "metric": {"__name__": "up", "instance": "127.0.0.1:1", "job": "other"},
                        "values": [[NOON_S + 0.983, "0"], [NOON_S + 2.983, "1"], [NOON_S + 4.983, "NaN"]],
                    }
                ],
            }
        ),
        PROMETHEUS,
    )
    assert series.samples == ((at(0.983), 0.0), (at(2.983), 1.0))
    assert series.metric == "up"
    assert series.key == ("up", frozenset({("instance", "127.0.0.1:1"), ("job", "other")}))


def test_a_label_may_be_called_as_anything_of_ours_is():
    labels = {"__name__": "x", "metric": "a", "labels": "b"}
    answer = answered({"resultType": "matrix", "result": [{"metric": labels, "values": []}]})
    (series,) = prometheus.read_series(answer, PROMETHEUS)
    assert series.key == ("x", frozenset({("metric", "a"), ("labels", "b")}))


@pytest.mark.parametrize(
    "data",
    [
        {"resultType": "vector", "result": []},
        {"resultType": "matrix"},
        {"resultType": "matrix", "result": [1]},
        {"resultType": "matrix", "result": [{"metric": {}, "values": [[1]]}]},
        {"resultType": "matrix", "result": [{"metric": {}, "values": [["x", "1"]]}]},
        {"resultType": "matrix", "result": [{"metric": {"a": 1}, "values": []}]},
    ],
)
def test_samples_of_another_form_are_refused(data):
    with pytest.raises(BadAnswer, match="the samples of its series in a form"):
        prometheus.read_series(answered(data), PROMETHEUS)


def test_targets_are_read_with_how_often_they_are_scraped():
    targets = [
        {"labels": {"job": "shop"}, "scrapeInterval": "1s", "health": "up"},
        {"labels": {"job": "old"}},
        {"labels": None},
    ]
    assert prometheus.read_targets(answered({"activeTargets": targets, "droppedTargets": []}), PROMETHEUS) == (
        ScrapeTarget({"job": "shop"}, 1.0),
        ScrapeTarget({"job": "old"}, None),
    )


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *[("30s", 30), ("1m30s", 90), ("500ms", 0.5), ("1h", 3600), ("1d", 86400), ("0s", 0)],
        *[("", None), ("s", None), ("soon", None), (30, None), (None, None), ("9" * 40 + "s", None)],
    ],
)
def test_durations_are_read_as_prometheus_writes_them(text, seconds):
    assert read_duration_s(text) == seconds


def test_whether_something_is_kept_is_whether_there_is_an_answer():
    assert prometheus.read_kept(answered({"resultType": "vector", "result": [{"metric": {}}]}), PROMETHEUS)
    assert not prometheus.read_kept(answered({"resultType": "vector", "result": []}), PROMETHEUS)
