"""The three sentences that matter most, and that none claims more than the figures."""

from dataclasses import replace
from datetime import timedelta

from retro_examples import ALERT, TODAY, at_least, blind_drill, drill, placebo, retro, sight, took, two_versions

from chaos_pizza.claims.standing import standing_of
from chaos_pizza.model.detection import Sight
from chaos_pizza.model.notes import ActionItem, OpenedItem
from chaos_pizza.model.result import Verdict


def item(number=1, due=None, claim=None, text="Tighten the alert", owner="ann"):
    opened = drill(0)
    return OpenedItem(opened.drill_id, opened.started_at, ActionItem(number, text, owner, due, claim))


def answered(drills, items=()):
    return retro(drills, standing_of(items, drills, TODAY)).answer


def test_an_improvement_is_told_with_its_medians_counts_and_p_value():
    sentence = answered(two_versions()).improved[0]
    assert "median 41.5 s (n = 6) under the rules 1111aaaa, 2.00 s (n = 7) under the rules 3333bbbb" in sentence
    assert "; log-rank p " in sentence


def test_without_enough_drills_the_answer_is_how_many_it_takes():
    """Four drills tell no spread, so the assumed one holds: 55 on each side."""
    (sentence,) = answered([drill(number, took(10 + number)) for number in range(4)]).improved
    assert sentence == (
        "nothing that can be told yet. factory-fail (announced): there are 4 drills; to see a change of 30 % in the "
        "median time to detect takes about 55 drills before the change and 55 after it."
    )


def test_what_can_not_be_told_apart_is_no_improvement():
    (sentence, *rest) = answered(two_versions(before=(10, 20, 30, 40, 50), after=(11, 19, 31, 39, 52))).improved
    assert sentence.startswith(
        "nothing that can be told yet. factory-fail (announced): the time to detect can't be shown to have changed"
    )
    assert rest == []


def test_what_got_worse_is_never_called_an_improvement():
    found = answered(two_versions(before=(1.9, 2.0, 1.8, 2.2, 1.7, 2.4), after=(40, 42, 38, 45, 41, 50)))
    assert found.improved[0].startswith(
        "nothing, and something got worse. factory-fail (announced): the time to detect"
    )
    assert "became longer" in found.improved[0]


def test_an_improvement_here_does_not_hide_what_got_worse_there():
    worse = [
        replace(each, experiment="shop-chaos", drill_id=f"shop-{each.drill_id}", announced=False)
        for each in two_versions(before=(1.9, 2.0, 1.8, 2.2, 1.7, 2.4, 2.1), after=(40, 42, 38, 45, 41, 50, 48))
    ]
    found = answered([*two_versions(), *worse])
    assert "became shorter" in found.improved[0]
    assert found.worse >= 1
    assert f"For the worse: {found.worse}." in found.headlines[0]


def test_what_no_alert_catches_names_the_drills_and_the_blind_rules():
    (sentence,) = answered([blind_drill(0, took(9), detected_by=ALERT), blind_drill(1), blind_drill(2)]).uncaught
    assert sentence == (
        "factory-badjwt: no alert fired in the latest 2 drills that made purchases fail, since 2026-01-02; blind "
        "there: failed-purchases (shop /metrics)."
    )


def test_the_longest_spell_without_an_alert_comes_first():
    drills = [blind_drill(number) for number in range(3)]
    sentences = answered([*drills, replace(drills[0], experiment="a", drill_id="a")]).uncaught
    assert [sentence.partition(":")[0] for sentence in sentences] == ["factory-badjwt", "a"]


def test_one_drill_without_an_alert_is_called_one():
    (sentence,) = answered([drill(0, at_least(60), sights=(sight(Sight.MOVED),))]).uncaught
    assert sentence == (
        "factory-fail: no alert fired in the latest drill that made purchases fail, on 2026-01-01; no rule is blind to "
        "it, but none came to fire."
    )


def test_where_no_rule_is_known_to_have_watched_that_is_said():
    (sentence,) = answered([drill(0, at_least(60))]).uncaught
    assert sentence.endswith("; no rule is known to have watched.")


def test_what_every_alert_catches_is_said_of_what_was_tried():
    (sentence,) = answered([drill(0, took(2))]).uncaught
    assert sentence == ("none: in the latest drill of each experiment that made purchases fail, an alert fired.")


def test_without_any_failed_purchase_nothing_is_known_of_alerts():
    assert answered([placebo(0)]).uncaught == ("unknown: no drill made any purchase fail.",)


LEFT_OUT = " that ended early (aborted, or calm not restored) before an alert or a person noticed."


def cut_off(*numbers):
    return [drill(number, at_least(1.2), verdict=Verdict.ABORTED, failed=2) for number in numbers]


def test_drills_that_were_cut_off_are_left_out_of_what_no_alert_catches_and_counted():
    (sentence,) = answered([drill(0, took(2)), *cut_off(1, 2)]).uncaught
    assert sentence == (
        "none: in the latest drill of each experiment that made purchases fail, an alert fired. "
        "Left out here: 2 drills" + LEFT_OUT
    )
    (sentence,) = answered([blind_drill(0), *cut_off(1)]).uncaught
    assert sentence.startswith("factory-badjwt: no alert fired in the latest drill")
    assert sentence.endswith(". Left out here: 1 drill" + LEFT_OUT)


def test_where_every_drill_was_cut_off_nothing_is_known_of_alerts():
    assert answered(cut_off(0)).uncaught == (
        "unknown: no drill lasted long enough to tell. Left out here: 1 drill" + LEFT_OUT,
    )


def test_a_placebo_has_nothing_to_catch():
    assert answered([placebo(0, failed=3), drill(1, took(2))]).uncaught[0].startswith("none: in the latest drill")


def test_an_overdue_item_is_named_with_its_owner_its_date_and_its_state():
    found = answered([drill(0, took(2))], [item(due=TODAY - timedelta(days=1))])
    assert found.overdue == (
        "“Tighten the alert” (owner: ann; due 2026-11-24; without a claim that a drill can test).",
    )


def test_an_item_that_is_due_today_is_not_overdue():
    found = answered([drill(0, took(2))], [item(due=TODAY), item(2)])
    assert found.overdue == ("nothing; 2 of 2 action items not closed, 1 of them without a due date.",)


def test_a_drill_that_closes_an_item_takes_it_off():
    found = answered(
        [drill(0, took(2)), drill(1, took(2))], [item(due=TODAY - timedelta(days=9), claim="ttd_s(factory-fail) <= 90")]
    )
    assert found.overdue == ("nothing: 1 action item, and drills closed all of them.",)


def test_without_any_item_that_is_said():
    assert answered([drill(0, took(2))]).overdue == ("nothing: no action item is known.",)


def test_the_headlines_are_three_whatever_the_drills():
    for drills in ([], [placebo(0)], two_versions(), [blind_drill(0)]):
        headlines = answered(drills).headlines
        assert [line.partition(":")[0] for line in headlines] == [
            "What improved",
            "What no alert catches",
            "What is overdue",
        ]
