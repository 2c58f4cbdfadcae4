"""Reading /metrics: what a good page shows, and that nothing else passes for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, generate_latest

from chaos_pizza.alerting.exposition import belongs, read_exposition, series_key
from chaos_pizza.errors import BadAnswer
from chaos_pizza.model.alert import AlertRule, Operator

PAGE = """\
# HELP pizza_purchases_total Purchases.
# TYPE pizza_purchases_total counter
pizza_purchases_total{outcome="ok"} 12
pizza_purchases_total{outcome="failed",store="Lehi, \\"north\\""} 3.0 1700000000000
  # TYPE visits counter
visits 5

up NaN
"""


def test_every_series_is_read_by_its_name_and_labels():
    assert read_exposition(PAGE) == {
        series_key("pizza_purchases_total", outcome="ok"): 12.0,
        series_key("pizza_purchases_total", outcome="failed", store='Lehi, "north"'): 3.0,
        series_key("visits"): 5.0,
    }


def test_an_empty_page_shows_nothing():
    assert read_exposition("") == {}
    assert read_exposition("\n# only a comment\n") == {}


def test_what_the_prometheus_client_writes_is_read_back():
    registry = CollectorRegistry()
    Counter("pizza_purchases", "p", ["outcome"], registry=registry).labels("failed").inc(4)
    series = read_exposition(generate_latest(registry).decode())
    assert series[series_key("pizza_purchases_total", outcome="failed")] == 4.0


def test_of_a_series_shown_twice_the_first_counts():
    assert read_exposition("a 1\na 2\n") == {series_key("a"): 1.0}


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html>\n<html><body>Sign in</body></html>",
        '{"message":"unknown endpoint"}',
        "welcome to JWT Pizza",
        'a{b="c"',
        'a{b="c} 1',
        "a{b=c} 1",
        'a{b="1",b="2"} 1',
        "a one",
        "a",
        "a{} ",
        "a 1_000",
        "good 1\n<br>",
        "a " + "9" * 400,
        "{} 1",
        "\x00\x01\x02",
        "a" * 20_000 + " 1",
        "a 1\n" * 1_100_000,
    ],
)
def test_what_is_no_exposition_is_refused_in_one_line_that_quotes_nothing(text):
    with pytest.raises(BadAnswer) as refusal:
        read_exposition(text)
    assert "\n" not in str(refusal.value)
    assert "<" not in str(refusal.value)
    assert len(str(refusal.value)) < 150


@given(st.text(max_size=80) | st.text(alphabet='a{}="\\, 1#\n\t', max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        series = read_exposition(text)
    except BadAnswer:
        return
    assert all(isinstance(value, float) for value in series.values())


def rule(**labels):
    return AlertRule("r", "m", Operator.AT_LEAST, 1, 10, labels=labels)


def test_a_series_belongs_to_a_rule_whose_labels_it_has_with_any_others_besides():
    assert belongs(series_key("m", a="1"), rule())
    assert belongs(series_key("m", a="1", b="2"), rule(a="1"))
    assert not belongs(series_key("m", a="1"), rule(a="2"))
    assert not belongs(series_key("m", a="1"), rule(a="1", b="2"))
    assert not belongs(series_key("other", a="1"), rule(a="1"))
