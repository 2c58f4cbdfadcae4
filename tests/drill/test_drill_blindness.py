"""A blind drill is held to its commitment: a draw, a seed, a nonce or a key changed afterwards is caught."""

import hashlib
import sys
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chaos_pizza.drill.result import judge
from chaos_pizza.errors import JournalError, JournalSealed
from chaos_pizza.gameday.commitment import commitment_of
from chaos_pizza.gameday.drawing import draw_lot
from chaos_pizza.gameday.plan import read_plan
from chaos_pizza.journal.reader import read_lines
from chaos_pizza.model.blind_event import PlanKept, Revealed
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.report.blindness import describe_blindness

sys.path.insert(0, str(Path(__file__).parents[1] / "journal"))
sys.path.insert(0, str(Path(__file__).parents[1] / "model"))

from blind_journal import ASKED_AT, DRAW, FIRST, RECORDS, sealed_lines, started_as
from model_strategies import records


def judged(lines):
    contents = read_lines(lines)
    return judge(contents.records, contents.complaint)


def other_draws():
    """Draws that differ from the one committed to in one field or more."""
    one_field = st.sampled_from([field.name for field in fields(Draw)]).flatmap(
        lambda name: records(Draw).map(lambda other: replace(DRAW, **{name: getattr(other, name)}))
    )
    return (one_field | records(Draw)).filter(lambda draw: draw != DRAW)


def test_a_blind_drill_is_judged_as_one_that_was_not_and_its_draw_matches():
    result, plain = judged(sealed_lines()), judge(RECORDS)
    assert result.blind.matches
    assert (result.blind.plan, result.blind.commitment, result.blind.draw) == (FIRST.plan, FIRST.commitment, DRAW)
    assert plain.blind is None
    assert (result.judgement, result.measures, result.impact) == (plain.judgement, plain.measures, plain.impact)
    assert result.judgement.verdict is Verdict.PASSED
    assert result.timeline.instants == plain.timeline.instants


@settings(max_examples=60)
@given(other_draws())
def test_another_draw_than_was_committed_to_proves_nothing(draw):
    result = judged(sealed_lines(draw=draw))
    assert not result.blind.matches
    assert result.judgement.verdict is Verdict.INVALID
    told = f"its SHA-256 is {commitment_of(draw)}, and {FIRST.commitment} was told"
    assert told in result.judgement.reasons[0]


@settings(max_examples=30)
@given(other_draws())
def test_a_journal_written_anew_with_another_draw_under_the_same_commitment_proves_nothing(draw):
    """Everything sealed anew, with another key, as whoever has the whole file might."""
    told = started_as(RECORDS, fault=draw.fault)
    result = judged(sealed_lines(told, draw=draw, key=bytes(reversed(range(32)))))
    assert result.judgement.verdict is Verdict.INVALID


@settings(max_examples=30)
@given(st.binary(min_size=32, max_size=32))
def test_another_key_opens_nothing(key):
    assume(key != bytes(range(32)))
    contents = read_lines(sealed_lines(revealed_key=key.hex()))
    assert contents.complaint is not None
    with pytest.raises(JournalError):
        judge(contents.records, contents.complaint)


@pytest.mark.parametrize("kind", [kind for kind in FaultKind if kind is not DRAW.fault])
def test_a_draw_of_another_kind_than_was_held_proves_nothing_although_it_was_committed_to(kind):
    draw = replace(DRAW, fault=kind)
    result = judged(sealed_lines(first=replace(FIRST, commitment=commitment_of(draw)), draw=draw))
    assert result.judgement.verdict is Verdict.INVALID
    assert result.blind.departures == (
        f"the drill was held for another fault than was drawn: fail, not {kind.value}",
        f"the drill broke what was not drawn: fail, not {kind.value}",
    )


def drawn_for(starts_at):
    draw = replace(DRAW, starts_at=starts_at)
    return judged(sealed_lines(first=replace(FIRST, commitment=commitment_of(draw)), draw=draw)).blind.departures


def test_a_fault_asked_for_before_its_time_is_told_of():
    assert drawn_for(ASKED_AT + timedelta(seconds=12.5)) == (
        "the fault was asked for 12.5 s before the time that was drawn",
    )


@pytest.mark.parametrize("late_s", [-0.9, 0.0, 3.0])
def test_a_fault_asked_for_at_its_time_or_soon_after_is_what_was_drawn(late_s):
    assert drawn_for(ASKED_AT - timedelta(seconds=late_s)) == ()


