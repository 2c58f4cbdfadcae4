"""Reports as other teams write them: the form is not quite ours, and the facts are the same."""

import time

import pytest
from incident_texts import FindingKind, Sense, incident_of, minutes, read, told

from chaos_pizza.errors import UsageError

POSTMORTEM = """\
# Postmortem: checkout outage
Date: Tuesday, January 14, 2026

## TL;DR
On Jan 14 at around 9:12am PT, checkouts failed because the shop chaos was enabled by mistake.

## Timeline (all times Pacific)
9:12am: shop chaos enabled by a script
9:13am: customers began to fail
9:20am: Datadog monitor triggered, on-call (Priya) paged
9:24am: Priya acked
9:31am: Identified the cause \u2014 chaos flag
9:33: Priya disabled chaos
9:35: checkouts back to normal

## Impact
~1,240 customers could not check out for 23 minutes. Support received 17 tickets.

## What went well
Monitoring.

## Follow-ups
| Item | Owner | Due |
| --- | --- | --- |
| Guard the chaos flag | Priya N | 2/1/26 |
| Alert at 2 failures a minute | Sam | Feb 3 |
"""
PLAIN = """\
INCIDENT 2025-12-02

Summary: the factory was down from 12:35 to 1:16 pm.
Detection: Thomas saw it on the dashboard.
Timeline:
12:35pm factory down
12:45pm noticed
1:16pm restored
"""


def test_a_postmortem_in_pacific_time():
    incident = read(POSTMORTEM).incident
    # 9:12 at UTC-8 is 17:12.
    assert [(instant.sense, f"{instant.when.earliest:%H:%M}") for instant in incident.instants] == [
        (Sense.FAULT_START, "17:12"),
        (Sense.FIRST_IMPACT, "17:13"),
        (Sense.ALERT_FIRING, "17:20"),
        (Sense.ACKNOWLEDGED, "17:24"),
        (Sense.DIAGNOSED, "17:31"),
        (Sense.MITIGATED, "17:33"),
        (Sense.RECOVERED, "17:35"),
    ]
    assert {name: measure.value / 60 for name, measure in incident.measures.items()} == {
        "ttd_s": 8, "ttd_from_impact_s": 7, "tta_s": 4, "ttm_s": 21, "ttr_s": 23,
        "impact_delay_s": 1, "recovery_lag_s": 2,
    }  # fmt: skip
    assert incident.detected_by.value == "alert (Datadog)"
    assert (incident.customers.value, incident.tickets.value, incident.experiment.value) == (1240, 17, "shop-chaos")
    assert told(incident, FindingKind.NOT_UNDERSTOOD) == [
        "19: “What went well” is no section of the incident form: nothing was read of it"
    ]


def test_a_weekday_that_is_another_is_told():
    # 1 January 2026 was a Thursday, so the 14th was a Wednesday.
    assert told(read(POSTMORTEM).incident, FindingKind.CONTRADICTION) == [
        "2: January 14, 2026 is a Wednesday, and not a Tuesday"
    ]
    assert told(read(POSTMORTEM.replace("Tuesday", "Wednesday")).incident, FindingKind.CONTRADICTION) == []


def test_a_table_of_action_items_has_owners_and_dates_in_its_columns():
    items = read(POSTMORTEM).incident.items
    assert [(item.line, item.text, item.owner, item.due) for item in items] == [
        (25, "Guard the chaos flag", "Priya N", "2026-02-01"),
        (26, "Alert at 2 failures a minute", "Sam", "2026-02-03"),
    ]


def test_plain_text_with_colons_for_headings():
    incident = read(PLAIN).incident
    assert incident.title == "INCIDENT 2025-12-02"
    assert (incident.measures["ttd_s"].value, incident.measures["ttm_s"].value) == (600, 2460)
    assert minutes(incident, Sense.FAULT_START)[0] == "2025-12-02 19:35:00"
    # The end of the stretch in the summary is not when it went down.
    assert told(incident, FindingKind.CONTRADICTION) == []


def test_an_entry_in_several_lines_is_one():
    incident = read(
        "# 2025-12-02\n\n## Timeline (UTC)\n\n- 19:35 - the factory\n  went down\n- 20:16 - restored\n"
    ).incident
    assert [entry.text for entry in incident.entries] == ["the factory went down", "restored"]
    assert incident.measures["ttm_s"].value == 2460


def test_a_comment_of_the_template_is_no_part_of_the_report():
    incident = incident_of(
        "19:35 went down", rest="<!-- ## Impact\n\n14 users were affected. -->\n\n## Impact\n\nNone."
    )
    assert incident.customers is None


@pytest.mark.parametrize(
    "text",
    [
        "- 19:35 noticed\n" * 9_000,
        "19:35 " * 160_000,
        "12/2/25 " * 120_000,
        "At 19:36 the alert fired. " * 38_000,
        "## Action items\n- fix alert errors due 12/12/25\n" * 4_900,
        "\u201c" * 300_000,
        "<!--" * 240_000,
        "a" * 990_000,
    ],
    ids=["entries", "times", "dates", "sentences", "items", "quotes", "comments", "letters"],
)
def test_no_text_of_a_megabyte_takes_long(text):
    began = time.process_time()
    try:
        read(f"# 2025-12-02\n\n## Timeline\n\n- 19:35 UTC went down\n\n## Summary\n\n{text}")
    except UsageError as refused:
        assert "timeline" in str(refused) or "lines" in str(refused)  # noqa: PT017 - either way will do
    assert time.process_time() - began < 20
