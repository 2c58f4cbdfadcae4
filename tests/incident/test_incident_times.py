"""Times, dates and zones as people spell them."""

from datetime import date, datetime, timedelta

import pytest
from incident_texts import DENVER, FindingKind, Sense, incident_of, minutes, read, told

from chaos_pizza.errors import UsageError
from chaos_pizza.incident.spelled_date import Calendar, find_dates
from chaos_pizza.incident.spelled_time import find_times
from chaos_pizza.incident.zone import instants_of, local_zone, zone_of

MINUTE, SECOND, HOUR = timedelta(minutes=1), timedelta(seconds=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "clock", "resolution", "zone"),
    [
        ("19:35", "19:35:00", MINUTE, None),
        ("19:35:20", "19:35:20", SECOND, None),
        ("19:35:20.120", "19:35:20.120000", timedelta(milliseconds=1), None),
        ("7:35 pm", "19:35:00", MINUTE, None),
        ("7:35pm", "19:35:00", MINUTE, None),
        ("7:35 P.M.", "19:35:00", MINUTE, None),
        ("12:35 pm MST", "12:35:00", MINUTE, "MST"),
        ("12:05 am", "0:05:00", MINUTE, None),
        ("19:35 UTC", "19:35:00", MINUTE, "UTC"),
        ("19:35Z", "19:35:00", MINUTE, "Z"),
        ("19:35 (America/Denver)", "19:35:00", MINUTE, "America/Denver"),
        ("7:35 pm Mountain Time", "19:35:00", MINUTE, "Mountain Time"),
        ("19.35 UTC", "19:35:00", MINUTE, "UTC"),
        ("1935Z", "19:35:00", MINUTE, "Z"),
        ("7 pm", "19:00:00", HOUR, None),
        ("2025-12-02T19:35:00+01:00", "19:35:00", SECOND, "+01:00"),
        ("2025-12-02 13-45-00", "13:45:00", SECOND, None),
        ("19:35 UTC+1", "19:35:00", MINUTE, "UTC+1"),
    ],
)
def test_a_time_is_read_with_its_resolution_and_its_zone(text, clock, resolution, zone):
    (found,) = find_times(text)
    assert (str(found.since_midnight), found.resolution, found.zone) == (clock, resolution, zone)
    assert not found.is_hedged


@pytest.mark.parametrize(
    "text",
    [
        "25:10",
        "12:60",
        "19.35 bitcoin",
        "1.19.35",
        "192.168.1.10:8080",
        "0:35 pm",
        "13:45 am",
        "purchase 1935",
        "3/4",
        "",
    ],
)
def test_what_is_no_time_is_taken_for_none(text):
    assert find_times(text) == []


@pytest.mark.parametrize(
    "text", ["around 19:45", "~19:45", "approx. 19:45", "at about 19:45", "19:45ish", "19:45 or so"]
)
def test_a_time_that_is_about_right_says_so(text):
    (found,) = find_times(text)
    assert (found.is_hedged, found.text.startswith("19:45")) == (True, True)


def test_a_point_makes_a_time_at_the_beginning_of_an_entry_only():
    assert [found.text for found in find_times("19.35 went down", begins_entry=True)] == ["19.35"]
    assert find_times("lost 19.35 bitcoin", begins_entry=True) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-12-02", date(2025, 12, 2)),
        ("2025/12/2", date(2025, 12, 2)),
        ("12/25/25", date(2025, 12, 25)),
        ("25/12/2025", date(2025, 12, 25)),
        ("2 Dec 2025", date(2025, 12, 2)),
        ("December 2nd, 2025", date(2025, 12, 2)),
        ("2nd of December 2025", date(2025, 12, 2)),
        ("Dec. 2 2025", date(2025, 12, 2)),
        ("2.12.2025", date(2025, 12, 2)),
    ],
)
def test_a_date_is_read(text, day):
    (found,) = find_dates(text)
    assert (found.days, found.text) == ((day,), text)


@pytest.mark.parametrize(
    "text", ["13/13/25", "2025-13-01", "31/2", "1/2", "0001-01-01", "version 1.2.3", "", "may 5 users"]
)
def test_what_is_no_date_is_taken_for_none(text):
    assert find_dates(text) == []


@pytest.mark.parametrize(
    ("others", "day", "settled"),
    [
        ("", date(2025, 3, 4), False),  # the American way, as an assumption
        ("2025-04-03", date(2025, 4, 3), True),
        ("2025-04-02", date(2025, 4, 3), True),  # the day after it: an incident may cross midnight
        ("3/25/25", date(2025, 3, 4), True),
        ("25/3/25", date(2025, 4, 3), True),
        ("3/25/25 and 25/3/25", date(2025, 3, 4), False),
    ],
)
def test_an_ambiguous_date_is_settled_by_the_others_in_the_report(others, day, settled):
    (ambiguous,) = find_dates("3/4/25")
    calendar = Calendar([*find_dates(others), ambiguous])
    assert (calendar.day_of(ambiguous)[0], calendar.is_settled(ambiguous)) == (day, settled)


