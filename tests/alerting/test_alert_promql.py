"""Rules as PromQL: each form once, by hand; that Prometheus means the same by it is test_alert_agreement's part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.alerting.promql import duration_text, number_text, to_promql
from chaos_pizza.model.alert import AlertRule, Operator


def rule(op=Operator.AT_LEAST, threshold=2.0, window_s=60.0, **more):
    return AlertRule("r", "m_total", op, threshold, window_s, **more)


@pytest.mark.parametrize(
    ("watched", "expression"),
    [
        (rule(labels={"l": "v"}), 'sum by (job) (increase(m_total{l="v"}[60s])) >= 2'),
        (rule(threshold=-0.5, window_s=0.5), "sum by (job) (increase(m_total[500ms])) >= -0.5"),
        (
            rule(Operator.BELOW, 0.5, 15, compare_window_s=30),
            "sum by (job) (rate(m_total[15s])) / sum by (job) (rate(m_total[30s] offset 15s)) < 0.5",
        ),
        (
            rule(Operator.ABOVE, 0.1, 3600, labels={"o": "failed"}, of_metric="all_total", of_labels={"x": ""}),
            'sum by (job) (increase(m_total{o="failed"}[1h])) / sum by (job) (increase(all_total{x=""}[1h])) > 0.1',
        ),
        (
            rule(Operator.AT_MOST, 3, 3600, short_window_s=300),
            "sum by (job) (increase(m_total[1h])) <= 3 and sum by (job) (increase(m_total[5m])) <= 3",
        ),
        (
            rule(Operator.BELOW, 0.5, 60, compare_window_s=90, short_window_s=20),
            " and ".join(
                f"sum by (job) (rate(m_total[{each}])) / sum by (job) (rate(m_total[90s] offset {each})) < 0.5"
                for each in ("60s", "20s")
            ),
        ),
        (
            rule(labels={"b": 'a "quoted" \\ text\n', "a": "{}[]"}),
            'sum by (job) (increase(m_total{a="{}[]",b="a \\"quoted\\" \\\\ text\\n"}[60s])) >= 2',
        ),
    ],
)
def test_a_rule_as_an_expression(watched, expression):
    assert to_promql(watched) == expression


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (0.1, "100ms"), (1.5, "1500ms"), (1, "1s"), (60, "60s"), (61, "61s"), (120, "2m"), (5400, "90m"),
     (3600, "1h"), (21600, "6h"), (86400, "24h"), (0.30000000000000004, "300ms")],
)  # fmt: skip
def test_a_duration_is_in_the_greatest_unit_that_fits(seconds, text):
    assert duration_text(seconds) == text


@given(st.integers(0, 10**12))
def test_no_millisecond_of_a_duration_is_lost(total_ms):
    text = duration_text(total_ms / 1000)
    number = int("".join(letter for letter in text if letter.isdigit()))
    unit = text.lstrip("0123456789")
    assert number * {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}[unit] == total_ms


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_back_exactly(value):
    assert float(number_text(value)) == value
