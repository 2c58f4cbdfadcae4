"""Verdict: a row of the table of verdicts each, and which outweighs which."""

from dataclasses import replace

import pytest
from story import (
    alert,
    at,
    book_samples,
    by_the_book,
    by_time,
    calm,
    checked,
    cured,
    ended,
    injected,
    journal,
    mark,
    purchases,
    seen,
    started,
    unfelt,
    with_settings,
)

from chaos_pizza.drill.result import judge
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertChanged, AlertingChosen, AlertSourceFound, AlertSourceLost
from chaos_pizza.model.event import (
    Aborted,
    ActivityEnded,
    CalmChecked,
    DrillEnded,
    FaultProven,
    HypothesisChecked,
    PurchasesObserved,
    StageBegan,
    VendorSeen,
)
from chaos_pizza.model.incident import Actor, MarkKind, Stage
from chaos_pizza.model.response_event import CureAttempted, Marked
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import Budgets, FaultKind

SHOP, MONITOR = AlertSource.SHOP_METRICS, AlertSource.SYNTHETIC_MONITOR
WIDE = Budgets(ttd_s=10, tta_s=10, ttm_s=20, ttr_s=20, success_ratio=0.01)


def judged(told):
    judgement = judge(by_time(told)).judgement
    return judgement.verdict, judgement.reasons


def verdict(told):
    return judged(told)[0]


def without(told, *kinds):
    return [(second, event) for second, event in told if not isinstance(event, kinds)]


def placebo(*more):
    """Purchases all good, nothing broken, from 0 to 20.5."""
    good = [replace(s, outcome=book_samples()[0].outcome, status=200, evidence=None) for s in book_samples()[:40]]
    return [
        (0.0, started(FaultKind.NONE)),
        (5.0, checked("before")),
        (5.1, StageBegan(Stage.METHOD)),
        (18.0, checked("after")),
        *purchases(good, until=20),
        (20.5, ended(20.5)),
        *more,
    ]


def test_a_drill_by_the_book_passes_without_a_reason():
    assert judged(by_the_book(WIDE)) == (Verdict.PASSED, ())


# calm not restored


@pytest.mark.parametrize("last", [calm(29, 29.5, factory=None), calm(29, 29.5, pizza=False), seen(29, 29.1, "fail")])
def test_calm_is_not_restored_while_chaos_may_still_be_on(last):
    assert verdict([*by_the_book(), (29.6, last)]) is Verdict.CALM_NOT_RESTORED


def test_calm_is_not_restored_where_nobody_looked():
    assert verdict(without(by_the_book(), CalmChecked)) is Verdict.CALM_NOT_RESTORED


def test_calm_not_restored_outweighs_all_and_the_other_reasons_follow():
    told = [*without(by_the_book(Budgets(ttd_s=1)), CalmChecked, DrillEnded), (25.0, Aborted(at(25.0), "enough"))]
    found, reasons = judged(told)
    assert found is Verdict.CALM_NOT_RESTORED
    assert [reason.split(":")[0] for reason in reasons] == [
        "calm was not verified at the end",
        "the drill was aborted",
        "the drill was cut off",
        "time to detect of 4.25 s is over its budget of 1 s",
    ]


# aborted


def test_a_safety_stop_aborts_with_its_own_words():
    found, reasons = judged([*by_the_book(), (25.0, Aborted(at(25.0), "error budget spent"))])
    assert (found, reasons) == (Verdict.ABORTED, ("the drill was aborted: error budget spent",))


@pytest.mark.parametrize("status", ["interrupted", "aborted"])
def test_a_run_that_the_toolkit_saw_stopped_is_aborted(status):
    assert verdict([*without(by_the_book(), DrillEnded), (30.5, ended(30.5, status))]) is Verdict.ABORTED


# invalid


def test_a_drill_that_was_cut_off_proves_nothing():
    assert verdict(without(by_the_book(), DrillEnded)) is Verdict.INVALID


def test_a_recorder_that_fell_silent_proves_nothing():
    beats = [(s, e) for s, e in by_the_book() if not (isinstance(e, PurchasesObserved) and 21 <= s < 26)]
    found, reasons = judged(beats)  # from 20 to 26
    assert found is Verdict.INVALID
    assert "silent for 6.0 s" in reasons[0]


def test_a_recorder_that_fell_silent_before_the_end_proves_nothing():
    told = [*without(by_the_book(), DrillEnded), (35.5, ended(35.5))]  # the last heartbeat is at 30
    assert "silent for 5.5 s" in judged(told)[1][0]


