"""The few lines on a drill for whoever stands at the terminal."""

import io
from dataclasses import replace

import report_examples as examples
from rich.console import Console

from chaos_pizza.console.summary import print_summary
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import BudgetCheck


def printed(drill):
    """What is printed of it, a text for each line, the columns one space apart."""
    out = io.StringIO()
    print_summary(Console(file=out, width=160), drill, "reports/x/report.html")
    return [" ".join(line.split()) for line in out.getvalue().splitlines()]


def test_a_time_says_what_it_counts_from_where_that_is_not_the_fault():
    assert "time to acknowledge 5.00 s after the detection" in printed(examples.passed())


def test_a_recovery_after_the_drill_s_own_rollback_is_told_as_that():
    drill = examples.passed()
    lines = printed(replace(drill, timeline=replace(drill.timeline, ended_by=Actor.ROLLBACK)))
    assert "time to recover 8.00 s; after the drill's own rollback" in lines


def test_a_placebo_has_no_times_and_says_why():
    budget = BudgetCheck("ttd_s", 10, None, None)
    lines = printed(replace(examples.placebo(), budgets=(budget,)))
    assert "time to detect - (nothing was broken) budget 10 s, no time to hold against it" in lines
    assert "time to recover - (nothing was broken)" in lines


def test_where_no_purchase_failed_no_time_to_recover_is_held_against_its_budget():
    drill = examples.passed()
    measures = drill.measures | {MeasureName.TTR: None}
    budget = BudgetCheck("ttr_s", 5, None, None)
    lines = printed(replace(drill, impact=replace(drill.impact, failed=0), measures=measures, budgets=(budget,)))
    assert "time to recover - (no purchase failed) budget 5 s, no time to hold against it" in lines


def test_without_a_proven_fault_the_times_are_unknown():
    assert "time to detect unknown" in " ".join(printed(examples.unproven()))
