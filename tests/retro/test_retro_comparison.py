"""Versions of the rules, and halves of the drills, held against each other."""

from dataclasses import replace

from retro_examples import at_least, drill, took, two_versions

from chaos_pizza.model.measure import MeasureName
from chaos_pizza.retro.comparison import Divide, Finding, compare_groups
from chaos_pizza.retro.comparison_sentences import describe_comparison
from chaos_pizza.retro.experiments import sort_out


def compared(drills):
    experiments, _ = sort_out(drills)
    return compare_groups([group for each in experiments for group in each.groups])


def test_two_versions_of_the_rules_that_differ_are_told_apart():
    """All 6 times before exceed all 7 after."""
    found = compared(two_versions())
    rules = found[0]
    assert (rules.divide, rules.measure, rules.finding) == (Divide.RULES, MeasureName.TTD, Finding.SHORTER)
    assert (rules.before.rules_version, rules.after.rules_version) == ("1111aaaa2222", "3333bbbb4444")
    assert (rules.before.median.value_s, rules.after.median.value_s) == (41.5, 2.0)
    assert describe_comparison(rules).startswith(
        "factory-fail (announced): the time to detect became shorter: median 41.5 s (n = 6) under the rules "
        "1111aaaa, 2.00 s (n = 7) under the rules 3333bbbb; log-rank p "
    )


def test_the_log_rank_of_two_groups_one_after_the_other_is_worked_out_by_hand():
    """At each end of the later 5 all 5 of the first wait: expected of theirs are 5/10 + 5/9 + 5/8 + 5/7 + 5/6, then 5.

    So 5 - 5 - 3.2285 over the root of the sum of (5 k) / (5 + k) ** 2 for k = 5 to 1.
    """
    (rules, *_) = compared(two_versions(before=(11, 12, 13, 14, 15), after=(1, 2, 3, 4, 5)))
    variance = sum(5 * left / (5 + left) ** 2 for left in (5, 4, 3, 2, 1))
    expected = sum(5 / (5 + left) for left in (5, 4, 3, 2, 1))
    assert abs(rules.test.z - (-expected / variance**0.5)) < 1e-12


def test_what_got_worse_is_said_to_be_longer():
    rules = compared(two_versions(before=(1.9, 2.0, 1.8, 2.2, 1.7, 2.4), after=(40, 42, 38, 45, 41, 50)))[0]
    assert rules.finding is Finding.LONGER
    assert "the time to detect became longer" in describe_comparison(rules)


def test_versions_that_can_not_be_told_apart_say_how_many_drills_it_takes():
    rules = compared(two_versions(before=(10, 20, 30, 40, 50), after=(11, 19, 31, 39, 52)))[0]
    assert rules.finding is Finding.ALIKE
    assert rules.missing == 2 * (rules.needed - 5)
    sentence = describe_comparison(rules)
    assert sentence.startswith(
        "factory-fail (announced): the time to detect can't be shown to have changed: median 30.0 s (n = 5)"
    )
    assert f"takes {rules.missing} more drills, so that each side has {rules.needed}, by the spread seen." in sentence


def test_of_many_drills_only_the_detected_ones_count_towards_what_would_have_shown():
    """60 drills a side, two of each detected: they tell no spread, and each side needs many more that are."""
    drills = [
        drill(number, took(20 + number) if number in (3, 40, 70, 100) else at_least(200), rules_version=version)
        for number, version in enumerate(["a"] * 60 + ["b"] * 60)
    ]
    (rules,) = compared(drills)
    assert (rules.finding, rules.needed, rules.missing) == (Finding.ALIKE, 55, 2 * (55 - 2))
    assert describe_comparison(rules).endswith(
        " To show a change of 30 % takes 106 more detected drills, so that each side has 55 detected, were their "
        "spread the usual one."
    )


def alike(count, factor):
    """Two versions, `count` drills each, whose times lie one between the other's."""
    return [
        drill(number, took(10 * factor**number), rules_version="a" if number % 2 else "b")
        for number in range(2 * count)
    ]


