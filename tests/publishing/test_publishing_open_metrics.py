"""A drill as metrics, read by Prometheus's own readers."""

import subprocess

import pytest
from accounts import BEGIN_S, HOSTILE, by_the_book, hostile, nothing_known, undetected
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_open_metrics
from prometheus_client.parser import text_string_to_metric_families as read_text_format
from real_programs import wanted

from chaos_pizza.model.result import Verdict
from chaos_pizza.publishing.open_metrics import metrics_text, pushgateway_message, textfile_name

ACCOUNTS = {
    "by the book": by_the_book(),
    "undetected": undetected(),
    "nothing known": nothing_known(),
    "hostile": hostile(),
}
every_account = pytest.mark.parametrize("account", ACCOUNTS.values(), ids=ACCOUNTS)


def values(text, read=read_open_metrics):
    return {
        sample.name + (f" {sample.labels['verdict']}" if "verdict" in sample.labels else ""): sample.value
        for family in read(text)
        for sample in family.samples
    }


def test_measures_are_gauges_in_seconds():
    text = metrics_text(by_the_book())
    verdicts = {f"chaos_pizza_drill_verdict {verdict.value}": float(verdict is Verdict.PASSED) for verdict in Verdict}
    assert values(text) == {
        "chaos_pizza_ttd_seconds": 1.498,
        "chaos_pizza_ttd_budget_seconds": 15.0,
        "chaos_pizza_ttm_seconds": 7.248,
        "chaos_pizza_ttr_seconds": 7.998,
        "chaos_pizza_drill_ended_timestamp_seconds": BEGIN_S + 90,
        "chaos_pizza_drill_exit_code": 0,
        "chaos_pizza_drill_purchases": 10,
        "chaos_pizza_drill_purchases_failed": 4,
        "chaos_pizza_drill_success_ratio": 0.6,
        **verdicts,
    }
    assert text.endswith("# EOF\n")
    assert "# UNIT chaos_pizza_ttd_seconds seconds\n" in text


def test_what_is_unknown_is_absent_and_a_lower_bound_is_no_measure():
    found = values(metrics_text(undetected()))
    assert found["chaos_pizza_ttd_at_least_seconds"] == 30.0
    assert found["chaos_pizza_ttr_budget_seconds"] == 75.0
    assert not {"chaos_pizza_ttd_seconds", "chaos_pizza_ttr_seconds", "chaos_pizza_drill_success_ratio"} & set(found)
    assert not any(
        name.startswith(("chaos_pizza_tt", "chaos_pizza_drill_succ")) for name in values(metrics_text(nothing_known()))
    )


@every_account
def test_both_formats_readers_read_the_same(account):
    text = metrics_text(account)
    assert values(text) == values(text, read_text_format)
    (labels,) = {
        tuple(sorted({**sample.labels, "verdict": ""}.items()))
        for family in read_open_metrics(text)
        for sample in family.samples
    }
    assert dict(labels)["fault"] == account.settings.fault.value


@every_account
def test_there_are_no_timestamps_which_node_exporter_refuses(account):
    assert all(
        sample.timestamp is None for family in read_open_metrics(metrics_text(account)) for sample in family.samples
    )


@every_account
def test_promtool_finds_nothing_to_complain_of(account):
    text = metrics_text(account)
    checked = subprocess.run(
        [wanted("promtool"), "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_help_texts_do_not_change_with_the_drill():
    """Node_exporter takes one help text a family from all files of its folder."""
    helps = {}
    for account in ACCOUNTS.values():
        for family in read_open_metrics(metrics_text(account)):
            helps.setdefault(family.name, set()).add(family.documentation)
    assert all(len(texts) == 1 for texts in helps.values())


def test_a_gateway_s_group_is_the_experiment_on_its_target():
    message = pushgateway_message(by_the_book(), {})
    assert (message.method, message.path) == (
        *("PUT", "/metrics/job/chaos-pizza/experiment/factory-fail/target/staging"),
    )


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("a b?c#d%", "target/a%20b%3Fc%23d%25"),
        # the example of the gateway's own documentation: path="/var/tmp"
        ("/var/tmp", "target@base64/L3Zhci90bXA"),
        ("", "target@base64/="),
        ("..", "target@base64/Li4"),
    ],
)
def test_a_group_s_value_can_be_any_text(value, part):
    told = by_the_book()
    object.__setattr__(told.result, "target", value)
    assert pushgateway_message(told, {}).path.endswith(f"/experiment/factory-fail/{part}")


def test_no_two_experiments_or_targets_share_a_file():
    names = []
    for experiment, target in [("a", "b"), ("a.b", "c"), ("a", "b.c"), ("../a", "b"), ("a", "/b"), (HOSTILE, HOSTILE)]:
        told = by_the_book()
        object.__setattr__(told.result, "experiment", experiment)
        object.__setattr__(told.result, "target", target)
        names.append(textfile_name(told))
    assert len(set(names)) == len(names)
    assert all(name.endswith(".prom") and "/" not in name and name.isascii() for name in names)
    assert names[0] == "chaos-pizza.a.b.prom"


def test_half_of_a_surrogate_pair_is_a_question_mark_in_a_file_s_name():
    told = by_the_book()
    object.__setattr__(told.result, "experiment", "a\ud800")
    assert textfile_name(told).startswith("chaos-pizza.a%3F.")
