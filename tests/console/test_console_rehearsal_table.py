"""The table of a rehearsal's drills on the terminal."""

from datetime import UTC, datetime
from io import StringIO

from rich.console import Console

from chaos_pizza.console.rehearsal_table import print_rehearsal
from chaos_pizza.model.history import Origin, PastDrill
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import FaultKind

AT = datetime(2026, 3, 2, 21, 0, tzinfo=UTC)


def drill(**other):
    held = {"fault": FaultKind.FAIL, "announced": False, "verdict": Verdict.PASSED, **other}
    return PastDrill("id", Origin.DRILL, "factory-fail", "Title", "sandbox", AT, AT, **held)


def printed(*rows):
    out = StringIO()
    print_rehearsal(Console(file=out, width=100), rows)
    return out.getvalue()


def test_a_drill_is_told_with_its_times_and_who_ended_it():
    measures = {
        MeasureName.TTD: Measure(1.53, 1.5, 1.6),
        MeasureName.TTA: Measure(3.31, 3.3, 3.4),
        MeasureName.TTM: Measure(34.4, 34.4, None, censored=True),
    }
    text = printed(("drill 1", drill(measures=measures, ended_by=Actor.ROLLBACK), "failed"))
    assert " ".join(text.split()) == (
        "fault told TTD TTA TTM ended by verdict drill 1 fail blind 1.53 s 3.31 s at least 34.4 s rollback failed"
    )


def test_a_placebo_has_no_times_and_one_that_nobody_can_judge_is_not_made_up():
    placebo = drill(fault=FaultKind.NONE, announced=True)
    text = printed(("drill 1", placebo, "passed"), ("drill 2", drill(), "invalid"), ("drill 3", None, "not begun"))
    _, first, second, third = text.splitlines()
    assert first.split() == ["drill", "1", "placebo", "announced", "-", "-", "-", "-", "passed"]
    assert second.split() == ["drill", "2", "fail", "blind", "unknown", "unknown", "unknown", "unknown", "invalid"]
    assert third.split() == ["drill", "3", "-", "-", "-", "-", "-", "-", "not", "begun"]


def test_the_usual_table_fits_a_terminal_of_eighty_columns():
    measures = {name: Measure(12.3, 12.2, 12.4) for name in MeasureName}
    out = StringIO()
    console = Console(file=out, width=80)
    print_rehearsal(console, [("drill 10", drill(measures=measures, ended_by=Actor.RUNBOOK), "passed")] * 3)
    assert len(out.getvalue().splitlines()) == 4