def test_a_date_without_a_year_takes_it_from_another():
    bare, whole = find_dates("Dec 2, and 2025-11-30")
    assert Calendar([bare, whole]).day_of(bare)[0] == date(2025, 12, 2)
    assert Calendar([bare]).day_of(bare)[0] is None


@pytest.mark.parametrize(
    ("name", "hours"),
    [("UTC", 0), ("MST", -7), ("MDT", -6), ("PST", -8), ("CEST", 2), ("UTC-3", -3), ("+05:30", 5.5), ("MT", -7)],
)
def test_a_zones_name_is_known(name, hours):
    at = datetime.fromisoformat("2025-12-02T12:00").replace(tzinfo=zone_of(name, DENVER))
    assert at.utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize("name", ["BST", "IST", "XYZ", "UTC+99", "", "../etc/passwd", "America/Nowhere"])
def test_a_name_of_several_zones_or_none_is_no_zone(name):
    assert zone_of(name, DENVER) is None


def test_an_unknown_zone_of_the_teams_is_refused_in_a_line():
    with pytest.raises(UsageError, match="knows no time zone 'Nowhere/At-All'"):
        local_zone("Nowhere/At-All")


def test_the_hour_that_clocks_skip_never_is_and_the_one_they_repeat_is_twice():
    # In 2026 the clocks of Denver go from 2 to 3 on 8 March and from 2 back to 1 on 1 November.
    assert instants_of(datetime.fromisoformat("2026-03-08T02:30"), DENVER) == ()
    assert [f"{at:%H:%M}" for at in instants_of(datetime.fromisoformat("2026-11-01T01:30"), DENVER)] == [
        "07:30",
        "08:30",
    ]
    assert len(instants_of(datetime.fromisoformat("2026-11-01T02:30"), DENVER)) == 1


def test_a_timeline_past_midnight_goes_on_on_the_next_day():
    incident = incident_of("23:50 - factory went down", "00:10 - noticed", "02:00 - restored")
    assert minutes(incident, Sense.NOTICED) == ("2025-12-03 00:10:00", "2025-12-03 00:11:00")
    assert minutes(incident, Sense.MITIGATED) == ("2025-12-03 02:00:00", "2025-12-03 02:01:00")
    assert told(incident, FindingKind.ASSUMPTION) == [
        "8: the clock goes back to 00:10: taken as past midnight, on 2025-12-03"
    ]
    assert incident.measures["ttd_s"].value == 20 * 60


def test_an_entry_half_a_day_later_is_still_on_the_same_day():
    incident = incident_of("06:00 went down", "19:00 noticed")
    assert minutes(incident, Sense.NOTICED)[0] == "2025-12-02 19:00:00"


def test_an_entry_in_a_zone_of_its_own_is_on_the_day_that_is_nearest():
    # 17:20 at UTC-7 is 00:20 UTC of the next day: ten minutes after 00:10, and not a day and ten minutes.
    incident = incident_of("00:10 went down", "5:20 pm MST noticed", "00:40 restored", title="# 2025-12-03")
    assert minutes(incident, Sense.NOTICED) == ("2025-12-03 00:20:00", "2025-12-03 00:21:00")
    assert minutes(incident, Sense.MITIGATED)[0] == "2025-12-03 00:40:00"
    assert told(incident, FindingKind.CONTRADICTION) == []


def test_a_clock_that_goes_back_a_little_is_out_of_order_and_no_next_day():
    incident = incident_of("19:35 - factory went down", "19:50 - restored", "19:45 - noticed")
    assert minutes(incident, Sense.NOTICED) == ("2025-12-02 19:45:00", "2025-12-02 19:46:00")
    assert any(
        text.startswith("9: 19:45 stands below a later entry") for text in told(incident, FindingKind.CONTRADICTION)
    )


def test_a_skipped_hour_is_said_and_gives_no_instant():
    incident = incident_of(
        "01:50 - went down",
        "02:15 - noticed",
        "03:05 - restored",
        title="# 2026-03-08",
        said="All times America/Denver",
    )
    assert incident.instant(Sense.NOTICED) is None
    assert incident.measures.keys() == {"ttm_s"}
    # 01:50 is 08:50 UTC, 03:05 is 09:05 UTC: 15 minutes, and not the 75 that the clocks show.
    assert incident.measures["ttm_s"].value == 15 * 60
    assert "8: 02:15 never was on 2026-03-08 in America/Denver: clocks were put forward over it" in told(
        incident, FindingKind.NOT_UNDERSTOOD
    )


