"""What k6 1.1 writes as it runs, read line by line."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from k6_lines import ENDED, checked, metric, request_lines

from chaos_pizza.engines.k6_points import K6Check, K6Dropped, K6Reader, K6Request
from chaos_pizza.model.micros import micros_of

ENDED_US = micros_of(datetime(2026, 11, 26, 0, 44, 5, 648287, tzinfo=UTC))


def read(*lines):
    reader = K6Reader()
    told = [each for line in lines for each in reader.read(line)] + reader.rest()
    return told, reader.refused


def test_the_points_of_a_request_make_one_with_the_wait_for_its_connection_in_it():
    told, refused = read(*request_lines(duration_ms=13.909652, blocked_ms=0.402609))
    assert told == [
        K6Request(
            ended_us=ENDED_US,
            took_us=14_312,
            method="POST",
            url="http://127.0.0.1:33355/api/order",
            status=200,
            timed_out=False,
            by="1/0",
        )
    ]
    assert refused == 0


def test_two_requests_in_a_row_are_two_even_where_they_ended_together():
    told, _ = read(*request_lines(), *request_lines())
    assert len(told) == 2


def test_a_request_that_got_no_answer_has_no_status_and_says_whether_time_ran_out():
    told, _ = read(*request_lines(status="0", error_code="1212"), *request_lines(status="0", error_code="1050"))
    assert [(each.status, each.timed_out) for each in told] == [(None, False), (None, True)]


def test_an_instant_with_another_zone_is_the_same_instant():
    told, _ = read(*request_lines(time="2026-11-25T17:44:05.648287621-07:00"))
    assert told[0].ended_us == ENDED_US


def test_a_check_says_whose_it_is_and_follows_its_request():
    told, _ = read(*request_lines(), checked("pizza verifies", passed=False))
    assert told[1] == K6Check("pizza verifies", passed=False, by="1/0")


def test_turns_that_k6_did_not_begin_are_counted():
    told, _ = read(metric("dropped_iterations", 3, {"scenario": "orders"}))
    assert told == [K6Dropped(3)]


def test_what_tells_nothing_of_a_purchase_is_passed_over():
    declared = json.dumps({"type": "Metric", "data": {"type": "counter"}, "metric": "http_reqs"})
    told, refused = read(declared, metric("vus", 4, None), metric("data_sent", 99, {"group": ""}))
    assert (told, refused) == ([], 0)


def test_lines_that_are_none_are_counted_and_keep_no_other_from_being_read():
    broken = [
        "",
        "nonsense",
        "[]",
        '{"type":"Point"}',
        "[" * 100_000,
        metric("http_reqs", 1, {"status": "200"}, "when?"),
    ]
    told, refused = read(*broken, *request_lines())
    assert (len(told), refused) == (1, len(broken))


def test_a_request_whose_time_is_no_number_is_left_out():
    told, refused = read(*request_lines(duration_ms=float("nan")))
    # Its duration and its waiting.
    assert (told, refused) == ([], 2)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@given(
    name=st.sampled_from(["http_reqs", "http_req_duration", "checks", "dropped_iterations", "vus"]),
    time=st.just(ENDED) | ANYTHING,
    value=st.just(1) | ANYTHING,
    tags=st.fixed_dictionaries({"status": ANYTHING, "url": ANYTHING, "check": ANYTHING}) | ANYTHING,
    metadata=st.fixed_dictionaries({"vu": ANYTHING, "iter": ANYTHING}) | ANYTHING,
)
def test_a_point_with_anything_in_it_is_read_or_counted(name, time, value, tags, metadata):
    point = {
        "type": "Point",
        "metric": name,
        "data": {"time": time, "value": value, "tags": tags, "metadata": metadata},
    }
    read(json.dumps(point), *request_lines())