def test_a_shop_that_was_not_steady_before_proves_nothing():
    told = without(by_the_book(), HypothesisChecked)
    assert verdict([*told, (8.0, checked("before", met=False))]) is Verdict.INVALID
    assert verdict(told) is Verdict.INVALID


def test_a_fault_that_never_showed_proves_nothing():
    good = [s for s in book_samples() if s.evidence is None]
    told = [*without(by_the_book(), PurchasesObserved), *purchases(good, until=30)]
    found, reasons = judged(told)
    assert found is Verdict.INVALID
    assert "never showed" in reasons[0]


def test_too_few_samples_before_the_fault_prove_nothing():
    # 20 purchases are sent before 9.70
    book = by_the_book()
    assert verdict([(0.0, with_settings(book[0][1], min_samples=20)), *book[1:]]) is Verdict.PASSED
    found, reasons = judged([(0.0, with_settings(book[0][1], min_samples=21)), *book[1:]])
    assert found is Verdict.INVALID
    assert reasons == ("too few samples: 20 purchases before the fault, at least 21 are needed",)


def undetected(*more):
    return [*without(by_the_book(), AlertChanged, Marked), *more]


def lost(second, source=SHOP):
    return second, AlertSourceLost(source, at(second), "no answer")


def found_again(second, source=SHOP):
    return second, AlertSourceFound(source, at(second))


def test_with_its_figures_lost_during_the_fault_a_silent_alert_proves_nothing():
    assert verdict(undetected(lost(12.0))) is Verdict.INVALID
    assert verdict(undetected(lost(8.0), found_again(11.1))) is Verdict.INVALID  # 3.1 s, the fault is on from 9.7


def test_figures_that_came_back_soon_or_were_missing_at_another_time_do_no_harm():
    assert verdict(undetected(lost(12.0), found_again(15.0))) is Verdict.PASSED  # three scrapes of a second each
    assert verdict(undetected(lost(2.0), found_again(9.0))) is Verdict.PASSED
    assert verdict(undetected(lost(22.0))) is Verdict.PASSED


def test_figures_lost_while_something_detected_the_fault_all_the_same_do_no_harm():
    assert verdict([*by_the_book(), lost(12.0)]) is Verdict.PASSED


def test_only_figures_that_a_rule_watches_matter():
    choice = 0.5, AlertingChosen((MONITOR,))
    assert verdict(undetected(choice, lost(12.0))) is Verdict.PASSED
    assert verdict(undetected(choice, lost(12.0, MONITOR))) is Verdict.INVALID
    # the rules went over to the drill's own purchases two seconds after the loss
    watched, switched = (0.5, AlertingChosen((SHOP,))), (14.0, AlertingChosen((MONITOR,)))
    assert verdict(undetected(watched, lost(12.0), switched)) is Verdict.PASSED


def test_calm_that_could_not_be_verified_after_nothing_was_broken_proves_nothing():
    assert verdict(placebo((20.2, calm(20, 20.1, pizza=False)))) is Verdict.INVALID


# failed


@pytest.mark.parametrize(
    ("budgets", "reason"),
    [
        (Budgets(ttd_s=4.2), "time to detect of 4.25 s is over its budget of 4.2 s"),
        (Budgets(tta_s=1.5), "time to acknowledge of 2.00 s is over its budget of 1.5 s"),
        (Budgets(ttm_s=9), "time to mitigate of 10.00 s is over its budget of 9 s"),
        (Budgets(ttr_s=10), "time to recover of 10.15 s is over its budget of 10 s"),
        (Budgets(success_ratio=0.9), "success ratio of 0.048 is below its budget of 0.9"),
    ],
)
def test_a_missed_budget_fails_the_drill_with_its_figures(budgets, reason):
    assert judged(by_the_book(budgets)) == (Verdict.FAILED, (reason,))


def test_an_undetected_fault_fails_where_it_had_a_budget():
    told = without(by_the_book(Budgets(ttd_s=60)), AlertChanged, Marked)
    assert judged(told) == (
        Verdict.FAILED,
        ("undetected for at least 9.90 s (budget for time to detect: 60 s)",),
    )


def test_a_fault_that_the_rollback_ended_fails_where_mitigation_had_a_budget():
    told = [*without(by_the_book(Budgets(ttm_s=60)), CureAttempted), (19.9, cured(19.6, 19.9, Actor.ROLLBACK))]
    assert judged(told) == (
        Verdict.FAILED,
        ("not mitigated for at least 9.90 s, ended by the drill's rollback (budget for time to mitigate: 60 s)",),
    )


