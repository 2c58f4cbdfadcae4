"""Foreign answers: whatever they are, they are read or complained of in words that help."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.errors import BadAnswer, Refused, ServiceError
from chaos_pizza.monitoring import alertmanager, grafana, prometheus, rules
from chaos_pizza.monitoring.alert_history import AlertHistory
from chaos_pizza.monitoring.answers import (
    System,
    expect_data,
    expect_json,
    read_instant,
    read_labels,
    read_number,
    read_seconds,
    read_unix,
)
from chaos_pizza.monitoring.counting import Counting
from chaos_pizza.monitoring.scraped import ScrapedCounters
from chaos_pizza.wire.message import Answer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
GRAFANA = System("Grafana", "https://grafana.example/g", "PIZZA_GRAFANA_URL", "PIZZA_GRAFANA_TOKEN")
COUNTING = Counting(("slow",), {})

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        (
            *("success", "matrix", "firing", "active", "Alerting (NoData)", "1s", "NaN", "1e999", "\ud800"),
            *("0001-01-01T00:00:00Z", "2026-11-24T12:00:00.123456789Z", "9999-12-31T23:59:59-23:59"),
        )
    )
)
KEYS = st.sampled_from(
    (
        *("status", "data", "groups", "rules", "alerts", "labels", "state", "name", "interval", "lastEvaluation"),
        *("result", "resultType", "values", "metric", "activeTargets", "scrapeInterval", "startsAt", "activeAt"),
        *("config", "original", "query", "health", "lastError", "error", "alertname", "alertstate", "__name__"),
        *("type", "duration"),
    )
)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=40
)


def answered(body, status=200, content_type="application/json"):
    return Answer(status, body, content_type, None, NOON, NOON)


def in_envelope(data):
    return {"status": "success", "data": data}


def shaped(bodies):
    """The outer shape is right, and what is in it is anything."""
    return (
        bodies
        | bodies.map(in_envelope)
        | st.lists(bodies).map(lambda inner: in_envelope({"result": inner, "resultType": "matrix"}))
        | st.lists(bodies, max_size=3).map(lambda inner: in_envelope({"groups": [{"rules": inner, "interval": 1}]}))
        | st.lists(bodies, max_size=3).map(
            lambda inner: in_envelope({"groups": [{"rules": [{"name": "slow", "alerts": inner}]}]})
        )
    )


@given(
    shaped(ANYTHING),
    st.sampled_from(
        [
            prometheus.read_time,
            prometheus.read_series,
            prometheus.read_targets,
            prometheus.read_kept,
            rules.read_rules,
            grafana.read_grafana_rules,
            alertmanager.read_alerts,
            alertmanager.read_configuration,
            lambda answer, system: rules.chosen_rules(rules.read_rules(answer, system), COUNTING, system),
        ]
    ),
)
def test_any_json_is_read_or_is_an_error_of_ours(body, read):
    with suppress(ServiceError):
        read(answered(body), GRAFANA)


POINTS = st.lists(st.tuples(SCALARS | st.integers(0, 2_000_000_000), SCALARS).map(list), max_size=4)
LABELS = st.dictionaries(
    st.sampled_from(["__name__", "alertname", "alertstate", "job"]),
    st.sampled_from(["ALERTS", "ALERTS_FOR_STATE", "slow", "firing", "pending", "up", "\ud800"]),
)
SERIES = st.lists(st.fixed_dictionaries({"metric": LABELS, "values": POINTS}), max_size=6)


@given(SERIES, ANYTHING, st.integers(0, 2_000_000_000))
def test_whatever_samples_are_read_can_be_followed(result, loaded, server_s):
    with suppress(ServiceError):
        series = prometheus.read_series(answered(in_envelope({"resultType": "matrix", "result": result})), GRAFANA)
        server_at = read_unix(server_s)
        known = ()
        with suppress(ServiceError):
            known = rules.read_rules(answered(in_envelope({"groups": [loaded]})), GRAFANA)
        history, counters = AlertHistory(COUNTING, str), ScrapedCounters()
        for _ in range(2):
            for change in history.fold(series, known, server_at, NOON):
                change.rule.encode()
            scrapes = [at for at, _ in counters.fold(series, series, server_at)]
            assert scrapes == sorted(set(scrapes))


@pytest.mark.parametrize("status", [401, 403])
def test_an_expired_token_says_which_variable_to_set(status):
    with pytest.raises(Refused, match=r"Grafana \(https://grafana.example/g\).*expired.*set PIZZA_GRAFANA_TOKEN"):
        expect_json(answered({"message": "Invalid API key"}, status), GRAFANA, "its alert rules")


def test_a_redirect_is_taken_for_what_it_is_a_login_page():
    with pytest.raises(
        BadAnswer, match=r"redirect \(302\), as to a login page.*PIZZA_GRAFANA_TOKEN.*PIZZA_GRAFANA_URL"
    ):
        expect_json(answered(None, 302, "text/html"), GRAFANA, "its alert rules")


def test_a_login_page_that_is_answered_with_200_is_no_answer():
    with pytest.raises(BadAnswer, match=r"page of HTML.*login page.*set PIZZA_GRAFANA_TOKEN"):
        expect_json(answered(None, 200, "text/html"), GRAFANA, "its alert rules")


def test_a_path_that_is_not_there_speaks_of_the_address():
    with pytest.raises(BadAnswer, match=r"no such path \(404\).*check PIZZA_GRAFANA_URL, its path prefix included"):
        expect_json(answered(None, 404, "text/plain"), GRAFANA, "its alert rules")


def test_an_error_in_prometheuss_words_is_handed_on():
    body = {"status": "error", "errorType": "bad_data", "error": "parse error"}
    with pytest.raises(BadAnswer, match="answered 400 when asked for its time: parse error"):
        expect_data(answered(body, 400), GRAFANA, "its time")


def test_an_envelope_without_data_is_no_answer():
    with pytest.raises(BadAnswer, match="in a form that is not Grafana's"):
        expect_data(answered({"status": "success"}), GRAFANA, "its time")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-24T12:00:00Z", NOON),
        ("2026-11-24T13:00:00+01:00", NOON),
        # as Go writes it; Python keeps six digits
        ("2026-11-24T12:00:00.123456789Z", NOON.replace(microsecond=123456)),
        ("0001-01-01T00:00:00Z", None),
        ("2026-11-24T12:00:00", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("noon", None),
        (12, None),
    ],
)
def test_an_instant_is_read_with_its_zone_or_not_at_all(text, instant):
    assert read_instant(text) == instant


def test_seconds_since_1970_are_read_to_the_millisecond():
    assert read_unix(1795521600.7994) == NOON.replace(microsecond=799000)
    assert [read_unix(found) for found in ("soon", None, -1, 1e300, float("nan"), True)] == [None] * 6


def test_numbers_come_as_such_or_as_texts():
    assert [read_number(found) for found in ("2.5", 2, "NaN", "+Inf", "x", None, False, 10**400)] == [
        *(2.5, 2.0),
        *([None] * 6),
    ]
    assert [read_seconds(found) for found in (0, -1, 1e10)] == [0.0, None, None]


def test_labels_are_texts_that_can_be_written_down():
    assert read_labels({"job": "shop\ud800"}) == {"job": "shop?"}
    assert [read_labels(found) for found in (None, [], {"job": 1}, {str(n): "" for n in range(101)})] == [None] * 4
