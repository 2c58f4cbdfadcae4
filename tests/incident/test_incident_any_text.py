"""Whatever a text holds: the reader neither breaks nor invents; and what is written in any spelling is read back."""

import re
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from incident_texts import DENVER, TEAM_REPORT, Sense, read

from chaos_pizza.errors import UsageError
from chaos_pizza.incident.outline import outline_of
from chaos_pizza.incident.past import incident_id, past_incident_of
from chaos_pizza.incident.record import Incident
from chaos_pizza.incident.words import tellings_of
from chaos_pizza.model.conversion import from_mapping, to_mapping

MOUNTAIN = timezone(timedelta(hours=-7))  # what MST means
PIECES = st.sampled_from(
    [
        *("# Incident: 2025-12-02", "## Timeline", "## Summary", "**Impact**", "Resolution\n---", "## Action items"),
        *("- 19:35", "19:45 UTC", "7:35 pm", "12/2/25", "3/4/25", "Dec 2", "2026-03-08", "02:30", "between 19:35 and"),
        *(
            "went down",
            "noticed",
            "alert",
            "fired",
            "restored",
            "no",
            "not",
            "never",
            "customers",
            "100% of users",
            "~",
        ),
        *("41 minutes", "All times are UTC.", "BST", "| a | 19:50 |", "<!--", "-->", "```", "\x1b[31m", "\u202e"),
        *("…", "“", "”", "where", "1.", "- [ ]", "assigned to Ann", "due 2026-01-31", "Drill:", "99:99", "0:00 am"),
        *("\u2028", "\0", "\r", "\n", "detected by"),
    ]
)
ANY_TEXT = (
    st.text(max_size=200)
    | st.lists(PIECES | st.text(max_size=5), max_size=40).map(" ".join)
    | st.lists(PIECES | st.text(max_size=5), max_size=40).map("\n".join)
)


def read_if_a_report(text: str) -> Incident | None:
    try:
        return read(text).incident
    except UsageError:
        return None


@settings(max_examples=150)
@given(ANY_TEXT)
def test_any_text_is_read_or_refused(text):
    read_if_a_report(text)
    read_if_a_report(f"# Incident 2025-12-02\n\n## Timeline\n\n- 19:35 UTC went down\n{text}")


@settings(max_examples=100)
@given(ANY_TEXT, st.integers(0, len(TEAM_REPORT)))
def test_no_instant_is_invented(text, place):
    incident = read_if_a_report(TEAM_REPORT[:place] + text + TEAM_REPORT[place:])
    assume(incident is not None)
    shown = {line.number: line.text for section in outline_of(
        TEAM_REPORT[:place] + text + TEAM_REPORT[place:]).sections for line in section.lines}  # fmt: skip
    entries = {entry.line: entry for entry in incident.entries}
    for instant in incident.instants:
        entry = entries[instant.line]
        assert entry.when == instant.when
        assert instant.words in entry.text
        assert instant.sense in {telling.sense for telling in tellings_of(entry.text)}
        # The time stands on the very line of the file, in its own digits.
        assert set(re.findall(r"\d+", instant.written)) <= set(re.findall(r"\d+", shown[instant.line]))
    assert incident.ended_at >= incident.started_at
    assert all(measure.earliest <= measure.value <= measure.latest for measure in incident.measures.values())


@given(ANY_TEXT)
def test_what_was_understood_is_read_back_from_its_document(text):
    incident = read_if_a_report(f"# Incident 2025-12-02\n\n## Timeline\n\n- 19:35 UTC went down\n\n{text}")
    assume(incident is not None)
    assert from_mapping(to_mapping(incident), Incident) == incident
    assert past_incident_of(incident, incident_id(incident), None).title == incident.title


