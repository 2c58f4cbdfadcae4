"""What a drill's times may be held to count."""

from dataclasses import replace

import pytest
import report_examples as examples

from chaos_pizza.model.incident import Actor
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import BudgetCheck, InstantName
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.report.lead import to_lead
from chaos_pizza.report.sections import summarize
from chaos_pizza.report.standing import ended_by_drill, is_placebo, why_no_time
from chaos_pizza.report.tables import measure_rows
from chaos_pizza.report.unknowns import list_unknowns


def unfelt():
    """A drill with a fault that no purchase felt."""
    drill = examples.passed()
    instants = {name: each for name, each in drill.timeline.instants.items() if name is not InstantName.FIRST_IMPACT}
    impact = replace(drill.impact, failed=0, success_ratio=1.0)
    measures = drill.measures | {MeasureName.TTR: None, MeasureName.RECOVERY_LAG: None}
    return replace(drill, impact=impact, measures=measures, timeline=replace(drill.timeline, instants=instants))


def ended(by):
    drill = examples.passed()
    return replace(drill, timeline=replace(drill.timeline, ended_by=by))


def cell(drill, label, **told):
    return next(row[1] for row in measure_rows(drill, **told) if row[0].startswith(label))


@pytest.mark.parametrize(
    ("by", "told"),
    [
        (Actor.ROLLBACK, "8.00 s; after the drill's own rollback"),
        (Actor.WATCHDOG, "8.00 s; after the drill's watchdog"),
        (Actor.ABORT, "8.00 s; after the abort of the drill"),
        (Actor.RUNBOOK, "8.00 s"),
        (Actor.UNKNOWN, "8.00 s"),
    ],
)
def test_a_recovery_after_the_drill_s_own_hand_is_told_as_that(by, told):
    assert cell(ended(by), "Time to recover") == told
    assert ("counts nobody" in to_lead(ended(by), examples.settings())) == (";" in told)


def test_what_was_not_seen_to_end_was_ended_by_nobody():
    drill = ended(Actor.ROLLBACK)
    instants = {name: each for name, each in drill.timeline.instants.items() if name is not InstantName.MITIGATED}
    assert ended_by_drill(replace(drill, timeline=replace(drill.timeline, instants=instants))) is None


def test_where_no_purchase_failed_there_was_nothing_to_recover_from():
    assert cell(unfelt(), "Time to recover") == "- (no purchase failed)"
    assert cell(unfelt(), "Time to detect").startswith("1.50 s")
    lead = to_lead(unfelt(), examples.settings())
    assert '<p class="figure">-</p>' in lead
    assert "No purchase failed" in lead
    assert "No purchase of the drill's failed, so there was nothing to recover from." in summarize(
        unfelt(), examples.settings()
    )


def test_where_no_purchase_failed_a_budget_for_recovery_has_no_time_to_be_held_against():
    drill = replace(unfelt(), budgets=(BudgetCheck("ttr_s", 5, None, None),))
    (budget,) = (row[2] for row in measure_rows(drill) if row[0].startswith("Time to recover"))
    assert budget == "at most 5 s: no purchase failed, so there is no time to hold against it"
    assert "no time to hold against it (at most 5 s)" in to_lead(drill, examples.settings())
    assert "Time to recover: none, since no purchase failed and there was nothing to recover from." in list_unknowns(
        drill, examples.settings()
    )


def test_without_purchases_or_with_a_broken_record_nobody_knows_whether_one_failed():
    none_made = replace(unfelt(), impact=replace(unfelt().impact, purchases=0, rejected=0))
    for drill in (none_made, replace(unfelt(), cut_off=True)):
        assert why_no_time(drill, MeasureName.TTR, nothing_broken=False) is None


def test_a_placebo_has_no_times_and_no_budget_on_one_can_be_held():
    drill = replace(examples.placebo(), budgets=(BudgetCheck("ttd_s", 10, None, None),))
    assert is_placebo(drill)
    rows = measure_rows(drill, nothing_broken=True)
    assert {row[1] for row in rows} == {"- (nothing was broken)"}
    assert rows[0][2] == "at most 10 s: nothing was broken, so there is no time to hold against it"


def test_a_fault_that_was_to_be_and_was_not_proven_is_no_placebo():
    assert not is_placebo(examples.unproven())
    assert why_no_time(examples.unproven(), MeasureName.TTD) is None


def test_the_share_of_good_purchases_has_a_card_where_it_has_a_budget():
    budget = (BudgetCheck("success_ratio", 0.95, 1.0, True),)
    placebo = to_lead(replace(examples.placebo(), budgets=budget), examples.settings(FaultKind.NONE))
    assert "Good purchases" in placebo
    assert "✔ kept (at least 95 %)" in placebo
    assert "Good purchases" not in to_lead(replace(unfelt(), budgets=()), examples.settings())
