"""Rules as files for Prometheus and Grafana, and recorded drills as promtool's tests."""

from datetime import UTC, datetime, timedelta

import pytest
import yaml
from real_prometheus import promtool

from chaos_pizza.alerting.export import grafana_provisioning, prometheus_rules
from chaos_pizza.alerting.exposition import series_key
from chaos_pizza.alerting.promtool import Recording, promtool_tests
from chaos_pizza.alerting.scrapes import Scrape
from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.model.alert import AlertRule, AlertSource, Operator

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SHOP = AlertSource.SHOP_METRICS
FAILED = series_key("failed_total", outcome="failed")


def failures(name="failures", **more):
    return AlertRule(name, "failed_total", Operator.AT_LEAST, 2, 4, **more)


def test_rules_are_grouped_by_how_often_they_are_evaluated():
    rules = [failures("a", evaluation_interval_s=30), failures("b"), failures("c", evaluation_interval_s=30)]
    groups = yaml.safe_load(prometheus_rules(rules))["groups"]
    found = [(group["name"], group["interval"], [rule["alert"] for rule in group["rules"]]) for group in groups]
    assert found == [("chaos-pizza-1s", "1s", ["b"]), ("chaos-pizza-30s", "30s", ["a", "c"])]


def test_a_rule_for_prometheus_says_all_that_ours_does():
    [group] = yaml.safe_load(prometheus_rules([failures(for_s=5, severity="ticket", description="Too many.")]))[
        "groups"
    ]
    assert group["rules"] == [
        {
            "alert": "failures",
            "expr": "sum by (job) (increase(failed_total[4s])) >= 2",
            "for": "5s",
            "labels": {"severity": "ticket"},
            "annotations": {"description": "Too many."},
        }
    ]


def test_promtool_finds_the_shipped_rules_right(tmp_path):
    (tmp_path / "rules.yaml").write_text(prometheus_rules(shipped_rules().values()))
    told = promtool("check", "rules", tmp_path / "rules.yaml")
    assert told.returncode == 0, told.stderr
    assert f"{len(shipped_rules())} rules found" in told.stdout


def test_grafana_gets_the_same_expression_and_fires_on_whatever_it_returns():
    rule = failures(for_s=5, description="Too many.", short_window_s=2)
    [group] = yaml.safe_load(grafana_provisioning([rule], "mimir"))["groups"]
    [written] = group["rules"]
    assert (group["interval"], group["folder"], written["for"]) == ("10s", "Chaos Pizza", "5s")
    query, condition = written["data"]
    assert query["model"]["expr"] == (
        "sum by (job) (increase(failed_total[4s])) >= 2 and sum by (job) (increase(failed_total[2s])) >= 2"
    )
    assert (query["datasourceUid"], query["relativeTimeRange"]) == ("mimir", {"from": 4, "to": 0})
    assert written["condition"] == condition["refId"]
    assert condition["model"]["expression"] == "is_number($A) || is_inf($A)"
    # The expression returns nothing while all is well.
    assert written["noDataState"] == "OK"


@pytest.mark.parametrize(("interval_s", "written"), [(0.5, "10s"), (10, "10s"), (11, "20s"), (60, "60s")])
def test_grafana_evaluates_at_multiples_of_ten_seconds(interval_s, written):
    file = yaml.safe_load(grafana_provisioning([failures(evaluation_interval_s=interval_s)], "p"))
    assert [group["interval"] for group in file["groups"]] == [written]


def test_nothing_that_people_write_is_taken_for_a_template_or_a_variable():
    text = "{{ $labels.job }} costs $HOME"
    rule = failures(name="a rule with a $ and a name that is no uid of Grafana's", description=text)
    [group] = yaml.safe_load(grafana_provisioning([rule], "p"))["groups"]
    [written] = group["rules"]
    assert written["title"] == "a rule with a $$ and a name that is no uid of Grafana's"
    assert len(written["uid"]) == 40
    assert written["annotations"] == {"description": '{{ "{{" }} $$labels.job }} costs $$HOME'}


def scrapes(*shown, every_s=1.0, source=SHOP, key=FAILED):
    return [
        Scrape(source, NOON + timedelta(seconds=number * every_s), {} if value is None else {key: value})
        for number, value in enumerate(shown)
    ]


