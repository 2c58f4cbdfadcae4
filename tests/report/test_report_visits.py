"""What the report and drill.json say of visitors and of how purchases lay in time."""

import json
from dataclasses import replace
from importlib.resources import files

import jsonschema
import pytest
import report_examples as examples

from chaos_pizza.model.traffic_profile import ProfileKind, TrafficProfile
from chaos_pizza.model.visit_event import StepCounts, VisitStep
from chaos_pizza.report.document import to_document
from chaos_pizza.report.method import describe_method
from chaos_pizza.report.visits import describe_visits

WELL = (StepCounts(VisitStep.LOG_IN, ok=12), StepCounts(VisitStep.MENU, ok=30))
AMISS = (StepCounts(VisitStep.MENU, ok=28, failed=2), StepCounts(VisitStep.VERIFY, refused=3, unanswered=1, dropped=9))


def test_without_visitors_nothing_is_said_of_them():
    assert describe_visits(()) == []
    assert "sessions" not in to_document(examples.passed())


def test_what_visitors_did_is_told_in_a_line_apart_from_the_purchases():
    (told,) = describe_visits(WELL)
    assert told == (
        "**Visitors.** Beside the purchases, and counting in no measure: logging in 12 times, looking at the menu "
        "30 times. All went well."
    )


def test_what_went_amiss_is_told_step_by_step():
    (told,) = describe_visits(AMISS)
    assert told.endswith(
        "Not well went looking at the menu 2 failed; having a pizza verified 3 refused, 1 unanswered, 9 dropped."
    )


def test_the_document_with_visitors_keeps_to_its_schema():
    schema = json.loads(files("chaos_pizza.report").joinpath("drill.schema.json").read_text())
    document = json.loads(json.dumps(to_document(replace(examples.passed(), sessions=AMISS))))
    jsonschema.validate(document, schema)
    assert document["sessions"][1] == {
        "step": "verify",
        "ok": 0,
        "refused": 3,
        "failed": 0,
        "unanswered": 1,
        "dropped": 9,
    }


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (TrafficProfile(), "**Traffic.** 10 purchases a second by 5 diners, each sent when the plan wanted it,"),
        (
            TrafficProfile(ProfileKind.POISSON),
            "**Traffic.** 10 purchases a second on average, at random as people come (Poisson), all times drawn ",
        ),
        (
            TrafficProfile(ProfileKind.RAMP, from_per_s=2, over_s=30),
            "**Traffic.** From 2 to 10 purchases a second within 30 s, and no more from then on, by 5 diners,",
        ),
        (
            TrafficProfile(ProfileKind.DAY, period_s=90, lowest_ratio=0.25),
            "**Traffic.** Up to 10 purchases a second, and down to 2.5 and up again as in a day of 90 s, by 5 diners,",
        ),
    ],
)
def test_the_method_says_how_purchases_lay_in_time(profile, words):
    settings = examples.settings()
    told = describe_method(examples.passed(), replace(settings, traffic=replace(settings.traffic, profile=profile)))
    assert told[0].startswith(words)
