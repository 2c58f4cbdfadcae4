"""The team's own report of 2025-12-02: what stands in it, what doesn't, and what can't both be true."""

from datetime import UTC, datetime

from incident_texts import TEAM_REPORT, minutes, read, told

from chaos_pizza.claims.grammar import parse_claim
from chaos_pizza.incident.past import incident_id, past_incident_of
from chaos_pizza.incident.record import FindingKind, Sense
from chaos_pizza.model.history import Origin
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.settings import FaultKind, ResponderKind

READING = read(TEAM_REPORT)
INCIDENT = READING.incident


def test_the_copy_in_the_project_is_the_report_that_the_team_wrote():
    # Its first and its last words, and its size: nobody corrects it by the way.
    assert TEAM_REPORT.startswith(
        "# Incident: 2025-12-02 13-45-00\n\n## Summary\n\nAt the hour of 12:35 pm on 12/2/25,"
    )
    assert TEAM_REPORT.endswith("are assigned to the following member: Thomas Utrilla\n")
    assert len(TEAM_REPORT.encode()) == 3484


def test_its_entries_stand_for_the_instants_that_their_words_name():
    assert [(each.sense, each.line, each.written, each.words) for each in INCIDENT.instants] == [
        (Sense.FAULT_START, 27, "19:35", "went down"),
        (Sense.NOTICED, 28, "19:45", "noticed"),
        (Sense.DIAGNOSED, 32, "20:14", "saw link"),
        (Sense.MITIGATED, 33, "20:16", "Restored"),
    ]
    assert minutes(INCIDENT, Sense.FAULT_START) == ("2025-12-02 19:35:00", "2025-12-02 19:36:00")
    assert minutes(INCIDENT, Sense.MITIGATED) == ("2025-12-02 20:16:00", "2025-12-02 20:17:00")
    assert [entry.line for entry in INCIDENT.entries] == [27, 28, 29, 30, 31, 32, 33]


def test_ten_minutes_to_detect_and_41_to_mitigate_within_the_minutes_they_are_written_in():
    # 19:35 may be 19:35:59 and 19:45 may be 19:45:00: 9 min 1 s; the other way round it is 10 min 59 s.
    assert INCIDENT.measures == {
        MeasureName.TTD: Measure(600.0, 540.0, 660.0),
        MeasureName.TTM: Measure(2460.0, 2400.0, 2520.0),
    }


def test_what_it_does_not_say_is_unknown():
    for sense in (Sense.ALERT_FIRING, Sense.NOTIFIED, Sense.ACKNOWLEDGED, Sense.RECOVERED, Sense.FIRST_IMPACT):
        assert INCIDENT.instant(sense) is None
    assert INCIDENT.announced is None
    missing = told(INCIDENT, FindingKind.MISSING)
    assert ": no entry tells of an alert or of a notification" in missing
    assert "48: “back online”, but no entry says when: no time to recover" in missing
    assert ": how many purchases were tried, and how many failed" in missing
    assert ": action items 1, 2, 3: no due date" in missing


def test_a_person_detected_it_though_the_summary_says_grafana():
    assert INCIDENT.detected_by.value == "person (Grafana dashboard)"
    assert INCIDENT.detected_by.lines == (7, 11, 28)
    assert (
        "7 11 28: “detected by Grafana”, but a person noticed (lines 11 and 28), and no line says that an alert went "
        "off; taken: person (Grafana dashboard)"
    ) in told(INCIDENT, FindingKind.CONTRADICTION)


def test_the_local_time_of_the_summary_is_the_utc_time_of_the_timeline():
    # Denver was at UTC-7 in December: 12:35 + 7 h = 19:35.
    assert ("5 27: 12:35 pm names no time zone; in America/Denver (UTC-7) it is 19:35 UTC, as in line 27") in told(
        INCIDENT, FindingKind.AGREEMENT
    )


def test_the_titles_time_fits_nothing():
    # 19:35 - 13:45 = 5:50; and 13:45 in Denver is 20:45 UTC, 29 minutes after 20:16.
    assert (
        "1: 13-45-00 in the title fits no entry: in UTC 5 h 50 min before the first entry; in America/Denver 29 min "
        "after the last; not used"
    ) in told(INCIDENT, FindingKind.CONTRADICTION)


def test_all_users_and_two_customers_are_told_to_be_at_odds():
    (found,) = [text for text in told(INCIDENT, FindingKind.CONTRADICTION) if "customers" in text]
    assert found.startswith(
        "5 7 19: “all active users” (line 5) and “100% of users” (line 7), but “2 customers” (line 19)"
    )


def test_the_41_minutes_it_speaks_of_are_those_of_its_timeline():
    assert "17: “41 minutes” is the timeline's time to mitigate, 41 min (40 to 42 min)" in told(
        INCIDENT, FindingKind.AGREEMENT
    )


def test_the_unfinished_sentence_is_shown():
    assert told(INCIDENT, FindingKind.NOT_UNDERSTOOD) == [
        "44: the sentence breaks off: “…a plan will need to be made where”"
    ]


def test_the_sentences_that_nothing_was_made_of_are_named():
    assert [sentence.line for sentence in INCIDENT.prose] == [7, 13, 42, 50, 50, 50, 54]
    assert INCIDENT.prose[-2].text == "The former is better."


def test_its_action_items_have_an_owner_no_date_and_a_claim_that_can_be_tested():
    assert [(item.line, item.owner, item.due) for item in INCIDENT.items] == [
        (line, "Thomas Utrilla", None) for line in (58, 59, 60)
    ]
    claims = [parse_claim(item.claim) for item in INCIDENT.items]
    assert [claim.experiments for claim in claims] == [("factory-fail",), ("factory-fail",), ("backup-factory",)]
    assert [claim.conditions[0].figure for claim in claims] == ["ttd_s", "sight", "success_ratio"]
    assert claims[1].conditions[0].rule == "revenue-down"


def test_it_is_the_row_of_the_history_that_the_report_tells():
    past = past_incident_of(INCIDENT, incident_id(INCIDENT), "1.2.3")
    assert past.drill_id == "2025-12-02T19-35-00Z-incident"
    assert (past.origin, past.experiment, past.fault) == (Origin.INCIDENT, "factory-fail", FaultKind.FAIL)
    assert (past.started_at, past.ended_at) == (
        datetime(2025, 12, 2, 19, 35, tzinfo=UTC),
        datetime(2025, 12, 2, 20, 17, tzinfo=UTC),
    )
    assert (past.detected_by, past.ended_by) == ("person (Grafana dashboard)", Actor.RESPONDER)
    assert (past.responder, past.announced, past.verdict) == (ResponderKind.PEOPLE, None, None)
    assert (past.diners_affected, past.purchases, past.failed, past.success_ratio) == (2, None, None, None)
    assert past.measures == INCIDENT.measures
    assert INCIDENT.tickets.value == 0


def test_what_people_wrote_goes_into_the_notes_word_by_word():
    notes = READING.notes
    assert notes.root_cause.endswith("a plan will need to be made where")
    assert notes.impact.splitlines()[-1] == "No support tickets or social media were submitted."
    assert notes.prevention == (
        "This same root cause resulted in incidents where purchase flow stopped, and errors requests increased."
    )
    assert [item.text for item in notes.action_items][1] == "Create a alert for when bitcoin purchases go down."
