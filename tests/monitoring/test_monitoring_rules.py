"""Alert rules as Prometheus and Grafana have loaded them."""

from datetime import UTC, datetime

import pytest

from chaos_pizza.errors import BadAnswer, Refused
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertRuleDescribed
from chaos_pizza.monitoring.answers import System
from chaos_pizza.monitoring.counting import Counting
from chaos_pizza.monitoring.rules import LoadedAlert, LoadedRule, chosen_rules, described, faults, read_rules
from chaos_pizza.wire.message import Answer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PROMETHEUS = System("Prometheus", "http://p", "PIZZA_PROMETHEUS_URL", "PIZZA_PROMETHEUS_TOKEN")

# As Prometheus 2.42 answers; the second rule's expression is broken.
ANSWERED = {
    "status": "success",
    "data": {
        "groups": [
            {
                "name": "pizza",
                "file": "r.yml",
                "rules": [
                    {
                        "state": "firing",
                        "name": "failed-purchases",
                        "query": 'sum by (job) (pizza_purchases_total{outcome="failed"}) > 0',
                        "duration": 3,
                        "keepFiringFor": 0,
                        "labels": {"severity": "page"},
                        "annotations": {},
                        "alerts": [
                            {
                                "labels": {"alertname": "failed-purchases", "job": "shop", "severity": "page"},
                                "annotations": {},
                                "state": "firing",
                                "activeAt": "2026-11-24T12:00:00.799580391Z",
                                "value": "3e+00",
                            }
                        ],
                        "health": "ok",
                        "evaluationTime": 0.000618807,
                        "lastEvaluation": "2026-11-24T12:00:01.800858619Z",
                        "type": "alerting",
                    },
                    {
                        "state": "inactive",
                        "name": "broken",
                        "query": "many to many",
                        "duration": 0,
                        "labels": {},
                        "annotations": {},
                        "alerts": [],
                        "health": "err",
                        "lastError": "found duplicate series",
                        "evaluationTime": 0,
                        "lastEvaluation": "2026-11-24T12:00:01.8Z",
                        "type": "alerting",
                    },
                    {"name": "job:failed:rate", "query": "x", "health": "ok", "type": "recording"},
                ],
                "interval": 1,
                "limit": 0,
                "evaluationTime": 0.000687139,
                "lastEvaluation": "2026-11-24T12:00:01.5Z",
            }
        ]
    },
}


def read(body, **told):
    return read_rules(Answer(200, body, "application/json", None, NOON, NOON), PROMETHEUS, **told)


def rule(name, labels=None, interval_s=1.0, for_s=0.0, expression="x", fault=""):
    return LoadedRule(name, expression, labels or {}, interval_s, for_s, NOON, fault)


def test_alert_rules_are_read_and_recording_rules_are_none():
    firing, broken = read(ANSWERED)
    assert firing == LoadedRule(
        "failed-purchases",
        'sum by (job) (pizza_purchases_total{outcome="failed"}) > 0',
        {"severity": "page"},
        1.0,
        3.0,
        NOON.replace(second=1, microsecond=500000),
        "",
        (
            LoadedAlert(
                {"alertname": "failed-purchases", "job": "shop", "severity": "page"},
                AlertState.FIRING,
                NOON.replace(microsecond=799580),
            ),
        ),
    )
    assert (broken.name, broken.fault) == ("broken", "can't be evaluated (found duplicate series)")


def test_a_rule_that_can_not_be_evaluated_is_named_with_its_error():
    assert faults(read(ANSWERED)) == "alert rule 'broken' can't be evaluated (found duplicate series)"
    assert faults([rule("good")]) == ""


def test_what_is_left_out_is_unknown_unless_it_has_a_meaning():
    body = {"status": "success", "data": {"groups": [{"rules": [{"name": "slow"}]}]}}
    (unknown,), (meant,) = read(body), read(body, for_unless_told_s=0.0)
    assert (unknown.for_s, unknown.interval_s, unknown.evaluated_at) == (None, None, None)
    assert meant.for_s == 0.0


@pytest.mark.parametrize(
    "groups", ["none", [1], [{"rules": {}}], [{"rules": [{"name": 1}]}], [{"rules": [{"name": "x", "alerts": [{}]}]}]]
)
def test_rules_of_another_form_are_refused(groups):
    with pytest.raises(BadAnswer, match="its alert rules in a form that is not Prometheus's"):
        read({"status": "success", "data": {"groups": groups}})


def test_the_rules_that_count_are_chosen():
    rules = [rule("a", {"severity": "page"}), rule("a", {"severity": "ticket"}), rule("b")]
    assert chosen_rules(rules, Counting(("a",), {"severity": "page"}), PROMETHEUS) == (rules[0],)
    assert chosen_rules(rules, Counting((), {"severity": "page"}), PROMETHEUS) == (rules[0], rules[2])


def test_a_name_without_a_rule_is_refused_and_the_known_ones_are_named():
    with pytest.raises(
        Refused, match=r"Prometheus \(http://p\): no alert rule is called 'c'; it knows 'a', 'b'; name those that count"
    ):
        chosen_rules([rule("b"), rule("a")], Counting(("a", "c")), PROMETHEUS)


def test_where_another_system_may_have_it_one_rule_is_enough():
    rules = [rule("a")]
    assert chosen_rules(rules, Counting(("a", "c")), PROMETHEUS, all_needed=False) == (rules[0],)
    with pytest.raises(Refused, match="'b', 'c'"):
        chosen_rules(rules, Counting(("b", "c")), PROMETHEUS, all_needed=False)


def test_a_rule_of_the_right_name_with_another_label_is_none_that_counts():
    with pytest.raises(Refused, match="called 'a' with severity=page; it knows 'a'"):
        chosen_rules([rule("a", {"severity": "ticket"})], Counting(("a",), {"severity": "page"}), PROMETHEUS)


def test_many_known_rules_are_not_all_named_and_none_is_said():
    with pytest.raises(Refused, match="'r09' and 15 more"):
        chosen_rules([rule(f"r{number:02}") for number in range(25)], Counting(("c",)), PROMETHEUS)
    with pytest.raises(Refused, match="any name with team=pizza; it has none at all"):
        chosen_rules([], Counting((), {"team": "pizza"}), PROMETHEUS)


def test_a_rule_is_described_by_what_its_system_says():
    (told,) = described(AlertSource.PROMETHEUS, [rule("a", for_s=3.0)], str, 15.0)
    assert told == AlertRuleDescribed(AlertSource.PROMETHEUS, "a", 15.0, 1.0, 3.0, None, "x")


def test_of_two_rules_of_one_name_only_what_they_share_is_said():
    rules = [rule("a", for_s=3.0, expression="x > 1"), rule("a", for_s=5.0, expression="y > 1")]
    (told,) = described(AlertSource.PROMETHEUS, rules, str)
    assert told == AlertRuleDescribed(AlertSource.PROMETHEUS, "a", None, 1.0, None, None, "(x > 1) or (y > 1)")
