"""Several drills in turn: which of them are still begun."""

from dataclasses import replace

import pytest

from chaos_pizza.ci.turn import Turn, worst_exit_code
from chaos_pizza.runner.drill_process import exit_code_of
from chaos_pizza.runner.series import hold_series

TURNS = [Turn(f"{name}.yaml") for name in "abc"]


def series(*codes, fail_fast=False, interrupted_before=None):
    """Hold three drills that end with these codes; a signal comes before the one so named."""
    begun = []

    def hold(turn):
        begun.append(turn.name)
        return replace(turn, exit_code=codes[len(begun) - 1])

    def interruption():
        return "SIGTERM" if interrupted_before in {name for name in "abc" if name <= next_name()} else None

    def next_name():
        return "abc"[min(len(begun), 2)]

    turns = hold_series(TURNS, hold, interruption, fail_fast=fail_fast)
    return "".join(begun), turns


@pytest.mark.parametrize("codes", [(0, 0, 0), (1, 0, 1), (3, 2, 0)])
def test_a_drill_that_did_not_pass_ends_nothing(codes):
    begun, turns = series(*codes)
    assert begun == "abc"
    assert [turn.exit_code for turn in turns] == list(codes)


@pytest.mark.parametrize("code", [1, 2, 3])
def test_unless_that_was_asked_for(code):
    begun, turns = series(0, code, 0, fail_fast=True)
    assert begun == "ab"
    assert turns[2].exit_code is None
    assert "--fail-fast was asked for" in turns[2].complaint


@pytest.mark.parametrize("fail_fast", [True, False])
@pytest.mark.parametrize(("code", "why"), [(5, "chaos may still be on"), (4, "the drill before it was aborted")])
def test_chaos_that_may_be_on_and_a_stop_end_the_series_whatever_was_asked_for(code, why, fail_fast):
    begun, turns = series(code, 0, 0, fail_fast=fail_fast)
    assert begun == "a"
    assert turns[1].complaint == f"not begun, since {why}"
    # The third says the same: why nothing is begun any more, not what came of the one before it.
    assert turns[2].complaint == turns[1].complaint
    assert worst_exit_code(turns) == code


def test_a_signal_between_two_drills_aborts_the_next_and_begins_no_more():
    begun, turns = series(0, 0, 0, interrupted_before="b")
    assert begun == "a"
    assert [turn.exit_code for turn in turns] == [0, 4, None]
    assert turns[1].complaint == "SIGTERM was received before it began"
    assert worst_exit_code(turns) == 4


@pytest.mark.parametrize(
    ("returned", "has_document", "interrupted", "code"),
    [
        (0, True, False, 0),
        (1, True, False, 1),
        (2, False, False, 2),
        (3, False, False, 3),
        (4, True, True, 4),
        (5, False, False, 5),
        (5, False, True, 5),
        # What says it passed or failed, and has nothing to show for it, proves nothing.
        (0, False, False, 3),
        (1, False, False, 3),
        (77, False, False, 3),
        # Killed: whether calm came back is not known here.
        (-9, False, False, 5),
        (-9, False, True, 5),
        (-15, False, False, 5),
        # A signal of ours, before the drill took signals over.
        (-15, False, True, 4),
        (1, False, True, 4),
        # It had told its verdict, so it had been held: a signal makes nothing of that an abort.
        (5, True, True, 5),
        (1, True, True, 1),
        (-15, True, True, 5),
    ],
)
def test_what_a_process_returned_stands_for(returned, has_document, interrupted, code):
    assert exit_code_of(returned, has_document, interrupted) == code
