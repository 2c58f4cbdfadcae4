"""Times as people give them with a mark."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.drill.mark_time import MarkTime, read_mark_time, told_time
from chaos_pizza.errors import UsageError

DENVER = ZoneInfo("America/Denver")
NOW = datetime(2026, 11, 25, 21, 30, 15, tzinfo=UTC)
"""In Denver 14:30:15 of the same day."""


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("14:05", "2026-11-25 21:05:00"),
        ("14:05:30", "2026-11-25 21:05:30"),
        ("14:05:30.25", "2026-11-25 21:05:30.250000"),
        ("9:05", "2026-11-25 16:05:00"),
        ("14:30", "2026-11-25 21:30:00"),
        ("14:31", "2026-11-24 21:31:00"),  # not yet today: yesterday
        ("21:05 UTC", "2026-11-25 21:05:00"),
        ("21:05Z", "2026-11-25 21:05:00"),
        ("22:05 CET", "2026-11-25 21:05:00"),
        ("22:05 Europe/Berlin", "2026-11-25 21:05:00"),
        ("22:05+01:00", "2026-11-25 21:05:00"),
        ("14:05 America/Denver", "2026-11-25 21:05:00"),
        ("14:05 local", "2026-11-25 21:05:00"),
        ("2026-11-25T21:05:30Z", "2026-11-25 21:05:30"),
        ("2026-11-25 21:05 UTC", "2026-11-25 21:05:00"),
        ("2026-11-24 14:05", "2026-11-24 21:05:00"),
        ("2026-11-26 14:05", "2026-11-26 21:05:00"),  # to come: for the rules to refuse
        ("2026-11-01 01:30", "2026-11-01 08:30:00"),  # shown twice that night: the later
        (" 14:05 ", "2026-11-25 21:05:00"),
    ],
)
def test_a_time_is_the_latest_such_moment_that_is_not_to_come(text, at):
    assert read_mark_time(text, NOW, DENVER).at == datetime.fromisoformat(at).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "grain_s"),
    [("14:05", 60.0), ("14:05:30", 1.0), ("14:05:00", 1.0), ("14:05:30.5", 0.1), ("2026-11-25T21:05:30.123Z", 0.001)],
)
def test_a_time_is_as_exact_as_it_was_given(text, grain_s):
    assert read_mark_time(text, NOW, DENVER).grain_s == pytest.approx(grain_s)


def test_of_a_time_shown_twice_the_first_is_meant_while_the_second_is_to_come():
    between = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
    assert read_mark_time("1:30", between, DENVER).at == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)


def test_a_time_that_no_clock_showed_today_was_yesterday():
    after = datetime(2026, 3, 8, 18, 0, tzinfo=UTC)
    assert read_mark_time("2:30", after, DENVER).at == datetime(2026, 3, 7, 9, 30, tzinfo=UTC)
    with pytest.raises(UsageError, match="no clock showed '2026-03-08 2:30'"):
        read_mark_time("2026-03-08 2:30", after, DENVER)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is no time; times are given as 14:05, 14:05:30"),
        ("yesterday", "is no time;"),
        ("14", "is no time;"),
        ("14:5", "is no time;"),
        ("25:00", "is no time of any day"),
        ("14:60", "is no time of any day"),
        ("2026-02-30 14:05", "is no time of any day"),
        ("0001-01-01 14:05", "is no time of any day"),
        ("9999-12-31 23:59 America/Denver", "is no time of any day"),
        ("14:05 Atlantis", "'Atlantis' is no time zone"),
        ("14:05 BST", "'BST' is no time zone"),
        ("14:05 " + "x" * 100, "is no time;"),
    ],
)
def test_what_is_no_time_is_refused_with_examples(text, reason):
    with pytest.raises(UsageError, match=reason):
        read_mark_time(text, NOW, DENVER)


def test_what_was_understood_is_said_on_the_clock_it_was_given_by_and_in_utc():
    at = datetime(2026, 11, 25, 21, 5, tzinfo=UTC)
    denver = "2026-11-25 14:05{} America/Denver (UTC-7), that is 2026-11-25 21:05{} UTC"
    assert told_time(MarkTime(at, 0.001), DENVER) == denver.format(":00", ":00")
    assert told_time(MarkTime(at, 1.0), DENVER) == denver.format(":00", ":00") + ", some time within that second"
    assert told_time(MarkTime(at, 60.0), DENVER) == denver.format("", "") + ", some time within that minute"
    assert told_time(MarkTime(at, 60.0), UTC) == "2026-11-25 21:05 UTC, some time within that minute"


@given(st.times(), st.integers(0, 10**10), st.integers(-14, 14))
def test_a_time_of_day_is_found_within_the_day_before(clock, now_s, hours):
    now, zone = datetime.fromtimestamp(now_s, UTC), timezone(timedelta(hours=hours))
    at = read_mark_time(f"{clock:%H:%M:%S}", now, zone).at
    assert now - timedelta(days=1) < at <= now
    assert f"{at.astimezone(zone):%H:%M:%S}" == f"{clock:%H:%M:%S}"


@given(st.text(max_size=90))
def test_any_text_is_a_time_or_refused_in_a_line(text):
    try:
        told = told_time(read_mark_time(text, NOW))
    except UsageError as error:
        told = str(error)
    assert told
    assert "\n" not in told
