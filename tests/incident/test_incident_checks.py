"""What a report says in two places, held against each other; and what it does not say."""

import pytest
from incident_texts import FindingKind, Sense, incident_of, read, told

from chaos_pizza.claims.grammar import parse_claim
from chaos_pizza.errors import UsageError
from chaos_pizza.incident.numbers import durations_in
from chaos_pizza.incident.outline import SectionName, outline_of, section_name
from chaos_pizza.model.incident import Actor

FAILURES_ALERTED = "ttd_s(factory-fail) <= 90 and sight[failed-purchases] (factory-fail) = fired"
ENTRIES = ("19:35 factory went down", "19:45 noticed", "20:16 restored")


def contradictions(rest: str, *entries: str) -> list[str]:
    return told(incident_of(*(entries or ENTRIES), rest=rest), FindingKind.CONTRADICTION)


def test_a_duration_that_is_not_the_timelines_is_told_with_the_difference():
    (found,) = contradictions("## Impact\n\nThe outage lasted 50 minutes.")
    assert found == (
        "13: “50 minutes” is 9 min more than the timeline's time to mitigate, 41 min (40 to 42 min); "
        "the timeline was taken"
    )


@pytest.mark.parametrize("said", ["41 minutes", "42 min", "40 minutes", "about an hour", "0.7 hours", "2460 s"])
def test_a_duration_within_the_minutes_it_is_written_in_agrees(said):
    assert contradictions(f"## Impact\n\nThe outage lasted {said}.") == []


def test_a_time_to_detect_that_is_told_is_held_against_the_timeline():
    (found,) = contradictions("## Detection\n\nIt took us 25 minutes to notice.")
    assert found.startswith("13: “25 minutes” is 15 min more than the timeline's time to detect, 10 min (9 to 11 min)")


def test_a_time_told_elsewhere_is_held_against_the_instant_it_speaks_of():
    (found,) = contradictions("## Summary\n\nAnn noticed at 19:40 UTC.")
    assert found == "13 8: 19:40 UTC is said of “noticed”: 5 min before noticed, 19:45 in line 8"


def test_a_title_in_local_time_agrees_and_says_in_which_zone():
    incident = incident_of(*ENTRIES, title="# Incident: 2025-12-02 12-35-00")
    assert told(incident, FindingKind.AGREEMENT) == [
        "1 7: 12-35-00 in the title is as in line 7, in America/Denver (UTC-7)"
    ]


def test_a_wrong_time_that_is_told_twice_is_complained_of_once():
    rest = "## Summary\n\nAt 12:30 pm it began to rain. It went down at 12:30 pm."
    (found,) = contradictions(rest)
    assert found == (
        "13 7: 12:30 pm (in America/Denver (UTC-7): 19:30 UTC) is said of “went down”: 5 min before fault_start, 19:35 "
        "in line 7"
    )


def test_a_time_before_the_first_entry_contradicts_it():
    (found,) = contradictions("## Response\n\nAnn came online at 15:00 UTC.")
    assert found == "13 7: 15:00 UTC is 4 h 35 min before the first entry, 19:35 in line 7"


def test_a_time_that_no_entry_has_is_shown():
    incident = incident_of(*ENTRIES, rest="## Response\n\nAnn came online at 19:48 UTC.")
    assert "13: 19:48 UTC has no entry in the timeline; put it there, and it counts" in told(
        incident, FindingKind.NOT_UNDERSTOOD
    )
    assert told(incident, FindingKind.CONTRADICTION) == []


def test_a_local_time_is_understood_in_summer_too():
    # Denver is at UTC-6 in July: 12:35 + 6 h = 18:35.
    incident = incident_of(
        "18:35 factory went down", title="# 2025-07-02", rest="## Summary\n\nIt went down at 12:35 pm."
    )
    assert "11 7: 12:35 pm names no time zone; in America/Denver (UTC-6) it is 18:35 UTC, as in line 7" in told(
        incident, FindingKind.AGREEMENT
    )


def test_a_local_time_of_the_day_before_is_understood():
    incident = incident_of(
        "01:00 factory went down", title="# 2025-12-03", rest="## Summary\n\nIt went down at 6:00 pm."
    )
    assert "11 7: 6:00 pm names no time zone; in America/Denver (UTC-7) it is 01:00 UTC, as in line 7" in told(
        incident, FindingKind.AGREEMENT
    )


