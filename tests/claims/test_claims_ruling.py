"""What one drill says of a claim, worked out by hand from the bounds of what it measured."""

import pytest
from claimed_drills import BLIND, FIRED, MOVED, UNKNOWN, drill, incident, lasted, sight, ttd
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.claims.claim import Condition, Relation
from chaos_pizza.claims.grammar import parse_claim
from chaos_pizza.claims.ruling import Ruling, rule, rule_on, tells
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import FaultKind


def ruling(claim, of):
    return rule_on(parse_claim(claim).conditions, of).value


@pytest.mark.parametrize(
    ("found", "at_most", "below", "at_least", "above"),
    [
        (ttd(50), "held", "held", "refuted", "refuted"),
        (ttd(100), "refuted", "refuted", "held", "held"),
        (ttd(90), "held", "refuted", "held", "refuted"),
        (ttd(88, 85, 90), "held", "undecided", "undecided", "refuted"),
        (ttd(92, 90, 95), "undecided", "refuted", "held", "undecided"),
        (ttd(90, 80, 95), "undecided", "undecided", "undecided", "undecided"),
        (lasted(50), "undecided", "undecided", "undecided", "undecided"),
        (lasted(90), "undecided", "refuted", "held", "undecided"),
        (lasted(100), "refuted", "refuted", "held", "held"),
        (None, "undecided", "undecided", "undecided", "undecided"),
    ],
)
def test_a_time_is_held_against_its_limit_bounds_and_all(found, at_most, below, at_least, above):
    rulings = [ruling(f"ttd_s(factory-fail) {relation} 90", drill(1, found)) for relation in ("<=", "<", ">=", ">")]
    assert rulings == [at_most, below, at_least, above]


TRUTHS = {
    Relation.AT_MOST: lambda true, wanted: true <= wanted,
    Relation.BELOW: lambda true, wanted: true < wanted,
    Relation.AT_LEAST: lambda true, wanted: true >= wanted,
    Relation.ABOVE: lambda true, wanted: true > wanted,
}
TENTHS = st.integers(0, 100)


@given(st.sampled_from(sorted(TRUTHS)), TENTHS, TENTHS, TENTHS, st.booleans())
def test_a_ruling_is_true_of_every_time_that_it_may_have_been(relation, wanted, one, other, censored):
    least, most = min(one, other), max(one, other)
    found = lasted(least) if censored else ttd(least, least, most)
    said = rule(Condition("ttd_s", "factory-fail", relation, wanted), drill(1, found))
    truths = {TRUTHS[relation](true, wanted) for true in range(least, 300 if censored else most + 1)}
    expected = {frozenset({True}): Ruling.HELD, frozenset({False}): Ruling.REFUTED}
    assert said is expected.get(frozenset(truths), Ruling.UNDECIDED)


def test_what_the_drill_counted_is_held_against_its_limit():
    counted = drill(1, success_ratio=0.99, failed=0, diners_affected=2, revenue_lost_btc=0.5)
    assert ruling("success_ratio(factory-fail) >= 99 %", counted) == "held"
    assert ruling("success_ratio(factory-fail) > 0.99", counted) == "refuted"
    assert ruling("failed(factory-fail) = 0", counted) == "held"
    assert ruling("diners_affected(factory-fail) = 3", counted) == "refuted"
    assert ruling("diners_affected(factory-fail) = 1", counted) == "refuted"
    assert ruling("revenue_lost_btc(factory-fail) < 0.25", counted) == "refuted"
    assert ruling("minutes_below_tolerance(factory-fail) < 1", counted) == "undecided"


NOTHING = {
    "failed": 0,
    "diners_affected": 0,
    "orders_without_pizza": 0,
    "minutes_below_tolerance": 0.0,
    "revenue_lost_btc": 0.0,
    "success_ratio": 1.0,
}


@pytest.mark.parametrize("purchases", [0, None])
@pytest.mark.parametrize("figure", NOTHING)
def test_a_drill_without_a_purchase_says_nothing_of_the_impact(figure, purchases):
    for relation in ("<=", ">"):
        claim = f"{figure}(factory-fail) {relation} 0"
        assert ruling(claim, drill(1, purchases=purchases, **NOTHING)) == "undecided"
        assert ruling(claim, drill(1, purchases=1, **NOTHING)) in {"held", "refuted"}


