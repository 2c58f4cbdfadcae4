"""Detection floors of rules that somebody else evaluates."""

import pytest
from story import by_the_book, by_time, with_settings

from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.drill.result import judge
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.alert_event import AlertingChosen, AlertRuleDescribed
from chaos_pizza.model.settings import DetectionSettings

PROMETHEUS, MANAGER = AlertSource.PROMETHEUS, AlertSource.ALERTMANAGER


def floors_of(*told):
    drill = by_the_book()
    detection = DetectionSettings(rules=(shipped_rules()["failed-purchases"],))
    drill[0] = (0.0, with_settings(drill[0][1], detection=detection))
    return judge(by_time([*drill, *((0.5, event) for event in told)])).detection_floors


def test_a_teams_rule_is_reckoned_with_the_intervals_that_its_systems_tell():
    """Scraped each 15 s, evaluated each 30 s, for 60 s, a group wait of 10 s; 2 failures at 10 a second: 0.2 s."""
    (floor,) = floors_of(
        AlertingChosen((MANAGER, PROMETHEUS)),
        AlertRuleDescribed(PROMETHEUS, "failed-purchases", 15.0, 30.0, 60.0),
        AlertRuleDescribed(MANAGER, "failed-purchases", group_wait_s=10.0),
    )
    assert floor.rule == "failed-purchases (Alertmanager)"
    assert (floor.least_s, floor.most_s) == (pytest.approx(70.0), pytest.approx(15 + 0.2 + 30 + 60 + 10))


def test_without_their_word_it_is_reckoned_with_the_drills_own():
    (floor,) = floors_of(AlertingChosen((MANAGER,)))
    assert (floor.least_s, floor.most_s) == (pytest.approx(0.0), pytest.approx(2.2))
