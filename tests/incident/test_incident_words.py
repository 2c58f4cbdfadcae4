"""Which words tell an instant, and what makes the same words tell none."""

import pytest
from incident_texts import FindingKind, Sense, incident_of, minutes, told

from chaos_pizza.incident.words import REASONS, tellings_of


@pytest.mark.parametrize(
    ("text", "sense"),
    [
        ("Pizza factory service went down", Sense.FAULT_START),
        ("The factory stopped working", Sense.FAULT_START),
        ("fault on: fail (factory startDate, proven by a purchase)", Sense.FAULT_START),
        ("Chaos test started", Sense.FAULT_START),
        ("first failed purchase: the shop answered an error", Sense.FIRST_IMPACT),
        ("Purchases began to fail", Sense.FIRST_IMPACT),
        ("Alert failed-purchases fired", Sense.ALERT_FIRING),
        ("The alarm went off", Sense.ALERT_FIRING),
        ("This triggered an alert", Sense.ALERT_FIRING),
        ("Ann was paged", Sense.NOTIFIED),
        ("We received a support ticket", None),
        ("We received a ticket", Sense.NOTIFIED),
        ("On-call team noticed and went to investigate", Sense.NOTICED),
        ("Ann became aware of it", Sense.NOTICED),
        ("Ann acknowledged it", Sense.ACKNOWLEDGED),
        ("Bob took over the incident", Sense.ACKNOWLEDGED),
        ("went and saw link to restore the pizza factory service", Sense.DIAGNOSED),
        ("Found the root cause", Sense.DIAGNOSED),
        ("Restored pizza factory service", Sense.MITIGATED),
        ("Rolled back the release", Sense.MITIGATED),
        ("runbook: followed the link in the answer", Sense.MITIGATED),
        ("chaos turned status to calm", Sense.MITIGATED),
        ("Purchases succeeded again", Sense.RECOVERED),
        ("Everything is back to normal", Sense.RECOVERED),
    ],
)
def test_words_tell_an_instant(text, sense):
    assert [telling.sense for telling in tellings_of(text)] == ([sense] if sense else [])


@pytest.mark.parametrize(
    "text",
    [
        "No alert fired",
        "The alert did not fire",
        "The alert never fired",
        "No on-call engineer noticed",
        "Nobody noticed anything",
        "Ann noticed nothing",
        "Alert fired: none",
        "Nobody on the team had noticed it",
        "The alert should have fired",
        "An alert would have gone off",
        "We tried to restore the service",
        "Ann went to see if it was fixed",
        "Not yet fixed",
        "It isn't fixed",
        "Rolled back, but it did not help",
        "Restarted the factory, which had no effect",
        "The alert resolved",
        "The error response logs were not showing up in cloudwatch",
        "logged in and tried to purchase pizza, which resulted in an error",
        "so that the alarm can go off and it can be checked",
        "a link to restore the service back online",
        "a chaos test performed on the system",
        "",
    ],
)
def test_what_is_denied_wished_or_tried_in_vain_tells_none(text):
    assert tellings_of(text) == []


def test_an_entry_may_tell_two_instants():
    found = tellings_of("alert fired and Ann was paged")
    assert [(telling.sense, telling.words) for telling in found] == [
        (Sense.ALERT_FIRING, "alert fired"),
        (Sense.NOTIFIED, "was paged"),
    ]


def test_every_instant_has_the_reason_for_its_words():
    assert set(REASONS) == set(Sense)
    assert all(REASONS.values())


def test_the_first_entry_in_time_counts():
    incident = incident_of(
        "19:35 went down", "19:50 restored", "19:48 noticed", "19:45 noticed", "20:16 restored again"
    )
    assert minutes(incident, Sense.NOTICED)[0] == "2025-12-02 19:45:00"
    assert minutes(incident, Sense.MITIGATED)[0] == "2025-12-02 19:50:00"


def test_an_alert_without_a_time_is_no_instant():
    incident = incident_of("19:35 went down", "19:45 noticed", rest="## Detection\n\nAn alert fired, and Ann noticed.")
    assert incident.instant(Sense.ALERT_FIRING) is None
    assert incident.detected_by.value == "person"
    assert "12: an alert is said to have gone off (“alert fired”), but no entry says when: it is no instant" in told(
        incident, FindingKind.MISSING
    )


def test_an_alert_that_fired_first_detected_it():
    incident = incident_of(
        "19:35 went down", "19:36 alert fired", "19:45 Ann noticed", "19:50 Ann acknowledged it", "20:16 restored"
    )
    assert incident.detected_by.value == "alert"
    assert incident.measures["ttd_s"].value == 60
    assert incident.measures["tta_s"].value == 14 * 60


def test_a_person_who_was_sooner_than_the_alert_detected_it():
    incident = incident_of("19:35 went down", "19:40 Ann noticed", "19:45 alert fired", "20:16 restored")
    assert incident.detected_by.value == "person"
    assert incident.measures["ttd_s"].value == 5 * 60


def test_no_time_to_acknowledge_unless_somebody_says_so():
    incident = incident_of("19:35 went down", "19:45 Ann noticed and went to investigate", "20:16 restored")
    assert "tta_s" not in incident.measures
    assert ": nobody is said to have taken it: no time to acknowledge" in told(incident, FindingKind.MISSING)


def test_mitigated_and_recovered_are_two_instants():
    incident = incident_of("19:35 went down", "20:16 fixed", "20:20 purchases succeeded again")
    assert (incident.measures["ttm_s"].value, incident.measures["ttr_s"].value) == (41 * 60, 45 * 60)
    assert incident.measures["recovery_lag_s"].value == 4 * 60
