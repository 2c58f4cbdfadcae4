"""`chaos-pizza alerts export`, from its arguments to the files it writes."""

from datetime import UTC, datetime, timedelta

import pytest
import yaml
from click.testing import CliRunner
from real_prometheus import installed_major, promtool

from chaos_pizza.alerting.exposition import series_key
from chaos_pizza.alerting.scrapes import ScrapeEncoder
from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.cli.alerts import alerts
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import UsageError
from chaos_pizza.journal.file import JournalWriter
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.event import StageBegan
from chaos_pizza.model.incident import Stage

RULES = """\
rules:
  - {name: every-second, metric: failed_total, operator: ">=", threshold: 2, window_s: 60}
  - {name: slower, metric: failed_total, operator: ">", threshold: 9, window_s: 60, evaluation_interval_s: 5}
"""


def export(*arguments):
    return CliRunner().invoke(alerts, ["export", *map(str, arguments)], catch_exceptions=True)


@pytest.fixture
def rule_file(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(RULES)
    return path


@pytest.fixture
def reports(tmp_path):
    """A drill in which 5 purchases fail in the 10th second, and one that is older than scrapes in journals."""
    folder = tmp_path / "reports" / "2026-01-01T12-00-00Z-factory-fail"
    folder.mkdir(parents=True)
    writer, encoder = JournalWriter(folder, AnchoredClock()), ScrapeEncoder()
    for second in range(90):
        at = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(seconds=second * 1.003)
        series = {series_key("failed_total"): 5.0 if second >= 10 else 0.0}
        writer.record(encoder.encode(AlertSource.SHOP_METRICS, at, series))
    writer.close()
    older = tmp_path / "reports" / "2025-01-01T12-00-00Z-factory-fail"
    older.mkdir()
    writer = JournalWriter(older, AnchoredClock())
    writer.record(StageBegan(Stage.METHOD))
    writer.close()
    return tmp_path / "reports"


def test_the_shipped_rules_are_printed_where_nothing_else_is_asked_for():
    done = export("--to", "prometheus")
    groups = yaml.safe_load(done.stdout)["groups"]
    assert sorted(rule["alert"] for group in groups for rule in group["rules"]) == sorted(shipped_rules())


def test_rules_of_one_s_own_are_written_to_a_file(rule_file, tmp_path):
    done = export("--to", "grafana", "--rules", rule_file, "--datasource-uid", "abc", "--output", tmp_path / "g.yaml")
    assert (done.exit_code, done.stdout) == (0, "")
    text = (tmp_path / "g.yaml").read_text()
    assert text.count("datasourceUid: abc") == 2


def test_tests_for_promtool_are_written_with_their_rules_and_pass(rule_file, reports, tmp_path):
    out = tmp_path / "out"
    done = export(
        *("--to", "promtool-tests", "--rules", rule_file, "--reports", reports, "--output", out),
        *("--prometheus-major", int(installed_major())),
    )
    assert done.exit_code == 0, done.output
    assert "2025-01-01T12-00-00Z-factory-fail: no scrapes were kept in it" in done.stderr
    assert sorted(path.name for path in out.iterdir()) == ["rules.yaml", "tests-1s.yaml", "tests-5s.yaml"]
    told = promtool("test", "rules", out / "tests-1s.yaml", out / "tests-5s.yaml")
    assert told.returncode == 0, told.stdout + told.stderr
    # 5 failures in the 11th scrape, at 10.03 s, and still in the window at 70 s.
    [test] = yaml.safe_load((out / "tests-1s.yaml").read_text())["tests"]
    firing = [each["eval_time"] for each in test["alert_rule_test"] if each["exp_alerts"]]
    assert firing == ["10s", "69s"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--to", "promtool-tests"], "name a folder for them with --output"),
        (["--to", "prometheus", "--drills", "latest"], "--drills goes with --to promtool-tests only"),
        (["--to", "prometheus", "--rules", "nowhere.yaml"], "there is no rule file nowhere.yaml"),
        (["--to", "promtool-tests", "--output", "out", "--reports", "none"], "no drill with scrapes was found in none"),
        (["--to", "prometheus", "--output", "none/out.yaml"], "none/out.yaml can't be written: No such file"),
    ],
)
def test_what_can_t_be_done_is_said_in_a_line(arguments, complaint, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    error = export(*arguments).exception
    assert isinstance(error, UsageError)
    assert complaint in str(error)


def test_a_rule_file_s_mistakes_are_told_with_its_name(tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text(RULES.replace("threshold: 2", "threshold: two"))
    error = export("--to", "prometheus", "--rules", path).exception
    assert str(error) == f"rule file {path}: rule 1: 'two' is not a number @ threshold"
