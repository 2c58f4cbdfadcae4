"""Which drills count, and which belong together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from retro_examples import at_least, blind_drill, drill, incident, placebo, took

from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import Verdict
from chaos_pizza.retro.durations import Durations
from chaos_pizza.retro.experiments import sort_out


def test_announced_and_blind_drills_stand_apart_and_incidents_by_themselves():
    drills = [
        drill(3, took(2), announced=False),
        drill(1, took(1)),
        drill(2, took(3), announced=None),
        drill(0, at_least(60)),
        incident(),
    ]
    (found,), left_out = sort_out(drills)
    assert [(group.announced, [each.started_at.day for each in group.drills]) for group in found.groups] == [
        (True, [1, 2]),
        (False, [4]),
        (None, [3]),
    ]
    assert found.groups[0].durations(MeasureName.TTD) == Durations((1.0,), (60.0,))
    assert [each.drill_id for each in found.incidents] == ["2025-12-02T19-35-00Z-incident"]
    assert [each.started_at.day for each in found.drills] == [1, 2, 3, 4]
    assert left_out == ()


def test_what_proves_nothing_is_left_out_with_its_reason():
    drills = [
        drill(0, verdict=Verdict.INVALID, reasons=("not steady before", "too few purchases")),
        drill(1, verdict=Verdict.INVALID),
        drill(2, verdict=Verdict.ABORTED, fault_proven=False),
        drill(3, took(1)),
    ]
    (found,), left_out = sort_out(drills)
    assert len(found.drills) == 1
    assert [each.reason for each in left_out] == [
        "not steady before",
        "it proves nothing",
        "its fault was never proven",
    ]


@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.ABORTED, Verdict.CALM_NOT_RESTORED])
def test_a_proven_fault_counts_however_the_drill_ended(verdict):
    (found,), left_out = sort_out([drill(0, at_least(60), verdict=verdict)])
    assert (len(found.drills), left_out) == (1, ())


def test_a_placebo_is_known_by_what_was_broken_and_the_most_drilled_comes_first():
    experiments, left_out = sort_out([placebo(0), placebo(1), drill(2, took(1))])
    assert [(each.name, each.is_placebo) for each in experiments] == [("placebo", True), ("factory-fail", False)]
    assert left_out == ()


def test_a_fault_that_nobody_felt_once_is_what_the_experiment_asks_about():
    (felt,), _ = sort_out([drill(0, took(1)), drill(1, took(1), failed=None)])
    (unfelt,), _ = sort_out([drill(0, took(1)), drill(1, at_least(60), failed=0)])
    assert (felt.was_unfelt, unfelt.was_unfelt) == (False, True)


def test_without_drills_there_is_nothing():
    assert sort_out([]) == ((), ())


def test_incidents_that_are_like_no_experiment_stand_together():
    (found,), _ = sort_out([incident(experiment="", drill_id="a"), incident(experiment="", drill_id="b")])
    assert (found.name, found.groups, len(found.incidents), found.is_placebo) == ("", (), 2, False)


@given(st.permutations([drill(0, took(1)), drill(0, took(2), drill_id="x"), blind_drill(2), placebo(3), incident()]))
def test_the_order_of_the_drills_is_irrelevant(drills):
    in_order = [drill(0, took(1)), drill(0, took(2), drill_id="x"), blind_drill(2), placebo(3), incident()]
    assert sort_out(drills) == sort_out(in_order)