def test_an_incidents_own_figures_count_although_nobody_counted_its_purchases():
    assert ruling("failed(factory-fail) = 0", incident(1, failed=30)) == "refuted"


def test_a_verdict_is_held_against_its_word():
    assert ruling("verdict(factory-fail) = passed", drill(1)) == "held"
    assert ruling("verdict(factory-fail) = passed", drill(1, verdict=Verdict.FAILED)) == "refuted"


@pytest.mark.parametrize(
    ("detected_by", "alert", "person"),
    [
        ("alert failed-purchases (shop /metrics)", "held", "refuted"),
        ("mark by ann, entered later", "refuted", "held"),
        # It begins once an alert fires, and may be taken for the first of the two.
        ("runbook", "undecided", "undecided"),
        # It might have been detected by either, had it lasted.
        (None, "undecided", "undecided"),
    ],
)
def test_who_detected_is_held_against_its_word(detected_by, alert, person):
    found = drill(1, detected_by=detected_by)
    assert ruling("detected_by(factory-fail) = alert", found) == alert
    assert ruling("detected_by(factory-fail) = person", found) == person


@pytest.mark.parametrize(
    ("sights", "said"),
    [
        ([sight("r", FIRED)], "held"),
        ([sight("r", BLIND), sight("r", FIRED, AlertSource.PROMETHEUS)], "held"),
        ([sight("r", BLIND)], "refuted"),
        # It came near: a fault that lasted longer might have set it off.
        ([sight("r", MOVED)], "undecided"),
        ([sight("r", BLIND), sight("r", MOVED, AlertSource.PROMETHEUS)], "undecided"),
        ([sight("r", BLIND), sight("r", UNKNOWN, AlertSource.PROMETHEUS)], "undecided"),
        ([sight("r", UNKNOWN)], "undecided"),
        ([sight("another", FIRED)], "undecided"),
        ([], "undecided"),
    ],
)
def test_a_rules_sight_is_what_the_alerting_saw_that_saw_most(sights, said):
    assert ruling("sight[r](factory-fail) = fired", drill(1, sights=tuple(sights))) == said


def test_conditions_stand_and_fall_together():
    claim = "ttd_s(factory-fail) <= 90 and detected_by(factory-fail) = alert"
    assert ruling(claim, drill(1, ttd(50))) == "held"
    assert ruling(claim, drill(1, ttd(50), detected_by="mark by ann")) == "refuted"
    assert ruling(claim, drill(1, ttd(90, 80, 95))) == "undecided"
    assert ruling(claim, drill(1, ttd(90, 80, 95), detected_by="mark by ann")) == "refuted"
    assert ruling(claim, drill(1, lasted(50), detected_by=None)) == "undecided"
    assert ruling(claim, drill(1, lasted(100), detected_by=None)) == "refuted"


def test_an_incident_refutes_but_bears_nothing_out():
    assert ruling("ttd_s(factory-fail) <= 90", incident(1, ttd(600, 540, 660))) == "refuted"
    assert ruling("ttd_s(factory-fail) <= 900", incident(1, ttd(600, 540, 660))) == "undecided"


@pytest.mark.parametrize(
    ("changes", "can_tell"),
    [
        ({}, True),
        ({"verdict": Verdict.FAILED}, True),
        ({"verdict": Verdict.INVALID}, False),
        ({"verdict": Verdict.ABORTED}, False),
        ({"verdict": Verdict.CALM_NOT_RESTORED}, False),
        ({"verdict": None}, False),
        ({"fault_proven": False}, False),
        ({"fault_proven": None}, False),
        ({"fault_proven": False, "fault": FaultKind.NONE}, True),
        ({"fault_proven": False, "fault": FaultKind.NONE, "verdict": Verdict.INVALID}, False),
    ],
)
def test_only_a_sound_drill_of_a_proven_fault_or_a_placebo_tells(changes, can_tell):
    assert tells(drill(1, ttd(50), **changes)) is can_tell


def test_an_incident_tells_without_a_verdict():
    assert tells(incident(1))
