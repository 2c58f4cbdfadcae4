"""A drill in the words that several tools tell it in."""

from dataclasses import replace

import pytest
from accounts import by_the_book, hostile, nothing_known, undetected

from chaos_pizza.model.conversion import from_mapping, to_mapping
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import BudgetCheck, Verdict
from chaos_pizza.publishing.account import Account, account_of, measures_in_words


def test_figures_are_said_with_their_bounds_their_budgets_and_who_it_was():
    assert measures_in_words(by_the_book().result) == [
        ("Time to detect", "1.50 s (1.40 to 1.60 s), by alert failed-purchases; budget 15 s: kept"),
        ("Time to mitigate", "7.25 s (7.20 to 7.30 s), ended by the team"),
        ("Time to recover", "8.00 s (7.90 to 8.10 s)"),
    ]


def test_what_did_not_happen_is_said_to_be_so_and_what_is_unknown_unknown():
    assert measures_in_words(undetected().result) == [
        ("Time to detect", "undetected, at least 30.0 s; budget 15 s: missed"),
        ("Time to mitigate", "not mitigated, at least 30.0 s"),
        ("Time to recover", "unknown; budget 75 s: can't be told"),
    ]
    assert measures_in_words(nothing_known().result) == []


def test_where_no_purchase_failed_a_budget_for_recovery_has_no_time_to_be_held_against():
    drill = by_the_book().result
    measures = drill.measures | {MeasureName.TTR: None}
    unfelt = replace(
        drill,
        impact=replace(drill.impact, failed=0),
        measures=measures,
        budgets=(BudgetCheck("ttr_s", 5.0, None, None),),
    )
    told = "none: no purchase failed; budget 5 s: no time to hold against it"
    assert measures_in_words(unfelt)[-1] == ("Time to recover", told)


@pytest.mark.parametrize(
    ("account", "headline"),
    [
        (by_the_book(), "\u2705 passed: factory-fail on staging"),
        (undetected(), "\u274c failed: factory-fail on staging"),
        (nothing_known(), "\U0001f6d1 aborted: factory-fail on staging"),
    ],
    ids=["passed", "failed", "aborted"],
)
def test_the_verdict_is_a_sign_and_a_word(account, headline):
    assert account.headline == headline


def test_every_verdict_has_a_sign_of_its_own():
    signs = set()
    for verdict in Verdict:
        told = by_the_book()
        object.__setattr__(told.result, "judgement", type(told.result.judgement)(verdict, ()))
        signs.add(told.headline[0])
    assert len(signs) == len(Verdict)


def test_an_account_survives_the_way_to_another_process():
    for account in (by_the_book(), undetected(), nothing_known(), hostile()):
        assert from_mapping(to_mapping(account), Account) == account


def test_the_report_s_address_holds_the_drill_s_id_safely():
    told = hostile()
    url = account_of(told.result, told.settings, "https://ci.example/{drill}/report.html").report_url
    assert url.startswith("https://ci.example/%3C%21channel%3E%20%40here")
    assert url.isascii()
    assert not set("<>|\n ") & set(url)
    assert account_of(told.result, told.settings, None).report_url is None
