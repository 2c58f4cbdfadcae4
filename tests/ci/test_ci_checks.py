"""What decides about a drill, check by check."""

from dataclasses import replace

import ci_turns as told
import pytest
from story import by_the_book, started, with_settings

from chaos_pizza.ci.checks import VERDICT, State, checks_of
from chaos_pizza.drill.verdict import beside_verdict
from chaos_pizza.model.event import DrillStarted, FaultInjected, VendorSeen
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.settings import Budgets, RecoverySettings


def states(turn):
    return {check.name: check.state.value for check in checks_of(turn)}


def check(turn, name):
    return next(check for check in checks_of(turn) if check.name == name)


def test_a_drill_that_passed_has_passed_every_check():
    assert states(told.passed()) == dict.fromkeys(
        [
            *(VERDICT, "budget ttd_s", "budget ttm_s", "fault proven", "recovered"),
            *("hypothesis before", "hypothesis after", "calm restored"),
        ],
        "passed",
    )


@pytest.mark.parametrize("name", ["failed", "undetected", "invalid", "aborted", "calm not restored", "refused"])
def test_a_drill_that_did_not_pass_has_a_check_that_says_so_with_all_reasons(name):
    turn = told.ALL[name]()
    verdict = check(turn, VERDICT)
    assert verdict.state is (State.FAILED if turn.exit_code == 1 else State.ERROR)
    assert all(beside_verdict(reason) in verdict.told for reason in turn.reasons)


def test_that_a_drill_was_aborted_is_said_once():
    assert check(told.aborted(), VERDICT).told.startswith("aborted: SIGINT was received; ")


def test_a_missed_budget_failed_with_what_it_took_to_the_millisecond():
    missed = check(told.failed(), "budget ttd_s")
    assert (missed.state, missed.took_s) == (State.FAILED, pytest.approx(4.25))
    assert missed.told == "it took 4.250 s; at most 2 s is allowed"
    assert states(told.failed())["budget ttm_s"] == "passed"


def test_what_never_came_is_said_to_be_a_lower_bound():
    turn = told.undetected()
    assert check(turn, "budget ttd_s").told == "undetected, at least 9.90 s; at most 10 min 0 s is allowed"
    assert check(turn, "budget tta_s").told == "not acknowledged; at most 10 min 0 s is allowed"


def test_a_ratio_that_was_missed_is_told_as_a_share():
    missed = check(told.turn_of(by_the_book(Budgets(success_ratio=0.95))), "budget success_ratio")
    # 1 of 21 purchases.
    assert missed.told == "4.8 % of purchases were good; at least 95 % is allowed"
    assert (missed.state, missed.took_s) == (State.FAILED, None)


def test_a_placebo_has_no_fault_to_prove_but_an_alarm_to_keep_quiet():
    found = states(told.placebo())
    assert (found["no false alarm"], found["budget ttd_s"], found[VERDICT]) == ("passed", "nothing to judge", "passed")
    assert not {"fault proven", "recovered"} & set(found)
    alarmed = told.placebo(detected=True)
    assert states(alarmed)["no false alarm"] == states(alarmed)[VERDICT] == "failed"
    assert "failed-purchases" in check(alarmed, "no false alarm").told


def test_a_fault_that_never_showed_is_an_error_and_there_is_nothing_to_recover_from():
    good = [
        replace(event, samples=tuple(replace(s, outcome=Outcome.OK, evidence=None) for s in event.samples))
        if hasattr(event, "samples")
        else event
        for _, event in by_the_book()
    ]
    seconds = [second for second, _ in by_the_book()]
    untouched = [
        pair for pair in zip(seconds, good, strict=True) if not isinstance(pair[1], FaultInjected | VendorSeen)
    ]
    found = states(told.turn_of(untouched))
    assert (found["fault proven"], found["recovered"], found[VERDICT]) == ("error", "skipped", "error")


def test_purchases_that_did_not_recover_are_a_failure():
    start = with_settings(started(), recovery=RecoverySettings(good_purchases=100))
    story = [(second, start if isinstance(event, DrillStarted) else event) for second, event in by_the_book()]
    assert states(told.turn_of(story))["recovered"] == "failed"


def test_what_an_aborted_drill_could_not_show_is_skipped():
    found = states(told.aborted())
    assert (found["recovered"], found["hypothesis after"], found[VERDICT]) == ("skipped", "skipped", "error")
    assert found["hypothesis before"] == found["calm restored"] == "passed"


def test_a_shop_that_was_not_steady_is_an_error_before_and_a_failure_after():
    assert states(told.invalid())["hypothesis before"] == "error"
    unsteady = replace(told.passed().witnessed, steady_before=None, steady_after=False)
    found = states(replace(told.passed(), witnessed=unsteady))
    assert (found["hypothesis before"], found["hypothesis after"]) == ("error", "failed")


@pytest.mark.parametrize(
    "turn", [told.calm_not_restored(), replace(told.passed(), exit_code=5)], ids=["journal", "eye"]
)
def test_chaos_that_may_be_on_is_an_error_with_the_command_that_mends_it(turn):
    assert check(turn, "calm restored").state is State.ERROR
    assert "run: chaos-pizza calm --target sandbox" in check(turn, "calm restored").told


def test_a_turn_that_never_came_is_skipped_with_the_reason():
    (only,) = checks_of(told.not_begun())
    assert (only.state, only.told) == (State.SKIPPED, "not begun, since the drill before it was aborted")


def test_where_no_purchase_failed_a_budget_for_recovery_has_nothing_to_judge():
    found = check(told.unfelt(), "budget ttr_s")
    assert found.state is State.NOTHING
    assert found.told == "no purchase failed, so there is no time to hold against the budget of at most 5 s"
    assert states(told.unfelt())[VERDICT] == states(told.unfelt())["recovered"] == "passed"
    assert check(told.unfelt(bought_until=21), "recovered").told == (
        "no purchase failed, but too few good ones came after the fault's end to confirm that all is well"
    )