def test_enough_detected_drills_would_have_shown_a_change_but_not_among_many_tests():
    """15 drills with a spread s of 0.264.

    Two tests take 2 (3.08 s / 0.322) ** 2, or 12.8, and 18 take 2 (3.83 s / 0.322) ** 2, or 19.8.
    """
    alone = next(each for each in compared(alike(15, 1.03)) if each.divide is Divide.RULES)
    assert describe_comparison(alone).endswith(
        " A change of 30 % would have shown with a probability of about 80 % or more."
    )
    many = [
        replace(each, experiment=f"e{number}", drill_id=f"{number}{each.drill_id}")
        for number in range(9)
        for each in alike(15, 1.03)
    ]
    among = next(each for each in compared(many) if each.divide is Divide.RULES)
    assert (alone.needed, among.needed) == (13, 20)
    assert "takes 10 more drills, so that each side has 20, by the spread seen." in describe_comparison(among)


def test_of_an_assumed_spread_nothing_is_said_about_what_would_have_shown():
    drills = [
        drill(number, took(10) if number % 3 else took(0), rules_version="a" if number % 2 else "b")
        for number in range(240)
    ]
    rules = next(each for each in compared(drills) if each.divide is Divide.RULES)
    assert (rules.missing, rules.spread.is_assumed) == (0, True)
    assert describe_comparison(rules).endswith(" after Holm.")


def test_a_version_with_four_drills_is_not_compared():
    found = compared(two_versions(after=(1.9, 2.0, 1.8, 2.2)))
    assert {each.divide for each in found} == {Divide.TIME}


def test_of_three_versions_the_two_that_were_last_in_use_are_compared():
    drills = [
        drill(number, took(number + 1), rules_version=version)
        for number, version in enumerate(["b"] * 5 + ["a"] * 5 + ["c"] * 5 + ["b"])
    ]
    rules = next(each for each in compared(drills) if each.divide is Divide.RULES)
    assert (rules.before.rules_version, rules.after.rules_version) == ("c", "b")


def test_rules_that_are_unknown_are_no_version():
    drills = [replace(each, rules_version=None) for each in two_versions()]
    assert {each.divide for each in compared(drills)} == {Divide.TIME}


def test_halves_are_compared_as_advice():
    drills = [drill(number, took(100 - number), took(300 - number), rules_version="a") for number in range(20)]
    detect, mitigate = compared(drills)
    assert (detect.divide, detect.measure, mitigate.measure) == (Divide.TIME, MeasureName.TTD, MeasureName.TTM)
    assert (detect.before.durations.count, detect.after.durations.count) == (10, 10)
    assert describe_comparison(detect).endswith(
        " This is advice: the halves are cut by date, and whatever else changed in between may be the cause."
    )


def test_halves_that_are_the_two_versions_are_not_compared_once_more():
    found = compared(two_versions(before=(40, 42, 38, 45, 41), after=(1.9, 2.0, 1.8, 2.2, 1.7)))
    assert [(each.divide, each.measure) for each in found] == [
        (Divide.RULES, MeasureName.TTD),
        (Divide.TIME, MeasureName.TTM),
    ]


def test_announced_and_blind_drills_are_never_held_against_each_other():
    blind = [drill(20 + number, took(100 + number), announced=False) for number in range(5)]
    assert all(each.announced is True for each in compared([*two_versions(), *blind]))


def test_where_nobody_ever_detected_anything_nothing_is_compared():
    assert compared([drill(number, at_least(60), at_least(60)) for number in range(20)]) == ()


def test_every_test_makes_the_others_count_for_less():
    """The same drills under another name: twice the tests, and the surest counts as often as there are tests."""
    alone = compared(two_versions())
    both = compared(
        [*two_versions(), *(replace(each, experiment="other", drill_id="o" + each.drill_id) for each in two_versions())]
    )
    assert len(both) == 2 * len(alone)
    surest = min(alone, key=lambda each: each.test.p_value)
    assert alone[0].p_value >= alone[0].test.p_value
    assert min(each.p_value for each in both) == 2 * len(alone) * surest.test.p_value
