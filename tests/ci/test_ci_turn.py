"""A turn: its word, its reasons, and the worst of several."""

from dataclasses import replace
from itertools import permutations

import ci_turns as told
import pytest

from chaos_pizza.ci.turn import Turn, worst_exit_code
from chaos_pizza.model.result import Verdict


def coded(*codes):
    return [Turn(f"{code}.yaml", exit_code=code) for code in codes]


@pytest.mark.parametrize(
    ("codes", "worst"),
    [
        ((0,), 0),
        ((0, 1), 1),
        ((1, 3), 3),
        ((3, 4, 1), 4),
        ((0, 1, 3, 4, 5), 5),
        ((0, 2), 3),
        ((1, 2), 3),
        ((4, 2), 4),
        ((2, 2), 2),
        ((2, None), 2),
        ((5, None), 5),
        ((1, None), 1),
        ((), 2),
    ],
)
def test_the_worst_verdict_is_the_exit_code_in_whichever_order(codes, worst):
    for order in permutations(codes):
        assert worst_exit_code(coded(*order)) == worst


@pytest.mark.parametrize("name", ["passed", "failed", "invalid", "aborted", "calm not restored"])
def test_the_stories_have_the_verdicts_that_they_are_named_after(name):
    turn = told.ALL[name]()
    assert (turn.word, turn.verdict) == (name, Verdict(name))


def test_a_turn_without_a_drill_has_a_word_too():
    assert [told.refused().word, told.not_begun().word] == ["not held", "not begun"]
    assert told.refused().reasons == ("the shop at http://127.0.0.1:1 can't be reached",)


def test_an_experiment_is_called_the_same_held_or_not():
    assert {told.passed().result.experiment, Turn("x/drill.yaml").name, told.refused().name} == {"drill.yaml", "drill"}


def test_calm_that_the_last_look_did_not_prove_is_the_first_reason_whatever_the_journal_says():
    turn = replace(told.passed(), exit_code=5)
    assert turn.word == "calm not restored"
    assert turn.reasons == ("calm was not proven at the end: chaos may still be on",)


def test_what_is_witnessed_of_the_hypothesis():
    both, broken = told.passed().witnessed, told.aborted().witnessed
    assert (both.steady_before, both.steady_after, both.is_placebo) == (True, True, False)
    assert (broken.steady_before, broken.steady_after) == (True, None)
    assert told.invalid().witnessed.steady_before is False
    assert told.placebo().witnessed.is_placebo
