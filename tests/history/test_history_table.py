"""The history at the terminal."""

import io

import pytest
from history_examples import drill, incident, undetected
from rich.console import Console

from chaos_pizza.console.history_table import print_history
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.settings import FaultKind


def shown(*drills, earlier=0, width=200):
    """What is printed, line by line, runs of spaces as one."""
    text = io.StringIO()
    print_history(Console(file=text, width=width), drills, earlier)
    return [" ".join(line.split()) for line in text.getvalue().splitlines()]


def test_a_drill_is_a_line():
    head, line = shown(drill())
    assert head == "began (UTC) drill verdict TTD TTM TTR detected by ended by id"
    assert line == (
        "2026-11-24 03:05 factory-fail passed 1.91 s (1.91 to 1.92 s) 11.9 s 12.0 s (11.9 to 12.1 s) "
        "alert failed-purchases (shop /metrics) runbook drill-1"
    )


def test_what_never_happened_is_a_lower_bound():
    assert shown(undetected())[1] == (
        "2026-11-24 03:05 factory-fail failed at least 41.0 s at least 41.0 s unknown nothing rollback drill-1"
    )


def test_an_incident_is_called_one_and_has_no_verdict():
    assert shown(incident())[1] == (
        "2026-11-24 02:05 incident: Nobody could buy a pizza - 10 min 0 s (9 min 0 s to 11 min 0 s) "
        "41 min 0 s (40 min 0 s to 42 min 0 s) unknown a person responder " + incident().drill_id
    )
    assert " incident: factory-fail - " in shown(incident(experiment="factory-fail"))[1]


def test_a_blind_drill_says_so_and_a_placebo_has_nothing_to_measure():
    assert " factory-fail, blind passed " in shown(drill(announced=False))[1]
    placebo = drill(experiment="placebo", fault=FaultKind.NONE, measures={}, detected_by=None, ended_by=None)
    assert shown(placebo)[1] == "2026-11-24 03:05 placebo passed - - - nothing - drill-1"


def test_where_no_purchase_failed_there_was_nothing_to_recover_from():
    measures = {name: measure for name, measure in drill().measures.items() if name is not MeasureName.TTR}
    assert " 11.9 s - alert" in shown(drill(failed=0, measures=measures))[1]
    assert " 11.9 s unknown alert" in shown(drill(failed=0, purchases=0, measures=measures))[1]


def test_what_is_unknown_is_not_called_nothing():
    assert shown(drill(measures={}, detected_by=None, ended_by=None))[1].endswith(
        " unknown unknown unknown unknown unknown drill-1"
    )


def test_earlier_ones_are_counted():
    assert shown(drill(), earlier=1)[0] == "1 earlier drill; --all shows it too"
    assert shown(drill(), earlier=12_345)[0] == "12345 earlier drills; --all shows them too"


def test_on_a_narrow_terminal_the_answers_stand_beneath_each_other():
    lines = shown(drill(), width=80)
    assert lines[:4] == [
        "began (UTC), drill, id verdict measures",
        "2026-11-24 03:05 passed TTD 1.91 s (1.91 to 1.92 s)",
        "factory-fail TTM 11.9 s",
        "drill-1 TTR 12.0 s (11.9 to 12.1 s)",
    ]
    assert " ".join(lines[4:]) == "detected by alert failed-purchases (shop /metrics), ended by runbook"


@pytest.mark.parametrize("width", [40, 80, 149, 150, 200])
def test_hostile_words_steer_no_terminal_and_stay_short(width):
    hostile = "\x1b[31m[red]\u202eevil" + "x" * 5000
    lines = shown(drill(experiment=hostile, detected_by=hostile), incident(experiment="", title=hostile), width=width)
    text = "".join(lines)
    assert not any(sign in text for sign in ("\x1b", "\u202e"))
    assert len(text) < 800
    if width == 200:
        assert "[red]" in text
