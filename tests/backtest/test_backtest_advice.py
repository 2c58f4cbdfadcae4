"""What would have halved the time to detect, by hand; and how it is said."""

import pytest
from test_backtest_front import outcome
from told import SHOP, a_fault, a_rule, a_second_each, as_it_stands, recorded

from chaos_pizza.backtest.advice import Irreducible, advise
from chaos_pizza.backtest.answer import answer, pages_in_words
from chaos_pizza.backtest.candidate import changed
from chaos_pizza.backtest.false_pages import FalsePages
from chaos_pizza.backtest.trial import Trial

OURS = a_rule(name="ours", threshold=10.0)
THEIRS = a_rule(name="theirs")


def a_drill(name="0", start=10.0, lasted=60.0, impact=None):
    fault = a_fault(start, until=start + lasted, impact=impact)
    return recorded(a_second_each([0] * 80), name=name, fault=fault)


def tried(candidate, ttds_s, pages=0, weeks=1.0):
    outcomes = tuple(outcome(ttd_s, number) for number, ttd_s in enumerate(ttds_s))
    return Trial(candidate, SHOP, None, outcomes, FalsePages(pages, weeks))


def ours(ttds_s, pages=0, **changes):
    return tried(changed(OURS, changes), ttds_s, pages)


def advice_on(*trials, own=("ours",), drills=None):
    count = len(trials[0].outcomes) if trials else 0
    return advise(trials, drills or [a_drill(str(number)) for number in range(count)], frozenset(own))


def test_the_smallest_change_that_halves_it_is_the_advice():
    advice = advice_on(
        ours([40, 20]), ours([2, 2], threshold=1.0), ours([15, 15], threshold=5.0), ours([16, 15], threshold=8.0)
    )
    assert advice.halving.candidate.label == "ours (threshold 5)"
    assert (advice.halving.before_s, advice.halving.after_s) == (30.0, 15.0)
    assert (advice.now_s, advice.detected, advice.tried) == (30.0, 2, 3)


def test_fewer_pages_for_nothing_come_before_a_smaller_change():
    advice = advice_on(
        ours([40], pages=1), ours([15], pages=2, threshold=5.0), ours([15], pages=1, for_s=9, window_s=1)
    )
    assert advice.halving.candidate.label == "ours (window 1 s, for 9 s)"
    assert not advice.halving.costs_pages


def test_what_halves_it_at_a_price_is_said_with_its_price():
    advice = advice_on(ours([40], pages=1), ours([15], pages=4, threshold=5.0))
    assert advice.halving.costs_pages
    assert any("IT PAGES MORE OFTEN FOR NOTHING: 4 times" in sentence for sentence in answer(advice))


def test_what_counts_is_whichever_rule_fires_first():
    """Another rule detects it after 10 s anyway: halving ours from 40 to 20 helps nobody."""
    advice = advice_on(ours([40]), tried(as_it_stands(THEIRS), [10]), ours([20], threshold=5.0), own=("ours", "theirs"))
    assert advice.now_s == 10.0
    assert advice.halving is None
    assert advice.nearest is None


def test_a_change_may_miss_what_another_rule_detects():
    """40 and 10 s now, 25 on average; ours changed catches the first after 10 s, theirs goes on catching the second."""
    advice = advice_on(
        ours([40, 40]), tried(as_it_stands(THEIRS), [None, 10]), ours([10, None], window_s=9.0), own=("ours", "theirs")
    )
    assert (advice.halving.before_s, advice.halving.after_s) == (25.0, 10.0)


def test_a_rule_that_is_only_compared_with_is_none_of_the_team_s():
    advice = advice_on(ours([40]), tried(as_it_stands(THEIRS), [10]), ours([20], threshold=5.0))
    assert advice.now_s == 40.0
    assert advice.halving.after_s == 20.0


def test_a_change_that_misses_what_is_detected_now_is_no_advice():
    assert advice_on(ours([40, 40]), ours([1, None], threshold=5.0)).halving is None


def test_an_undetected_drill_counts_for_as_long_as_it_lasted():
    """60 s went by undetected; that a change detects it after 30 s halves that at least."""
    advice = advice_on(ours([None]), ours([30], threshold=5.0), ours([31], threshold=6.0))
    assert (advice.halving.before_s, advice.halving.after_s) == (60.0, 30.0)
    assert (advice.halving.newly_detected, advice.now_s) == (1, None)
    [first, *_] = answer(advice)
    assert "from at least 60.0 s to 30.0 s, over 1 of 1 drills; 1 of them went undetected" in first


def test_a_drill_that_stays_undetected_proves_nothing_either_way():
    advice = advice_on(ours([40, None]), ours([20, None], threshold=5.0))
    assert (advice.halving.before_s, advice.halving.drills) == (40.0, 1)


def test_where_most_of_it_is_irreducible_nothing_could_halve_it_and_the_reason_is_said():
    """Felt 2.5 s after the start, at 12.5; the next scrape is at 13. Of 4 s, 3 are nobody's to take away."""
    advice = advice_on(ours([4]), ours([3.2], threshold=1.0), drills=[a_drill(impact=12.5)])
    assert advice.irreducible == Irreducible(2.5, 0.5)
    first, second, *_ = answer(advice)
    assert first == (
        "Nothing could have: the mean time to detect is 4.00 s, over 1 of 1 drills, and 3.00 s of it are irreducible "
        "(2.50 s until a purchase failed, 0.50 s until a scrape could show it)."
    )
    assert second == "Nearest comes ours (threshold 1), which takes it from 4.00 s to 3.20 s."


def test_where_nothing_that_was_tried_halves_it_that_is_all_that_is_said():
    advice = advice_on(ours([40]), ours([30], threshold=1.0), drills=[a_drill(impact=11.0)])
    first, second, third, *_ = answer(advice)
    assert first == "None of the 1 changes tried: the mean time to detect is 40.0 s, over 1 of 1 drills."
    assert second.startswith("Irreducible are 1.00 s of it")
    assert third == "Nearest comes ours (threshold 1), which takes it from 40.0 s to 30.0 s."


def test_rules_that_see_nothing_look_at_the_wrong_figures():
    [only] = answer(advice_on(ours([None]), ours([None], threshold=1.0)))
    assert only.startswith("Nothing that was tried: the rules detect none of the 1 drills")


def test_without_drills_there_is_nothing_to_halve():
    advice = advise([], [], frozenset({"ours"}))
    assert (advice.halving, advice.now_s, advice.irreducible, advice.drills) == (None, None, None, 0)
    assert answer(advice) == ["No drill with a proven fault is recorded, so there is nothing to halve."]


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        (FalsePages(0, 1 / 7), "0 in 0.14 weeks: 0 a week (0 to 26)"),
        (FalsePages(3, 1.0), "3 in 1 weeks: 3 a week (0.62 to 8.8)"),
        (FalsePages(0, 60 / 604_800), "0 in 60.0 s: 0 a week (0 to 37184)"),
        (FalsePages(0, 0.0), "unknown, for no calm is recorded"),
    ],
)
def test_pages_for_nothing_in_words(pages, words):
    assert pages_in_words(pages) == words
