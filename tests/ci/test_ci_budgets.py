"""Budgets of a run: read strictly, and put in place of the experiment's."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.ci.budgets import NAMES, read_budgets, to_texts, with_budgets
from chaos_pizza.errors import UsageError
from chaos_pizza.experiment.declaration import Declaration
from chaos_pizza.model.settings import Budgets, DrillSettings, FaultKind

ROOT = Path(__file__).parents[2]


def test_budgets_by_name():
    read = read_budgets(["ttd_s=60", " success_ratio = 0.5 ", "ttm_s=none", "ttr_s=1e3"])
    assert read == {"ttd_s": 60.0, "success_ratio": 0.5, "ttm_s": None, "ttr_s": 1000.0}
    assert read_budgets([]) == {}


@pytest.mark.parametrize(
    "text", ["ttd=60", "ttd_s", "", "=5", "fault=fail", "x" * 10_000, "TTD_S=5", "ttd_from_impact_s=5"]
)
def test_a_budget_that_nobody_knows_is_refused_and_the_known_ones_named(text):
    with pytest.raises(UsageError, match="known are ttd_s, tta_s, ttm_s, ttr_s, success_ratio") as refused:
        read_budgets([text])
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    "text",
    [
        *("ttd_s=", "ttd_s=soon", "ttd_s=-1", "ttd_s=nan", "ttd_s=inf", "ttd_s=1e10", "ttd_s=None"),
        *("success_ratio=1.01", "success_ratio=95"),
    ],
)
def test_a_figure_that_no_drill_can_keep_is_refused(text):
    with pytest.raises(UsageError, match="is to be a number from 0 to"):
        read_budgets([text])


def test_a_budget_set_twice_is_refused_rather_than_the_last_taken():
    with pytest.raises(UsageError, match="set twice"):
        read_budgets(["ttd_s=60", "ttd_s=none"])


def test_only_the_budgets_named_are_replaced():
    settings = DrillSettings(FaultKind.FAIL, budgets=Budgets(ttd_s=15, ttm_s=60, success_ratio=0.9))
    before = Declaration("factory-fail", "A drill", settings)
    after = with_budgets(before, {"ttd_s": 60.0, "ttm_s": None, "ttr_s": 75.0})
    assert after.settings.budgets == Budgets(ttd_s=60.0, ttr_s=75.0, success_ratio=0.9)
    assert (after.experiment, after.title, after.settings.fault) == ("factory-fail", "A drill", FaultKind.FAIL)
    assert before.settings.budgets.ttd_s == 15
    assert with_budgets(before, {}) == before


@given(st.dictionaries(st.sampled_from(NAMES), st.none() | st.floats(0, 1)))
def test_what_a_drill_of_a_series_is_told_is_what_the_series_was_told(budgets):
    assert read_budgets(to_texts(budgets)) == budgets
