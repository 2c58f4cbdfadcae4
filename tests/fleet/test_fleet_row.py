"""What a shop's row says of its drill."""

from dataclasses import replace
from pathlib import Path

import pytest

from chaos_pizza.fleet.row import ShopRow, row_of
from chaos_pizza.fleet.sentences import row_words
from chaos_pizza.folder import judge_folder
from chaos_pizza.model.result import Judgement, Verdict

EXAMPLE = Path(__file__).parents[2] / "reports" / "examples" / "factory-fail"
REASONS = ("the drill was aborted: SIGINT was received", "an activity failed")


@pytest.mark.parametrize(
    ("calm_verified", "fault_proven", "told"),
    [
        (True, True, f"{REASONS[0]}; calm is proven"),
        (True, False, f"{REASONS[0]}; calm holds, and no fault was on"),
        (False, True, REASONS[0]),
    ],
)
def test_an_aborted_drill_says_that_calm_is_back_only_where_that_is_known(calm_verified, fault_proven, told):
    result, _ = judge_folder(EXAMPLE)
    timeline = replace(result.timeline, calm_verified=calm_verified, fault_proven=fault_proven)
    aborted = replace(result, timeline=timeline, judgement=Judgement(Verdict.ABORTED, REASONS))
    assert row_of("a", 4, aborted).reasons == (told, REASONS[1])
    # What was seen last outweighs what the journal holds.
    assert row_of("a", 5, aborted).reasons == ("calm was not proven at the end: chaos may still be on", *REASONS)


def test_that_a_drill_was_aborted_is_said_once_in_its_line():
    aborted = ShopRow("team-01", 4, reasons=(f"{REASONS[0]}; calm is proven", REASONS[1]))
    assert row_words(aborted) == "aborted: SIGINT was received; calm is proven"
