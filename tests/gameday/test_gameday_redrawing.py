"""A lot is drawn again from plan and seed; whatever somebody chose instead is told of."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import CONTENT, FAULTS, content_with

from chaos_pizza.gameday.drawing import draw_lot
from chaos_pizza.gameday.plan import read_plan
from chaos_pizza.gameday.redrawing import misdrawn
from chaos_pizza.model.settings import FaultKind

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEXT = yaml.safe_dump(CONTENT)


def drawn(seed, now=MONDAY, text=TEXT):
    plan = read_plan(yaml.safe_load(text), "plan.yaml", hashlib.sha256(text.encode()).hexdigest())
    return draw_lot(plan, FAULTS, seed, now)


def first_seed(fault):
    return next(seed for seed in range(200) if drawn(seed).fault is fault)


@settings(max_examples=40)
@given(
    st.integers(0, 2**52),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants so
    st.sampled_from(["Mon-Thu 14:00-16:00 America/Denver", "22:00-01:00 Europe/Berlin", "00:00-24:00 UTC"]),
    st.sampled_from(["drawn", "factory"]),
)
def test_every_lot_that_was_drawn_is_drawn_again(seed, now, window, start):
    text = yaml.safe_dump(content_with(window=window, start=start))
    assert list(misdrawn(text, drawn(seed, now, text))) == []


def test_an_experiment_that_was_chosen_is_told_of():
    draw = drawn(first_seed(FaultKind.FAIL))
    chosen = replace(draw, experiment="badjwt.yaml", fault=FaultKind.BADJWT)
    assert list(misdrawn(TEXT, chosen)) == ["the seed draws fail.yaml from the plan, not badjwt.yaml"]


def test_a_placebo_that_was_chosen_is_told_of():
    draw = replace(drawn(first_seed(FaultKind.FAIL)), experiment="placebo.yaml", fault=FaultKind.NONE)
    assert list(misdrawn(TEXT, draw)) == ["the seed draws fail.yaml from the plan, not placebo.yaml"]


def test_a_time_that_was_chosen_is_told_of():
    draw = drawn(7)
    (said,) = misdrawn(TEXT, replace(draw, starts_at=draw.starts_at + timedelta(seconds=1)))
    assert said.startswith("the seed draws 2026-03-02 2")
    assert said.endswith(f"not {draw.starts_at + timedelta(seconds=1):%Y-%m-%d %H:%M:%S.%f} UTC")


def test_a_window_that_is_not_open_then_is_told_of():
    draw = drawn(7)
    (said,) = misdrawn(TEXT, replace(draw, opens_at=MONDAY))
    assert said == "the plan's window is not open at 2026-03-02 12:00:00.000000 UTC"


def test_another_plan_is_told_of_and_nothing_else():
    (said,) = misdrawn(TEXT + "\n", drawn(7))
    assert said.startswith("the plan in the journal is not the one drawn from: its SHA-256 is ")


@pytest.mark.parametrize("text", ["", "{", "[]", "name: friday", "\x00", "a: &a [*a]"])
def test_what_is_no_plan_is_told_of_in_a_line(text):
    draw = replace(drawn(7), plan_sha256=hashlib.sha256(text.encode()).hexdigest())
    assert list(misdrawn(text, draw)) == ["nothing can be drawn again from the plan in the journal"]
