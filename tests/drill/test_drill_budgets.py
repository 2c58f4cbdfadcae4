"""Budgets: the drill's promises held against what was measured."""

import pytest
from story import at, by_the_book, by_time, unfelt, with_settings

from chaos_pizza.drill.result import judge
from chaos_pizza.model.alert_event import AlertChanged
from chaos_pizza.model.event import Aborted, DrillEnded
from chaos_pizza.model.response_event import Marked
from chaos_pizza.model.result import BudgetCheck, Judgement, Verdict
from chaos_pizza.model.settings import Budgets, ResponderKind, ResponderSettings


def checks(told):
    return {check.name: check for check in judge(by_time(told)).budgets}


def without(told, *kinds):
    return [(second, event) for second, event in told if not isinstance(event, kinds)]


def test_a_drill_without_budgets_has_no_checks():
    assert checks(by_the_book()) == {}


@pytest.mark.parametrize(("budget", "kept"), [(4.26, True), (4.24, False)])
def test_a_time_is_held_against_its_best_figure(budget, kept):
    check = checks(by_the_book(Budgets(ttd_s=budget)))["ttd_s"]  # 4.25 s
    assert (check.value, check.kept) == (pytest.approx(4.25), kept)


@pytest.mark.parametrize(("budget", "kept"), [(0.04, True), (0.05, False)])
def test_the_ratio_is_held_against_the_least_wanted(budget, kept):
    assert checks(by_the_book(Budgets(success_ratio=budget)))["success_ratio"].kept is kept  # 1 of 21: 0.0476


def test_what_never_happened_misses_its_budget_however_long_that_is():
    told = without(by_the_book(Budgets(ttd_s=600, tta_s=600)), AlertChanged, Marked)
    assert checks(told)["ttd_s"].kept is False
    assert checks(told)["ttd_s"].value == pytest.approx(9.90)
    assert checks(told)["tta_s"].kept is False


def test_what_had_not_happened_when_the_drill_broke_off_is_unknown_unless_it_was_over_budget_already():
    for broken_off in (
        [(s, e) for s, e in without(by_the_book(Budgets(ttd_s=600, ttm_s=3)), AlertChanged, Marked) if s < 19],
        [(19.0, Aborted(at(19.0), "x")), *without(by_the_book(Budgets(ttd_s=600)), AlertChanged, Marked)],
    ):
        assert checks(broken_off)["ttd_s"].kept is None
    cut_off = [(s, e) for s, e in without(by_the_book(Budgets(ttm_s=3)), DrillEnded) if s < 19]
    assert checks(cut_off)["ttm_s"].kept is False  # on from 9.80 to 18 at least: 8.2 s


def test_without_a_fault_no_time_can_be_told():
    told = [pair for pair in by_the_book(Budgets(ttd_s=5, tta_s=5, ttr_s=5)) if not hasattr(pair[1], "samples")]
    assert {check.kept for check in checks(told).values()} == {None}


def test_without_purchases_the_ratio_can_not_be_told():
    told = [pair for pair in by_the_book(Budgets(success_ratio=0.5)) if not hasattr(pair[1], "samples")]
    assert checks(told)["success_ratio"].kept is None


def test_a_budget_for_taking_it_is_neither_kept_nor_missed_where_people_gave_no_mark():
    told = without(by_the_book(Budgets(tta_s=600)), Marked)
    people = with_settings(told[0][1], responder=ResponderSettings(ResponderKind.PEOPLE))
    assert checks([(0.0, people), *told[1:]])["tta_s"] == BudgetCheck("tta_s", 600, None, None)


@pytest.mark.parametrize("budget", [5, 600])
def test_a_budget_for_recovery_is_neither_kept_nor_missed_where_no_purchase_failed(budget):
    told = unfelt(Budgets(ttr_s=budget, ttm_s=600))  # the fault lasts 10 s
    assert checks(told)["ttr_s"] == BudgetCheck("ttr_s", budget, None, None)
    assert checks(told)["ttm_s"].kept is True
    assert judge(by_time(told)).judgement == Judgement(Verdict.PASSED, ())
