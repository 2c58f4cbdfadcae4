"""The lines that annotations point at."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.ci.lines import lines_of

EXPERIMENTS = sorted((Path(__file__).parents[2] / "experiments").glob("*.yaml"))
BLOCK = """\
title: A drill
extensions:
  - name: another
    budgets: {ttd_s: 1}
  - name: chaos-pizza
    fault: fail
    budgets:
      ttd_s: 15
      success_ratio: 0.9
"""


def test_each_budget_has_its_own_line():
    assert lines_of(BLOCK) == {"budgets": 7, "ttd_s": 8, "success_ratio": 9}


def test_without_budgets_the_line_is_that_of_the_block():
    assert lines_of("extensions:\n  - name: chaos-pizza\n    fault: none\n") == {"budgets": 2}


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
def test_the_lines_of_our_experiments_say_budgets(path):
    text = path.read_text()
    found = lines_of(text)
    assert found
    for name, line in found.items():
        assert f"{name}:" in text.splitlines()[line - 1] or name == "budgets"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a",
        "extensions: 5",
        "extensions: [5, {name: [x]}]",
        "a: [",
        "\x00",
        "extensions: [{name: chaos}]",
        "&a [*a]",
    ],
)
def test_what_is_no_experiment_has_no_lines(text):
    assert lines_of(text) == {}


def test_a_block_whose_budgets_are_no_mapping_has_its_line():
    assert lines_of("extensions:\n- name: chaos-pizza\n  budgets: [1]\n") == {"budgets": 3}


@given(st.text(max_size=200))
def test_any_text_is_looked_through_without_an_error(text):
    found = lines_of(f"extensions:\n- name: chaos-pizza\n  budgets: {text}")
    assert all(line >= 1 for line in found.values())
