"""A fleet's progress, on a terminal and elsewhere."""

import io

import pytest
from rich.console import Console

from chaos_pizza.console.fleet_progress import FleetProgress
from chaos_pizza.fleet.row import ShopRow
from chaos_pizza.model.measure import Measure
from chaos_pizza.runner.fleet import FleetState

PASSED = ShopRow("team-01", 0, detected_by="alert failed-purchases", ttd_s=Measure(1.91, 1.91, 1.91))
NAMES = tuple(f"team-{number:02}" for number in range(2, 10))


def shown(*states, terminal=False):
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=60, color_system=None)
    with FleetProgress(console, 10) as progress:
        for state in states:
            progress.show(state)
    return out.getvalue()


def test_each_shop_that_is_done_is_one_line_and_told_once():
    first = FleetState(("team-10",), NAMES, {"team-01": PASSED})
    # Its report is written by then; nothing of it is told again.
    second = FleetState((), NAMES, {"team-01": ShopRow("team-01", 0, report="x"), "team-02": ShopRow("team-02", 1)})
    assert shown(first, first, second).splitlines() == [
        "[1/10] team-01: passed, detected after 1.91 s by alert failed-purchases",
        "[2/10] team-02: failed",
    ]


def test_why_it_stops_is_told_once_with_the_shops_that_restore_calm():
    stopping = FleetState((), NAMES, stopping="SIGINT was received")
    assert shown(stopping, stopping) == (
        "stopping, since SIGINT was received; calm is being restored at team-02, team-03, team-04, team-05, team-06, "
        "team-07 and 2 more\n"
    )
    assert shown(FleetState(stopping="it was told to stop")) == (
        "stopping, since it was told to stop; no drill is under way\n"
    )


def test_a_row_that_can_t_be_written_is_told_once():
    state = FleetState(complaint="what came of team-01 can't be written to reports: No space left on device")
    assert shown(state, state) == f"{state.complaint}; the fleet goes on\n"


def test_on_a_terminal_one_line_says_how_it_stands():
    state = FleetState(("team-10",), ("team-02",), {"team-01": PASSED})
    assert "1 of 10 done (1 passed); under way: team-02; 1 wait" in " ".join(shown(state, terminal=True).split())


@pytest.mark.parametrize("reason", ["\x1b[2Jgone", "a\nb", "[bold]x[/bold]"])
def test_a_reason_from_outside_steers_no_terminal(reason):
    told = shown(FleetState(done={"team-01": ShopRow("team-01", 3, (reason,))}))
    assert told.count("\n") == 1
    assert "\x1b" not in told
    if "bold" in reason:
        assert reason in told
