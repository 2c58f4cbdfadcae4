"""The grid: always the same, all of them rules that can be evaluated."""

import pytest

from chaos_pizza.alerting.rule_check import rule_complaints
from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.backtest.candidate import Change, changed
from chaos_pizza.backtest.grid import spread
from chaos_pizza.model.alert import AlertRule, Operator

RULES = list(shipped_rules().values())


def test_a_grid_holds_as_many_rules_as_were_asked_for_each_once():
    candidates = spread(RULES, 1000)
    assert len(candidates) == len({(each.base, each.changes) for each in candidates}) == 1000
    assert [each.rule for each in candidates[: len(RULES)]] == RULES


def test_two_grids_are_the_same():
    assert spread(RULES, 300) == spread(RULES, 300)


def test_every_variation_is_what_its_changes_say_and_can_be_evaluated():
    bases = {rule.name: rule for rule in RULES}
    for candidate in spread(RULES, 1000):
        assert rule_complaints(candidate.rule) == []
        assert changed(bases[candidate.base], {each.key: each.new for each in candidate.changes}) == candidate
        assert candidate.rule.metric == bases[candidate.base].metric


def test_each_key_is_changed_alone_too():
    alone = {each.changes[0].key for each in spread(RULES, 1000) if len(each.changes) == 1}
    assert alone == {"threshold", "window_s", "short_window_s", "compare_window_s", "for_s", "evaluation_interval_s"}


def test_a_rule_takes_over_what_another_has_for_the_same_series():
    ours = AlertRule("ours", "sold_total", Operator.AT_LEAST, 50, 900, for_s=600, evaluation_interval_s=60)
    theirs = AlertRule("theirs", "sold_total", Operator.AT_LEAST, 2.5, 61)
    other = AlertRule("other", "elsewhere_total", Operator.AT_LEAST, 3.5, 62)
    labels = {each.label for each in spread([ours, theirs, other], 600)}
    assert "ours (threshold 2.5, window 61 s, for 0 s, every 1 s)" in labels
    assert not any("62 s" in label and label.startswith("ours") for label in labels)


@pytest.mark.parametrize(("rules", "count"), [([], 100), (RULES, 0), (RULES, len(RULES))])
def test_no_room_is_no_variation(rules, count):
    assert len(spread(rules, count)) == len(rules)


@pytest.mark.parametrize(
    ("change", "size"),
    [
        (Change("threshold", 4, 1), 2.0),
        (Change("window_s", 60, 120), 1.0),
        (Change("for_s", 0, 1), 1.0),
        (Change("for_s", 7, 0), 3.0),
        (Change("threshold", 0, 5), 10.0),
    ],
)
def test_how_far_a_change_goes(change, size):
    assert change.size == size