def test_noticed_before_it_began_makes_no_duration():
    incident = incident_of("19:30 noticed", "19:35 went down", "20:16 restored")
    assert incident.measures.keys() == {"ttm_s"}
    (found,) = told(incident, FindingKind.CONTRADICTION)
    assert found == (
        "7 8: noticed, 19:30, is 5 min before fault_start, 19:35 in line 8: no duration was made of the two"
    )


def test_all_in_the_same_minute_is_no_contradiction():
    incident = incident_of("19:35 went down", "19:35 noticed", "19:35 restored")
    assert told(incident, FindingKind.CONTRADICTION) == []
    ttd = incident.measures["ttd_s"]
    assert (ttd.value, ttd.earliest, ttd.latest) == (0, 0, 60)


def test_numbers_that_differ_between_sections_are_shown_with_their_lines():
    (found,) = contradictions("## Summary\n\n14 users were affected.\n\n## Impact\n\n12 customers were affected.")
    assert found == (
        "17 13: the number of customers differs: “12 customers” (line 17), “14 users” (line 13); the first was taken"
    )


def test_a_date_days_away_from_the_incidents_contradicts_it():
    (found,) = contradictions("## Summary\n\nOn 2025-12-12 it went down.")
    assert found == "13: 2025-12-12 is 10 days away from the incident's day, 2025-12-02"


def test_dates_of_what_is_due_and_of_other_incidents_are_their_own():
    rest = "## Prevention\n\nAs on 2025-01-07.\n\n## Action items\n\n1. Fix it, due 2026-03-01"
    assert contradictions(rest) == []


def test_an_alert_first_and_a_person_named_is_shown():
    (found,) = contradictions("## Detection\n\nDetected by a customer.", "19:35 went down", "19:36 alert fired")
    assert found.startswith("8 12: “Detected by a customer”, but the first to tell was an alert, line 8")


def test_who_ended_it():
    assert incident_of(*ENTRIES).ended_by is Actor.RESPONDER
    itself = incident_of("19:35 went down", "19:50 fixed", rest="## Resolution\n\nIt recovered by itself.")
    assert itself.ended_by is Actor.SELF_HEALED
    assert incident_of("19:35 went down", "19:45 noticed").ended_by is None


@pytest.mark.parametrize(
    ("words", "known"),
    [("It was a blind drill.", False), ("The drill was unannounced.", False), ("It was announced.", True), ("", None)],
)
def test_whether_they_knew_of_it_is_known_only_where_it_is_said(words, known):
    assert incident_of(*ENTRIES, rest=f"## Summary\n\n{words}").announced is known


@pytest.mark.parametrize(
    ("words", "experiment"),
    [
        ("The factory answered with errors.", "factory-fail"),
        ("The factory was slow, requests timed out", "factory-throttle"),
        ("All pizzas had invalid JWTs", "factory-badjwt"),
        ("The oven was full", "oven-full"),
        ("Somebody pulled the plug", None),
    ],
)
def test_the_experiment_that_tries_the_same_is_told_by_words(words, experiment):
    incident = incident_of("19:35 it began", rest=f"## Summary\n\n{words}")
    assert (incident.experiment and incident.experiment.value) == experiment


def test_an_experiment_that_is_named_by_hand_counts():
    text = "# 2025-12-02\n\n## Timeline\n\n- 19:35 UTC the factory went down\n"
    assert read(text, experiment="my-own").incident.experiment.value == "my-own"
    assert read(text, experiment="my-own").incident.fault is None


@pytest.mark.parametrize(
    ("item", "owner", "due", "claim"),
    [
        ("Alert on errors (owner: Ann Lee, due 2026-01-31)", "Ann Lee", "2026-01-31", FAILURES_ALERTED),
        ("Alert on revenue, assigned to Bo by 1/15/26", "Bo", "2026-01-15",
         "sight[revenue-down] (factory-fail) = fired"),
        ("A second factory, @cy", "cy", None, "success_ratio(backup-factory) >= 99 %"),
        ("Write a runbook for the version of 2025-12-02", None, None, "ttm_s(factory-fail) <= 10 min"),
        ("Buy cake", None, None, None),
    ],
)  # fmt: skip
def test_an_action_item_is_read_with_owner_due_date_and_a_claim(item, owner, due, claim):
    (found,) = incident_of(*ENTRIES, rest=f"## Action items\n\n- [ ] {item}").items
    assert (found.text, found.owner, found.due, found.claim) == (item, owner, due, claim)
    if claim is not None:
        assert parse_claim(claim)