def test_a_repeated_hour_widens_the_bounds_by_itself():
    incident = incident_of("01:30 - went down", "02:30 - restored", title="# 2026-11-01", said="Times: America/Denver")
    assert minutes(incident, Sense.FAULT_START) == ("2026-11-01 07:30:00", "2026-11-01 08:31:00")
    assert incident.measures["ttm_s"].earliest == 59 * 60
    assert incident.measures["ttm_s"].latest == 121 * 60
    assert any("came twice" in text for text in told(incident, FindingKind.ASSUMPTION))


def test_a_time_about_right_is_five_minutes_wider_on_either_side():
    incident = incident_of("19:35 - went down", "~19:50 - noticed")
    assert minutes(incident, Sense.NOTICED) == ("2025-12-02 19:45:00", "2025-12-02 19:56:00")


def test_a_stretch_is_a_stretch():
    incident = incident_of("19:35 - went down", "between 19:40 and 19:44 - noticed", "19:50-20:16: restored")
    assert minutes(incident, Sense.NOTICED) == ("2025-12-02 19:40:00", "2025-12-02 19:45:00")
    assert minutes(incident, Sense.MITIGATED) == ("2025-12-02 19:50:00", "2025-12-02 20:17:00")


def test_entries_take_am_or_pm_from_those_around_them_and_say_so():
    incident = incident_of("11:50 am went down", "12:05 noticed", "1:10 restored", said="Times in MST")
    # 11:50, 12:05 and 13:10 at UTC-7.
    assert minutes(incident, Sense.FAULT_START)[0] == "2025-12-02 18:50:00"
    assert minutes(incident, Sense.NOTICED)[0] == "2025-12-02 19:05:00"
    assert minutes(incident, Sense.MITIGATED)[0] == "2025-12-02 20:10:00"
    assert len(told(incident, FindingKind.ASSUMPTION)) == 2


def test_a_zone_of_several_meanings_gives_no_instant():
    incident = incident_of("19:35 - went down", "19:40 BST - noticed")
    assert incident.instant(Sense.NOTICED) is None
    assert "8: 19:40 BST: BST has several meanings; the time is unknown" in told(incident, FindingKind.NOT_UNDERSTOOD)


def test_a_timeline_that_names_no_zone_is_in_the_one_in_which_the_rest_agrees():
    incident = incident_of("19:35 - went down", said="", rest="## Impact\n\nUnable to buy from 19:35 UTC on.")
    assert minutes(incident, Sense.FAULT_START)[0] == "2025-12-02 19:35:00"
    assert any(
        "taken as UTC, as 19:35 UTC in line 11 agrees" in text for text in told(incident, FindingKind.ASSUMPTION)
    )


def test_a_timeline_that_names_no_zone_is_in_utc_where_only_then_the_local_times_agree():
    # 12:35 in Denver is 19:35 UTC; were both in the same zone, they would be seven hours apart.
    incident = incident_of("19:35 - went down", said="", rest="## Summary\n\nIt went down at 12:35 pm.")
    assert minutes(incident, Sense.FAULT_START)[0] == "2025-12-02 19:35:00"
    assert "7 11: no time zone is said: taken as UTC, as 12:35 pm in line 11 is local then, and agrees" in told(
        incident, FindingKind.ASSUMPTION
    )


def test_a_timeline_of_which_nothing_tells_the_zone_is_in_the_teams_own_and_says_so():
    incident = incident_of("19:35 - went down", said="")
    assert minutes(incident, Sense.FAULT_START)[0] == "2025-12-03 02:35:00"
    assert told(incident, FindingKind.ASSUMPTION) == [
        "7: no time zone is said: taken as America/Denver; --timezone names another"
    ]


@pytest.mark.parametrize(
    "report",
    [
        "# Outage 2025-12-02\n\n# Time line (UTC)\n\n| At | |\n| - | - |\n| 19:35 | went down |\n| 19:45 | noticed |",
        "Outage on Dec 2nd, 2025\n=======\n\nTimelin\n-------\n\n19:35 UTC: went down\n19:45 UTC: noticed",
        "# Outage\n\n**Timeline of events**\n\n* **2025-12-02 19:35 UTC** went down\n* 2025-12-02 19:45 UTC noticed",
        "2025-12-02, all times UTC\n\nTimeline:\n\n1. 19:35 - went down\n2. 19:45 - noticed",
        "# x\r\n\r\n## Timeline\r\n\r\n- 2025-12-02T19:35Z went down\r\n- 2025-12-02T20:45+01:00 noticed\r\n",
        "# x\n## Timeline\n### 2 December 2025\nTimes are in UTC\n- 19:35 went down\n  and stayed so\n- 19:45 noticed",
    ],
)
def test_other_spellings_of_the_same_form_tell_the_same(report):
    incident = read(report).incident
    assert minutes(incident, Sense.FAULT_START) == ("2025-12-02 19:35:00", "2025-12-02 19:36:00")
    assert minutes(incident, Sense.NOTICED) == ("2025-12-02 19:45:00", "2025-12-02 19:46:00")
