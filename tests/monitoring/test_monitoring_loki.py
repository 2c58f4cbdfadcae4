"""Loki's search: the questions, and what its answers mean."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.errors import BadAnswer, PizzaError, Refused, UsageError
from chaos_pizza.monitoring.loki import count_request, first_request, loki, read_count, read_first
from chaos_pizza.redaction import Secret
from chaos_pizza.wire.message import Answer

# 2026-11-24 12:00 UTC: 20,781 days since 1970, so 20,781 * 86,400 + 43,200 s
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOON_NS = 1795521600 * 10**9
SYSTEM = loki("http://loki:3100")
QUERY = '{app="pizza"} |= "failed"'
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("1795521600"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["status", "data", "result", "resultType", "value", "values"]), inner)
    ),
    max_leaves=10,
)


def answer(body, status=200, content_type="application/json"):
    return Answer(status, body, content_type, None, NOON, NOON)


def found(kind, result):
    return answer({"status": "success", "data": {"resultType": kind, "result": result}})


def asked(request):
    return {name: values[0] for name, values in parse_qs(urlsplit(request.path).query, strict_parsing=True).items()}


def test_lines_are_counted_by_loki_itself_over_the_stretch_that_ends_now():
    request = count_request(QUERY, NOON, NOON + timedelta(seconds=2.5), Secret("token"))
    assert urlsplit(request.path).path == "/loki/api/v1/query"
    assert asked(request) == {"query": f"sum(count_over_time({QUERY}\n[2500ms]))", "time": str(NOON_NS + 25 * 10**8)}
    assert request.token == Secret("token")
    assert "?" not in request.label


def test_a_comment_at_the_end_of_the_query_does_not_swallow_the_range():
    request = count_request(QUERY + " # of diners", NOON, NOON + timedelta(seconds=1))
    assert asked(request)["query"].splitlines()[1] == "[1000ms]))"


def test_of_the_lines_themselves_only_the_oldest_is_asked_for():
    request = first_request(QUERY, NOON, NOON + timedelta(seconds=1))
    assert urlsplit(request.path).path == "/loki/api/v1/query_range"
    assert asked(request) == {
        "query": QUERY,
        "start": str(NOON_NS + 1000),
        "end": str(NOON_NS + 10**9 + 1000),
        "limit": "1",
        "direction": "forward",
    }


@pytest.mark.parametrize("query", ["", "  ", "{" * 5000])
def test_a_query_that_can_be_none_is_refused_before_it_is_asked(query):
    with pytest.raises(UsageError, match="LogQL"):
        count_request(query, NOON, NOON + timedelta(seconds=1))
    with pytest.raises(UsageError):
        first_request(QUERY, NOON, NOON)


def test_an_empty_vector_counts_nothing():
    assert read_count(found("vector", []), SYSTEM) == 0
    assert read_count(found("vector", [{"metric": {}, "value": [1795521600.1, "57"]}]), SYSTEM) == 57


@pytest.mark.parametrize("result", [[1], [{}], [{"value": [1]}], [{"value": [1, "-1"]}], [{"value": [1, "NaN"]}]])
def test_a_count_that_is_none_is_unknown(result):
    with pytest.raises(BadAnswer):
        read_count(found("vector", result), SYSTEM)


def test_the_first_of_the_lines_of_all_streams_is_dated_by_the_log():
    streams = [
        {"stream": {}, "values": [[str(NOON_NS + 2_000), "late"]]},
        {"stream": {}, "values": [[str(NOON_NS + 1_999), "secret"]]},
    ]
    assert read_first(found("streams", streams), SYSTEM) == NOON + timedelta(microseconds=1)
    assert read_first(found("streams", []), SYSTEM) is None


@pytest.mark.parametrize("result", [[1], [{}], [{"values": [1]}], [{"values": [[7, "line"]]}], [{"values": [["x"]]}]])
def test_a_line_without_a_date_is_no_answer(result):
    with pytest.raises(BadAnswer):
        read_first(found("streams", result), SYSTEM)


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        (answer(None, 401, "text/plain"), Refused, "PIZZA_LOKI_TOKEN"),
        (answer(None, 400, "text/plain"), Refused, "is the `query` LogQL"),
        (answer(None, 404, "text/plain"), BadAnswer, "PIZZA_LOKI_URL"),
        (answer(None, 302, "text/html"), BadAnswer, "redirect"),
        (answer(None, 200, "text/html"), BadAnswer, "HTML"),
        (answer(None, 500, "text/plain"), BadAnswer, "500"),
        (answer([]), BadAnswer, "form that is not Loki's"),
        (found("matrix", []), BadAnswer, "another kind"),
        (found("vector", {}), BadAnswer, "another kind"),
    ],
)
def test_what_is_no_result_says_what_to_do(said, error, words):
    with pytest.raises(error, match=words) as raised:
        read_count(said, SYSTEM)
    assert "http://loki:3100" in str(raised.value)
    assert "\n" not in str(raised.value)


@given(JSON, st.sampled_from([200, 204, 301, 400, 500]))
def test_whatever_loki_answers_only_our_errors_are_raised(body, status):
    for reader in (read_count, read_first):
        for said in (answer(body, status), found("vector", body), found("streams", body)):
            with suppress(PizzaError):
                reader(said, SYSTEM)