# The words that stand for an instant, as teams write them.
SAID = {
    Sense.FAULT_START: ("the factory went down", "Pizza factory stopped working", "Chaos test started"),
    Sense.ALERT_FIRING: ("an alert fired", "the alarm went off"),
    Sense.NOTIFIED: ("Ann was paged", "received a page"),
    Sense.NOTICED: ("Ann noticed", "On-call team noticed and went to investigate"),
    Sense.ACKNOWLEDGED: ("Ann acknowledged it", "took over the incident"),
    Sense.DIAGNOSED: ("saw link to restore the service", "found the cause"),
    Sense.MITIGATED: ("Restored pizza factory service", "rolled back the release"),
    Sense.RECOVERED: ("purchases succeeded again", "all is back to normal"),
}
BULLETS = ("- {} - {}", "- _{}_ - {}", "* **{}**: {}", "1. {} {}", "{} | {}", "| {} | {} |", "- {} \u2013 {}")
# How a time is written, with how much of it that tells; all name their zone or their date, or stand below the notice.
SPELLINGS = {
    "{utc:%H:%M}": 60,
    "{utc:%H:%M:%S}": 1,
    "{utc:%H:%M} UTC": 60,
    "{utc:%I:%M %p} UTC": 60,
    "{utc:%H.%M} UTC": 60,
    "{utc:%H%M}Z": 60,
    "{utc:%Y-%m-%dT%H:%M:%SZ}": 1,
    "{utc:%Y-%m-%d %H:%M}": 60,
    "{utc:%d %B %Y}, {utc:%H:%M}": 60,
    "{mst:%I:%M %p} MST": 60,
    "{mst:%H:%M} (MST)": 60,
    "{mst:%Y-%m-%dT%H:%M:%S}-07:00": 1,
}


@st.composite
def written_reports(draw):
    """A report in the team's form, and the instants that it was written from."""
    start = draw(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 30))).replace(tzinfo=UTC, microsecond=0)  # noqa: DTZ001
    senses = [Sense.FAULT_START, *draw(st.lists(st.sampled_from(list(SAID)[1:]), unique=True, max_size=7))]
    gaps = draw(st.lists(st.integers(60, 3 * 3600), min_size=len(senses), max_size=len(senses)))
    truth, lines, at = {}, [], start
    for sense, gap in zip(sorted(senses, key=list(SAID).index), gaps, strict=True):
        spelling = draw(st.sampled_from(list(SPELLINGS)))
        if not lines:
            spelling = "{utc:%H:%M:%S} UTC"  # the title's date is the first entry's
        shown = spelling.format(utc=at, mst=at.astimezone(MOUNTAIN))
        lines.append(draw(st.sampled_from(BULLETS)).format(shown, draw(st.sampled_from(SAID[sense]))))
        resolution = SPELLINGS.get(spelling, 1)
        truth[sense] = (at.replace(second=0) if resolution == 60 else at, timedelta(seconds=resolution))
        at += timedelta(seconds=gap)
    title = draw(
        st.sampled_from(["# Incident: {:%Y-%m-%d} 13-45-00", "# Outage of {:%d %b %Y}", "# {:%B %d, %Y}: outage"])
    )
    heading = draw(st.sampled_from(["## Timeline", "## Time line", "**Timeline**", "Timeline\n--------", "# TIMELINE"]))
    report = "\n".join(
        [title.format(start), "", heading, "", "All times are UTC.", "", *lines, "", "## Response", "", "Ann."]
    )
    return report, truth


@settings(max_examples=150)
@given(written_reports())
def test_instants_written_in_any_spelling_are_read_back_within_their_resolution(written):
    report, truth = written
    incident = read(report, DENVER).incident
    found = {instant.sense: (instant.when.earliest, instant.when.latest) for instant in incident.instants}
    assert found == {sense: (begin, begin + resolution) for sense, (begin, resolution) in truth.items()}
    start = truth[Sense.FAULT_START][0]
    detecting = [truth[each][0] for each in (Sense.ALERT_FIRING, Sense.NOTICED, Sense.ACKNOWLEDGED) if each in truth]
    if detecting:
        ttd = incident.measures["ttd_s"]
        assert ttd.earliest <= (min(detecting) - start).total_seconds() <= ttd.latest