def test_where_the_factory_draws_the_time_any_time_is_right():
    assert drawn_for(None) == ()


def test_a_second_reveal_of_another_draw_proves_nothing_either():
    contents = read_lines(sealed_lines())
    told = list(contents.records)
    told.append(replace(told[-1], number=len(told), event=Revealed(replace(DRAW, seed=8), "00" * 32)))
    assert judge(told).judgement.verdict is Verdict.INVALID


def judged_with(plan_text, draw, **first):
    """The blind drill with the plan that it was drawn from, as journals keep it."""
    place = next(number for number, each in enumerate(RECORDS) if number)
    kept = [replace(RECORDS[0], event=PlanKept(plan_text))] if plan_text is not None else []
    told = [*RECORDS[:place], *kept, *RECORDS[place:]]
    begun = replace(FIRST, commitment=commitment_of(draw), **first)
    return judged(sealed_lines(told, first=begun, draw=draw))


def a_plan(seed=7):
    """A plan of one experiment, and what this seed draws from it for a window that opens right before the fault."""
    text = PLAN.format(experiment=DRAW.experiment)
    plan = read_plan(yaml.safe_load(text), "plan", hashlib.sha256(text.encode()).hexdigest())
    draw = draw_lot(plan, {DRAW.experiment: DRAW.fault}, seed, ASKED_AT - timedelta(seconds=1))
    return text, replace(draw, nonce=DRAW.nonce)


PLAN = """
name: quarterly
roles: {{owner: Ada, coordinator: Grace, responders: [Ann]}}
pool: [{{experiment: {experiment}}}]
window: 00:00-24:00 UTC
least_wait_s: 0
greatest_wait_s: 1
"""


def test_a_lot_that_was_drawn_is_drawn_again_from_plan_and_seed():
    text, draw = a_plan()
    assert judged_with(text, draw, draw_number=3, unheld_draws=2).blind.departures == ()


def test_a_lot_that_was_chosen_and_committed_to_proves_nothing():
    text, draw = a_plan()
    chosen = replace(draw, starts_at=draw.opens_at)
    result = judged_with(text, chosen, draw_number=1)
    assert result.judgement.verdict is Verdict.INVALID
    (said,) = result.blind.departures
    assert said.startswith("the seed draws ")


def test_another_plan_than_was_drawn_from_proves_nothing():
    text, draw = a_plan()
    (said,) = judged_with(text + "# later", draw, draw_number=1).blind.departures
    assert said.startswith("the plan in the journal is not the one drawn from")


def test_a_journal_without_its_plan_proves_nothing_unless_it_is_of_before_plans_were_kept():
    _, draw = a_plan()
    said = "the journal does not hold the plan, so nobody can draw the lot again"
    assert judged_with(None, draw, draw_number=1).blind.departures == (said,)
    assert judged_with(None, draw).blind.departures == ()


@pytest.mark.parametrize(
    ("number", "unheld", "flaw", "said"),
    [
        (None, None, None, None),
        (1, 0, None, "By the register of draws this was the plan's first."),
        (2, 1, None, "draw number 2; **of the one draw before it 1 was never held to the end of a drill**."),
        (4, 2, None, "draw number 4; **of the 3 draws before it 2 were never held to the end of a drill**."),
        (3, 0, None, "draw number 3; of the 2 draws before it 0 were never held to the end of a drill."),
        (1, 0, "line 2 is no draw", "**The register of draws can't be relied on**: line 2 is no draw."),
    ],
)
def test_the_report_says_how_often_the_lot_was_drawn_before(number, unheld, flaw, said):
    text, draw = a_plan()
    outcome = judged_with(text, draw, draw_number=number, unheld_draws=unheld, register_flaw=flaw).blind
    told = "\n".join(describe_blindness(outcome))
    assert said in told if said else "register" not in told


def test_before_the_reveal_nobody_judges_it():
    with pytest.raises(JournalSealed, match=r"^the blind drill d1 is sealed until its end$"):
        judged(sealed_lines(draw=None))
    with pytest.raises(JournalSealed):
        judged(sealed_lines()[:1])


def test_a_blind_drill_that_does_not_say_what_it_is_is_none():
    with pytest.raises(JournalError, match="doesn't go on with drill_started"):
        judged(sealed_lines(RECORDS[1:]))
