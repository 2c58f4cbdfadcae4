"""Which alerts count."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.errors import Refused
from chaos_pizza.model.settings import DetectionSettings
from chaos_pizza.monitoring.answers import System
from chaos_pizza.monitoring.counting import Counting, instance_text

PROMETHEUS = System("Prometheus", "http://p", "PIZZA_PROMETHEUS_URL", "PIZZA_PROMETHEUS_TOKEN")


def test_by_default_count_the_alerts_named_as_the_drills_rules_are():
    rules = tuple(shipped_rules().values())
    counting = Counting.of_settings(DetectionSettings(rules=rules))
    assert counting.counts({"alertname": rules[0].name, "job": "shop"})
    assert not counting.counts({"alertname": "else"})


def test_labels_alone_make_every_alert_count_that_has_them():
    counting = Counting((), {"team": "pizza"})
    assert counting.counts({"alertname": "any", "team": "pizza"})
    assert not counting.counts({"alertname": "any", "team": "pasta"})
    assert not counting.counts({"alertname": "any"})


def test_a_name_and_labels_must_both_fit():
    counting = Counting(("slow",), {"severity": "page"})
    assert counting.counts({"alertname": "slow", "severity": "page", "job": "shop"})
    assert not counting.counts({"alertname": "slow", "severity": "ticket"})
    assert not counting.counts({"alertname": "fast", "severity": "page"})


def test_where_nothing_is_named_nothing_counts_and_that_is_said():
    counting = Counting()
    assert not counting.counts({"alertname": "slow"})
    with pytest.raises(Refused, match="nothing says which of Prometheus's alerts count"):
        counting.check(PROMETHEUS)


def test_a_rule_may_raise_an_alert_that_counts_unless_its_own_labels_say_otherwise():
    counting = Counting(("slow",), {"severity": "page"})
    assert counting.may_count("slow", {"severity": "page"})
    assert counting.may_count("slow", {})  # the label may come from the series
    assert counting.may_count("slow", {"severity": "{{ $labels.severity }}"})
    assert not counting.may_count("slow", {"severity": "ticket"})
    assert not counting.may_count("fast", {"severity": "page"})


def test_matchers_are_anchored_alternatives_and_quoted_values():
    counting = Counting(("a.b", 'c"d'), {"team": "x\\y", "app.name": "z"})
    assert counting.matchers() == (r'alertname=~"a\\.b|c\"d"', '"app.name"="z"', r'team="x\\y"')


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4), st.text())
def test_the_pattern_of_names_fits_these_names_and_no_other(names, other):
    pattern = Counting(tuple(names)).matchers()[0].removeprefix('alertname=~"').removesuffix('"')
    unescaped = re.sub(r'\\([\\"n])', lambda found: "\n" if found[1] == "n" else found[1], pattern)
    assert bool(re.fullmatch(unescaped, other)) == (other in names)
    assert all(re.fullmatch(unescaped, name) for name in names)


def test_an_instance_is_what_tells_the_alerts_of_one_rule_apart():
    labels = {"alertname": "slow", "alertstate": "firing", "__name__": "ALERTS", "severity": "page", "job": "shop"}
    assert instance_text(labels) == "job=shop, severity=page"
    assert instance_text({"alertname": "slow"}) == ""


def test_many_labels_are_cut_and_still_tell_alerts_apart():
    long = {f"label{number}": "x" * 30 for number in range(20)}
    one, other = instance_text(long), instance_text({**long, "label9": "y" * 30})
    assert len(one) <= 200
    assert one != other
    assert one == instance_text(dict(reversed(long.items())))