def test_a_recording_becomes_series_on_a_grid_of_tenths_with_markers_where_they_went():
    made = scrapes(0, 1, None, None, 2.5)
    made[1] = Scrape(SHOP, NOON + timedelta(seconds=1.26), {FAILED: 1.0, series_key("other"): 1.0})
    file = yaml.safe_load(promtool_tests([failures()], [Recording("a drill", made)], "rules.yaml"))
    [test] = file["tests"]
    assert (file["rule_files"], file["evaluation_interval"]) == (["rules.yaml"], "1s")
    assert (test["name"], test["interval"]) == ("a drill: shop /metrics", "100ms")
    # Scrapes at 0, 1.3, 2 (it went), 3 (still gone) and 4 s.
    series = 'failed_total{job="shop_metrics",outcome="failed"}'
    assert test["input_series"] == [{"series": series, "values": "0 _x12 1 _x6 stale _x19 2.5"}]


def test_what_is_expected_is_what_our_evaluator_makes_of_it_before_and_at_each_change():
    rule = failures(for_s=1, description="Too many.")
    # Second 2 sees 0, 0, 2; at 6 the window (2, 6] shows 2, 2, 2, 2.
    file = yaml.safe_load(promtool_tests([rule], [Recording("d", scrapes(0, 0, 2, 2, 2, 2, 2, 2))], "r"))
    [test] = file["tests"]
    alert = {
        "exp_labels": {"job": "shop_metrics", "severity": "page"},
        "exp_annotations": {"description": "Too many."},
    }
    assert [(each["eval_time"], each["exp_alerts"]) for each in test["alert_rule_test"]] == [
        *(("1s", []), ("2s", []), ("3s", [alert]), ("4s", [alert]), ("5s", []), ("7s", [])),
    ]
    labels = 'ALERTS{alertname="failures",alertstate="pending",job="shop_metrics",severity="page"}'
    assert test["promql_expr_test"][1] == {
        "expr": 'ALERTS{alertname="failures"}',
        "eval_time": "2s",
        "exp_samples": [{"labels": labels, "value": 1}],
    }


def test_each_source_and_each_job_in_it_is_looked_at_by_itself():
    made = [
        *scrapes(0, 1),
        *scrapes(0, 1, source=AlertSource.PROMETHEUS, key=series_key("failed_total", job="shop")),
        *scrapes(5, source=AlertSource.SYNTHETIC_MONITOR, key=series_key("other")),
    ]
    made[-2].series[series_key("failed_total", job="probe")] = 9.0
    file = yaml.safe_load(promtool_tests([failures()], [Recording("d", made)], "r"))
    found = {test["name"]: [series["series"] for series in test["input_series"]] for test in file["tests"]}
    assert found == {
        "d: shop /metrics": ['failed_total{job="shop_metrics",outcome="failed"}'],
        "d: Prometheus": ['failed_total{job="probe"}', 'failed_total{job="shop"}'],
    }


def test_rules_of_different_intervals_need_different_test_files():
    with pytest.raises(ValueError, match="one evaluation interval"):
        promtool_tests([failures("a"), failures("b", evaluation_interval_s=2)], [], "r")


def test_promtool_reads_back_whatever_stands_in_a_text(tmp_path):
    """Names, labels and descriptions with everything that any of the three languages makes something of."""
    nasty = "{{ $x }} $HOME \"quoted\" 'single' \\ back: #hash\né"
    key = series_key("failed_total", store=nasty)
    rule = failures(
        name='the "name" {{ of }} it\'s \\ $all', labels={"store": nasty}, description=nasty, severity="{{ $y }}"
    )
    text = promtool_tests([rule], [Recording('a "drill": #1', scrapes(0, 2, 4, 4, key=key))], "rules.yaml")
    assert nasty in yaml.safe_load(text)["tests"][0]["alert_rule_test"][-1]["exp_alerts"][0]["exp_annotations"].values()
    (tmp_path / "rules.yaml").write_text(prometheus_rules([rule]))
    (tmp_path / "tests.yaml").write_text(text)
    told = promtool("test", "rules", tmp_path / "tests.yaml")
    assert told.returncode == 0, told.stdout + told.stderr