def test_a_shop_that_does_not_recover_fails():
    told = without(by_the_book(), PurchasesObserved)
    found, reasons = judged([*told, *purchases(book_samples()[:42], until=30)])  # two good ones, three are wanted
    assert (found, reasons) == (Verdict.FAILED, ("not recovered: no 3 good purchases in a row after the fault's end",))


def test_a_shop_that_was_never_unwell_is_not_said_to_be_unrecovered_where_too_few_purchases_confirm_its_health():
    found, reasons = judged(unfelt(Budgets(ttr_s=5), bought_until=21))  # two good ones after the fault, three wanted
    told = "recovery not confirmed: no purchase failed, but no 3 good purchases in a row after the fault's end"
    assert (found, reasons) == (Verdict.FAILED, (told,))


def test_a_fault_that_was_never_seen_to_go_off_fails_even_where_calm_is_verified():
    fixed = [(s, e) for s, e in by_the_book() if not (isinstance(e, VendorSeen) and s > 20)]
    found, reasons = judged(without(fixed, CureAttempted))
    assert (found, reasons) == (Verdict.FAILED, ("the fault was never seen to go off",))


def test_a_hypothesis_that_does_not_hold_afterwards_fails():
    told = [*without(by_the_book(), HypothesisChecked), (8.0, checked("before")), (26.0, checked("after", met=False))]
    assert verdict(told) is Verdict.FAILED


def test_an_activity_that_failed_fails_the_drill():
    activity = 21.0, ActivityEnded("inject-chaos", "failed", 1.0, "refused")
    assert judged([*by_the_book(), activity]) == (Verdict.FAILED, ("activity inject-chaos failed: refused",))
    assert verdict([*by_the_book(), (21.0, ActivityEnded("inject-chaos", "succeeded", 1.0))]) is Verdict.PASSED


def test_an_activity_that_waited_in_vain_is_not_told_beside_what_it_waited_for():
    waited = 21.0, ActivityEnded("wait_until_detected", "failed", 30.0, "timed out")
    assert verdict([*by_the_book(), waited]) is Verdict.FAILED
    told = [*without(by_the_book(Budgets(ttd_s=60)), AlertChanged, Marked), waited]
    assert len(judged(told)[1]) == 1


# a placebo


def test_a_placebo_that_nothing_and_nobody_detected_passes():
    assert judged(placebo()) == (Verdict.PASSED, ())


@pytest.mark.parametrize(
    "event",
    [
        alert(10.0, AlertState.FIRING),
        mark(10.0, MarkKind.NOTICED),
        mark(10.0, MarkKind.ACKNOWLEDGED),
    ],
)
def test_a_placebo_that_something_or_somebody_detected_fails(event):
    assert verdict(placebo((10.0, event))) is Verdict.FAILED


def test_a_placebo_in_which_an_alert_was_only_pending_passes():
    assert judged(placebo((10.0, alert(10.0, AlertState.PENDING)))) == (Verdict.PASSED, ())


def test_a_placebos_false_alarm_before_the_method_does_not_count():
    assert verdict(placebo((4.0, alert(4.0, AlertState.FIRING)))) is Verdict.PASSED


def test_a_placebo_whose_figures_were_lost_proves_nothing():
    assert verdict(placebo(lost(10.0))) is Verdict.INVALID


def test_a_placebo_with_too_few_samples_proves_nothing():
    assert verdict(without(placebo(), PurchasesObserved)) is Verdict.INVALID


def test_a_hidden_fault_passes_where_an_order_at_the_factory_proves_it():
    good = [
        replace(s, outcome=book_samples()[0].outcome, status=200, evidence=None) for s in book_samples()
    ]  # a backup factory serves the customers
    told = [*without(by_the_book(WIDE), PurchasesObserved), *purchases(good, until=30)]
    assert verdict(told) is Verdict.INVALID
    told.append((10.0, FaultProven("an order at the factory", at(9.9), at(10.0))))
    assert verdict(told) is Verdict.PASSED


def test_an_injection_into_a_drill_of_nothing_must_be_seen_calm_again():
    records = journal([(0.0, started(FaultKind.NONE)), (1.0, injected(1.0, 1.1))])
    assert judge(records).judgement.verdict is Verdict.CALM_NOT_RESTORED
