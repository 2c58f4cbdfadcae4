"""Windows: which minutes of the week they hold, in their own time zone, and what is no window at all."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chaos_pizza.errors import UsageError
from chaos_pizza.safety.window import Window, check_time, next_opening

DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
# With clocks that change on other dates, by half an hour, never, and by a quarter of an hour's offset.
ZONES = ["UTC", "America/Denver", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def complaint_of(text):
    with pytest.raises(UsageError) as refusal:
        Window.parse(text)
    assert len(str(refusal.value).splitlines()) == 1
    return str(refusal.value)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("14:00-16:00 UTC", "2026-11-24 14:00", "2026-11-24 16:00"),
        ("14:00-16:00 UTC", "2026-11-24 15:59:59.999999", "2026-11-24 13:59:59.999999"),
        # Mountain time is seven hours behind in winter and six in summer.
        ("Mon-Fri 14:00-16:00 America/Denver", "2026-11-24 21:00", "2026-11-24 20:59"),
        ("Mon-Fri 14:00-16:00 America/Denver", "2026-07-24 20:00", "2026-07-24 22:00"),
        ("Mon-Fri 14:00-16:00 UTC", "2026-11-27 15:00", "2026-11-28 15:00"),
        ("Mon,Wed-Thu 14:00-16:00 UTC", "2026-11-26 15:00", "2026-11-24 15:00"),
        ("mon , sat - sun 14:00 - 16:00  UTC", "2026-11-29 15:00", "2026-11-27 15:00"),
        ("Sat-Mon 00:00-24:00 UTC", "2026-11-30 23:59", "2026-12-01 00:00"),
        # Over midnight a window belongs to the day on which it opens.
        ("Fri 22:00-02:00 UTC", "2026-11-28 01:59", "2026-11-27 01:59"),
        ("Fri 22:00-02:00 UTC", "2026-11-27 22:00", "2026-11-28 22:00"),
        ("Sun 22:00-02:00 UTC", "2026-11-30 01:00", "2026-11-29 01:00"),
        ("22:00-00:00 UTC", "2026-11-24 23:59", "2026-11-24 00:00"),
        # In Denver the clocks of 2026-11-01 show 01:30 twice, and those of 2026-03-08 never show 02:30.
        ("01:30-02:00 America/Denver", "2026-11-01 07:30", "2026-11-01 08:00"),
        ("01:30-02:00 America/Denver", "2026-11-01 08:30", "2026-11-01 09:00"),
        ("02:30-05:00 America/Denver", "2026-03-08 09:00", "2026-03-08 08:59"),
    ],
)
def test_a_window_holds_what_the_clock_on_the_wall_says(text, inside, outside):
    window = Window.parse(text)
    assert window.contains(utc(inside))
    assert not window.contains(utc(outside))


def test_an_hour_that_clocks_leave_out_never_comes():
    window = Window.parse("Sun 02:00-03:00 America/Denver")
    sunday = utc("2026-03-08 00:00")
    assert not any(window.contains(sunday + timedelta(minutes=number)) for number in range(30 * 60))
    assert window.contains(utc("2026-03-15 08:00"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "'' is no window; write it as `Mon-Fri 14:00-16:00 America/Denver`"),
        ("always", "is no window"),
        ("14:00-16:00", "is no window"),
        ("14-16 UTC", "is no window"),
        ("Mon-Fri UTC", "is no window"),
        ("14:00-16:00 UTC UTC", "is no window"),
        ("Mon- 14:00-16:00 UTC", "is no window"),
        ("Mon-Wed-Fri 14:00-16:00 UTC", "days are Mon, Tue"),
        ("Lundi 14:00-16:00 UTC", "days are Mon, Tue"),
        ("Monday 14:00-16:00 UTC", "days are Mon, Tue"),
        ("25:00-26:00 UTC", "25:00 is no time of the day"),
        ("14:60-16:00 UTC", "14:60 is no time of the day"),
        ("14:00-24:01 UTC", "24:01 is no time of the day"),
        ("14:00-14:00 UTC", "it never opens; a whole day is 00:00-24:00"),
        ("24:00-02:00 UTC", "it never opens"),
        ("14:00-16:00 Mars/Olympus", "this machine knows no time zone Mars/Olympus"),
        ("14:00-16:00 America", "this machine knows no time zone America"),
        ("14:00-16:00 ../../etc/passwd", "is no window"),
        ("14:00\n-16:00 \u2028 Nowhere", "this machine knows no time zone Nowhere"),
        ("x" * 10_000, "…' is no window"),
    ],
)
def test_what_is_no_window_is_told_in_one_line(text, words):
    assert words in complaint_of(text)


NEARLY = st.from_regex(r"([A-Za-z]{1,4}[-, ]{0,2}){0,3} ?\d{1,2}:\d{1,2} ?- ?\d{1,2}:\d{1,2} ?[A-Za-z/_.+-]{0,12}")


@given(st.one_of(st.text(), NEARLY))
@example("00:00-24:00 \udc80")
@example("00:00-24:00 Etc\x00")
def test_any_text_is_a_window_or_is_refused(text):
    try:
        refusal = "" if Window.parse(text) else "no window"
    except UsageError as error:
        refusal = str(error)
    assert len(refusal.splitlines()) <= 1


def minutes_of(days, opens, closes, zone, around):
    """Every minute of a window around a day, told by walking the calendar: each local minute, in each of its folds."""
    found = set()
    for day in (around + timedelta(days=number) for number in range(-3, 4)):
        if day.weekday() not in days:
            continue
        ends = closes if closes > opens else closes + 1440
        for minute in range(opens, ends):
            local_day = day + timedelta(days=minute // 1440)
            wall = datetime.combine(local_day, time(minute % 1440 // 60, minute % 60))
            for fold in (0, 1):
                at = wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)
                # A time that the clocks leave out comes back as another one.
                if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) == wall:
                    found.add(at)
    return found


CHANGES = [
    date(2026, 3, 8),
    date(2026, 11, 1),
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 4, 5),
    date(2026, 10, 4),
]
clock_minutes = st.one_of(st.integers(0, 1439), st.integers(0, 300))


@settings(max_examples=60, deadline=None)
@given(
    days=st.sets(st.integers(0, 6), min_size=1),
    opens=clock_minutes,
    closes=st.one_of(clock_minutes, st.just(1440)),
    zone=st.sampled_from(ZONES),
    around=st.one_of(st.sampled_from(CHANGES), st.dates(date(2025, 1, 1), date(2030, 1, 1))),
)
def test_a_window_holds_the_same_minutes_as_a_walk_through_the_calendar(days, opens, closes, zone, around):
    if opens == closes:
        closes = opens + 1
    names = ",".join(DAYS[day] for day in sorted(days))
    window = Window.parse(f"{names} {clock(opens)}-{clock(closes)} {zone}")
    expected = minutes_of(days, opens, closes, zone, around)
    begin = datetime.combine(around - timedelta(days=1), time(), UTC)
    for number in range(3 * 1440):
        at = begin + timedelta(minutes=number)
        assert window.contains(at) == (at in expected), at
        assert window.contains(at + timedelta(seconds=59.9)) == (at in expected), at


def clock(minutes):
    return f"{minutes // 60:02}:{minutes % 60:02}"


NOW = utc("2026-11-24 13:30")  # a Tuesday
MORNING, AFTERNOON = Window.parse("08:00-10:00 UTC"), Window.parse("Mon-Fri 14:00-16:00 America/Denver")


def refusal_of(now, windows, quiet_hours):
    with pytest.raises(UsageError) as refusal:
        check_time(now, windows, quiet_hours)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_without_windows_and_quiet_hours_any_time_is_right():
    check_time(NOW, [], [])


def test_one_open_window_is_enough():
    check_time(NOW, [MORNING, Window.parse("13:00-14:00 UTC")], [])


def test_outside_all_windows_the_next_one_is_told_in_utc_and_where_it_opens():
    assert refusal_of(NOW, [AFTERNOON], []) == (
        "no drill now, at 2026-11-24 13:30 UTC: that is outside Mon-Fri 14:00-16:00 America/Denver; "
        "the next window opens at 2026-11-24 21:00 UTC (Tue 14:00 America/Denver)"
    )


def test_of_several_windows_the_one_that_opens_first_is_told():
    assert "opens at 2026-11-24 21:00 UTC (Tue 14:00 America/Denver)" in refusal_of(NOW, [MORNING, AFTERNOON], [])
    assert "opens at 2026-11-25 08:00 UTC (Wed 08:00 UTC)" in refusal_of(NOW, [MORNING], [])


def test_a_window_that_opens_in_the_very_next_minute_is_the_next_one():
    assert next_opening(utc("2026-11-24 07:59:59.9"), [MORNING], []) == utc("2026-11-24 08:00")


def test_quiet_hours_outweigh_an_open_window():
    quiet = Window.parse("12:00-14:00 UTC")
    refusal = refusal_of(NOW, [Window.parse("13:00-18:00 UTC")], [quiet])
    assert "that is in the quiet hours 12:00-14:00 UTC; the next window opens at 2026-11-24 14:00 UTC" in refusal


def test_quiet_hours_alone_are_told_by_their_end():
    refusal = refusal_of(NOW, [], [Window.parse("06:00-08:00 America/Denver")])
    assert refusal.endswith("; they end at 2026-11-24 15:00 UTC (Tue 08:00 America/Denver)")


def test_windows_that_quiet_hours_cover_wholly_never_open():
    refusal = refusal_of(NOW, [MORNING], [Window.parse("00:00-24:00 UTC")])
    assert refusal.endswith("no time within 15 days is better; look at windows and quiet_hours")


@pytest.mark.parametrize("number", range(0, 2000, 97))
def test_the_next_opening_is_the_first_minute_that_is_right(number):
    now = utc("2026-10-31 00:00") + timedelta(minutes=number, seconds=13)
    quiet = [Window.parse("15:00-15:30 America/Denver")]
    opening = next_opening(now, [AFTERNOON, MORNING], quiet)
    check_time(opening, [AFTERNOON, MORNING], quiet)
    for minute in range(1, int((opening - now).total_seconds() // 60)):
        before = opening - timedelta(minutes=minute)
        assert not ((AFTERNOON.contains(before) or MORNING.contains(before)) and not quiet[0].contains(before))
