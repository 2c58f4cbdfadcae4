"""Who detected, and what no alert catches."""

import pytest
from retro_examples import ALERT, PERSON, at_least, blind_drill, day, drill, sight, took

from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.detection import Sight
from chaos_pizza.model.result import Verdict
from chaos_pizza.retro.detections import Detector, RuleRecord, detector_of, rule_records, uncaught_of, was_cut_off


@pytest.mark.parametrize(
    ("detected_by", "expected"),
    [
        (ALERT, Detector.ALERT),
        ("runbook", Detector.ALERT),
        (PERSON, Detector.PERSON),
        ("on-call team", Detector.PERSON),
        ("mark by alert", Detector.PERSON),
        (None, Detector.NOBODY),
        ("", Detector.NOBODY),
    ],
)
def test_what_detected_is_an_alert_a_person_or_nobody(detected_by, expected):
    assert detector_of(drill(0, detected_by=detected_by)) is expected


def test_each_rules_sights_are_counted_by_whose_alerting():
    drills = [
        drill(0, sights=(sight(Sight.FIRED), sight(Sight.BLIND, "bad-pizzas"))),
        drill(1, sights=(sight(Sight.FIRED), sight(Sight.MOVED, source=AlertSource.PROMETHEUS))),
        drill(2),
    ]
    assert rule_records(drills) == (
        RuleRecord("bad-pizzas", AlertSource.SHOP_METRICS, {Sight.BLIND: 1}),
        RuleRecord("failed-purchases", AlertSource.PROMETHEUS, {Sight.MOVED: 1}),
        RuleRecord("failed-purchases", AlertSource.SHOP_METRICS, {Sight.FIRED: 2}),
    )


@pytest.mark.parametrize(
    ("sights", "expected"),
    [
        ({Sight.BLIND: 3}, True),
        ({Sight.BLIND: 1, Sight.UNKNOWN: 2}, True),
        ({Sight.BLIND: 3, Sight.MOVED: 1}, False),
        ({Sight.BLIND: 3, Sight.FIRED: 1}, False),
        ({Sight.UNKNOWN: 3}, False),
    ],
)
def test_a_rule_is_blind_that_never_saw_anything(sights, expected):
    assert RuleRecord("rule", AlertSource.SHOP_METRICS, sights).is_blind is expected


def test_the_latest_drills_without_an_alert_are_counted_back_to_the_last_that_one_caught():
    drills = [
        blind_drill(0),
        blind_drill(1, took(30), detected_by=ALERT),
        blind_drill(2),
        blind_drill(3, took(60), detected_by=PERSON),
    ]
    found = uncaught_of("factory-badjwt", drills)
    assert (found.drills, found.since.started_at) == (2, day(2))
    assert [record.rule for record in found.blind] == ["failed-purchases"]


def test_an_alert_that_fired_after_a_person_noticed_has_caught_it_too():
    assert uncaught_of("factory-fail", [drill(0, took(60), detected_by=PERSON, sights=(sight(Sight.FIRED),))]) is None


@pytest.mark.parametrize("verdict", [Verdict.ABORTED, Verdict.CALM_NOT_RESTORED])
def test_a_drill_that_was_cut_off_might_have_been_caught(verdict):
    cut_off = [drill(number, at_least(1.2), verdict=verdict, failed=2) for number in (1, 3)]
    assert uncaught_of("factory-fail", [drill(0, took(2)), *cut_off]) is None
    missed = drill(2, at_least(60))
    found = uncaught_of("factory-fail", [drill(0, took(2)), cut_off[0], missed, cut_off[1]])
    assert (found.drills, found.since) == (1, missed)


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (drill(0, at_least(1.2), verdict=Verdict.ABORTED), True),
        (drill(0, at_least(1.2), verdict=Verdict.CALM_NOT_RESTORED), True),
        (drill(0, took(1), verdict=Verdict.ABORTED), False),
        (drill(0, at_least(60), verdict=Verdict.FAILED), False),
        (drill(0, at_least(1.2), verdict=Verdict.ABORTED, sights=(sight(Sight.FIRED),)), False),
    ],
    ids=["aborted", "calm not restored", "detected before", "whole", "an alert fired"],
)
def test_only_what_ended_early_and_undetected_was_cut_off(of, expected):
    assert was_cut_off(of) is expected


def test_a_drill_in_which_no_purchase_failed_had_nothing_to_catch():
    caught = drill(0, took(2))
    assert uncaught_of("backup-factory", [caught, drill(1, at_least(60), failed=0)]) is None
    assert uncaught_of("backup-factory", [drill(1, at_least(60), failed=None)]) is None
    assert uncaught_of("backup-factory", []) is None