def test_an_item_of_several_lines_and_sentences_is_one():
    incident = incident_of(*ENTRIES, rest="## Action items\n\n1. Fix it. Then rest.\n   And sleep.\n2. Eat.\n")
    assert [(item.line, item.text) for item in incident.items] == [(13, "Fix it. Then rest. And sleep."), (15, "Eat.")]


def test_sections_that_are_missing_or_empty_are_named():
    missing = told(incident_of(*ENTRIES, rest="## Impact\n\n## Response\n\nAnn."), FindingKind.MISSING)
    assert "11: the section Impact is empty" in missing
    assert ": there is no section Summary, Detection, Root cause, Resolution, Prevention, Action items" in missing


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Timeline", SectionName.TIMELINE),
        ("TIME LINE", SectionName.TIMELINE),
        ("Timelien", SectionName.TIMELINE),
        ("Timeline (all times UTC)", SectionName.TIMELINE),
        ("4. Root-cause analysis", SectionName.ROOT_CAUSE),
        ("Action Items:", SectionName.ACTION_ITEMS),
        ("Follow-ups", SectionName.ACTION_ITEMS),
        ("Glossary", None),
        ("", None),
        ("x" * 5000, None),
    ],
)
def test_a_heading_is_known_by_its_letters(heading, name):
    assert section_name(heading) is name


def test_the_outline_has_every_line_once():
    text = "intro\n# T\n\n## Impact\na\n<!-- ## Timeline\nhidden -->\n```\n## Summary\n```\nResponse: Ann\n"
    outline = outline_of(text)
    assert [(section.name, section.line) for section in outline.sections] == [
        (None, 1),
        (SectionName.IMPACT, 4),
        (SectionName.RESPONSE, 11),
    ]
    assert (outline.title, outline.title_line) == ("T", 2)
    assert outline.sections[1].text.split() == ["a", "```", "##", "Summary", "```"]
    assert outline.sections[2].text == "Ann"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("41 minutes", 2460),
        ("1 hour and 5 minutes", 3900),
        ("1h 5m", 3900),
        ("an hour", 3600),
        ("90 s", 90),
        ("2 days", 172_800),
    ],
)
def test_a_duration_is_read(text, seconds):
    (found,) = durations_in(f"It lasted {text}.")
    assert (found.seconds, found.text) == (seconds, text)


@pytest.mark.parametrize("text", ["2 users", "19:35 s", "2 purchases per minute", "5 more", "10 m/s"])
def test_what_is_no_duration_is_taken_for_none(text):
    assert list(durations_in(text)) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "holds no timeline"),
        ("Just a note.\n\nNothing more.", "holds no timeline"),
        ("# 2025-12-02\n\n## Timeline\n\nNothing.\n", "holds no timeline"),
        ("# Outage\n\n## Timeline\n\n- 19:35 went down\n", "names no day"),
        ("# 2025-12-02\n\n## Timeline\n\n- 19:35 BST went down\n", "none of its entries has a time that ever was"),
        ("- 19:35 a\n" * 20_000, "more than 10000 lines"),
    ],
)
def test_a_text_that_is_no_report_is_refused_with_what_one_needs(text, complaint):
    with pytest.raises(UsageError, match=complaint) as refused:
        read(text)
    assert "\n" not in str(refused.value)


def test_the_report_of_a_drill_is_known_as_one():
    text = "# Drill: 2026-11-24 02-05-40\n\n## Timeline\n\nAll times are UTC.\n\n- _02:05:48.585_ - fault on: fail\n"
    reading = read(text)
    assert reading.is_of_a_drill
    (start,) = reading.incident.instants
    assert (start.sense, start.when.latest - start.when.earliest) == (
        Sense.FAULT_START,
        start.when.latest.resolution * 1000,
    )
