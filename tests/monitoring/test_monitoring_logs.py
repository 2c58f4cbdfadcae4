"""A log's lines: which of them are failed purchases, and when they are dated."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.errors import BadAnswer, UsageError
from chaos_pizza.monitoring.logs import EntryPattern, FoundEntries, LogLine, count_entries, read_date

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FAILED = EntryPattern.of({"event": "purchase", "outcome": ["failed", "bad_pizza"]})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(10**400),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["at", "ts", "event", "outcome", "a"]) | st.text(max_size=3), inner)
    ),
    max_leaves=10,
)


def line(**said):
    return json.dumps(said).encode()


def at(second):
    return NOON + timedelta(seconds=second)


@pytest.mark.parametrize(
    ("said", "matches"),
    [
        ({"event": "purchase", "outcome": "failed"}, True),
        ({"event": "purchase", "outcome": "bad_pizza", "more": [1]}, True),
        ({"event": "purchase", "outcome": "ok"}, False),
        ({"event": "login", "outcome": "failed"}, False),
        ({"event": "purchase"}, False),
        ({"event": "purchase", "outcome": None}, False),
        ({"event": ["purchase"], "outcome": {"failed": True}}, False),
    ],
)
def test_a_line_matches_that_has_one_of_the_values_in_every_field(said, matches):
    assert FAILED.read(line(**said)) == LogLine(None, matches)


@pytest.mark.parametrize(
    ("wanted", "said", "matches"),
    [
        (500, 500, True),
        (500, "500", True),
        ("500", 500, True),
        (500, 500.0, True),
        (500, 50, False),
        (True, True, True),
        (True, "true", True),
        (True, 1, False),
        (1, True, False),
        (None, None, True),
        (None, "", False),
    ],
)
def test_a_number_may_stand_as_a_text_but_true_is_no_number(wanted, said, matches):
    assert EntryPattern.of({"status": wanted}).read(line(status=said)).matches is matches


def test_a_field_is_named_as_it_stands_or_by_its_path():
    pattern = EntryPattern.of({"response.status": 500})
    assert pattern.read(line(response={"status": 500})).matches
    assert pattern.read(line(**{"response.status": 500})).matches
    assert not pattern.read(line(response=500)).matches


def test_a_field_that_is_missing_is_not_null():
    assert not EntryPattern.of({"error": None}).read(line(event="purchase")).matches


@pytest.mark.parametrize("raw", [b"", b"[1]", b"failed", b'{"event": "purch', b"\xff\xfe{}", b"[" * 100_000])
def test_what_is_no_json_object_is_no_line(raw):
    assert FAILED.read(raw) is None


@pytest.mark.parametrize(
    "date",
    [
        "2026-11-24T12:00:00.500Z",
        "2026-11-24 12:00:00,500",
        "2026-11-24T13:00:00.500+01:00",
        # 2026-11-24 12:00 UTC: 20,781 days since 1970, so 20,781 * 86,400 + 43,200 s
        1795521600.5,
        "1795521600.5",
        1795521600500,
        1795521600500000,
        1795521600500000000,
        "1795521600500000000",
    ],
)
def test_dates_are_read_in_the_forms_that_logs_have(date):
    assert read_date(date) == at(0.5)


@pytest.mark.parametrize("date", [None, True, "", "soon", -1, 10**400, float("nan"), [1], "9999-12-31T23:59:59-23:59"])
def test_what_is_no_date_is_unknown(date):
    assert read_date(date) is None


def test_the_first_of_the_usual_fields_with_a_date_counts_or_the_one_that_is_named():
    said = line(time="never", ts="2026-11-24T12:00:01Z", done="2026-11-24T12:00:07Z")
    assert EntryPattern.of({"a": 1}).read(said).at == at(1)
    assert EntryPattern.of({"a": 1}, "done").read(said).at == at(7)


def test_entries_count_after_the_begin_and_up_to_the_end():
    lines = [LogLine(at(second), True) for second in (4, 3, 2, 1)] + [LogLine(at(2.5), False), LogLine(None, True)]
    assert count_entries(lines, at(1), at(3)) == FoundEntries(2, at(2))
    assert count_entries(lines, at(5), at(9)) == FoundEntries(0, None)
    assert count_entries([], at(5), at(9)) == FoundEntries(0, None)


def test_failures_of_which_none_has_a_date_are_unknown_and_not_none():
    with pytest.raises(BadAnswer, match="time_field"):
        count_entries([LogLine(None, True), LogLine(at(1), False)], at(0), at(9))


@pytest.mark.parametrize(
    "fields", [None, {}, {"a": {}}, {"a": []}, {"a": [[]]}, "failed", dict.fromkeys(map(str, range(21)), 1)]
)
def test_fields_that_say_nothing_are_refused(fields):
    with pytest.raises(UsageError, match="field"):
        EntryPattern.of(fields)


def test_the_same_pattern_in_the_language_of_cloudwatch_logs():
    pattern = EntryPattern.of({"event": 'a "b"', "r.status": [500, "x"], "ok": False, "id": None})
    assert pattern.in_cloudwatch() == (
        '{ (($.event = "a \\"b\\"")) && (($.r.status = 500) || ($.r.status = "x"))'
        " && (($.ok IS FALSE)) && (($.id IS NULL)) }"
    )
    with pytest.raises(UsageError, match="query"):
        EntryPattern.of({'a" || 1': 1}).in_cloudwatch()


@given(JSON, JSON)
def test_whatever_json_a_line_holds_it_is_read(said, event):
    for value in (said, {"at": said, "event": event, "outcome": said}):
        read = EntryPattern.of({"event": ["purchase", 1, None], "a.at": True}).read(json.dumps(value).encode())
        assert read is None or read.at is None or read.at.tzinfo is UTC


@given(JSON)
def test_whatever_fields_an_experiment_names_only_our_errors_are_raised(fields):
    with suppress(UsageError):
        EntryPattern.of(fields).in_cloudwatch()


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=20), st.integers(0, 20), st.integers(0, 20))
def test_the_count_is_that_of_the_matching_lines_within(seconds, begin, end):
    lines = [LogLine(at(second), matches) for second, matches in seconds]
    within = [second for second, matches in seconds if matches and begin < second <= end]
    first_at = at(min(within)) if within else None
    assert count_entries(lines, at(begin), at(end)) == FoundEntries(len(within), first_at)
