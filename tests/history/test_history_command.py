"""`chaos-pizza history` as a person calls it."""

import csv
import io
import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from history_examples import BEGIN, ITEMS, drill, incident, undetected

from chaos_pizza.cli.main import commands
from chaos_pizza.errors import UsageError
from chaos_pizza.history.store import open_history

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "reports" / "examples" / "factory-fail"
LATER = "2026-11-24T02-05-40Z-factory-fail"


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Call `chaos-pizza history` in an empty folder; give what it printed, complaints last."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIZZA_STATE_DIR", str(tmp_path / ".state"))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments):
        done = CliRunner().invoke(commands, ["history", *arguments])
        if done.exception is not None:
            assert done.stdout == ""
            assert isinstance(done.exception, UsageError) or done.exit_code == 2
            return str(done.exception) if isinstance(done.exception, UsageError) else done.stderr
        return done.stdout + done.stderr

    return run


def keep(folder, *drills, url=None):
    with open_history(url, folder) as history:
        for past in drills:
            history.keep(past, ITEMS)


def test_without_a_drill_it_says_so_and_leaves_nothing_behind(call, tmp_path):
    assert call() == "no drill has been held yet; hold one with chaos-pizza drill\n"
    assert call("--json") == "[]\n"
    assert call("--csv").startswith("id,origin,experiment,")
    assert not (tmp_path / "reports").exists()


def test_a_drill_that_was_cut_off_is_pointed_to(call, tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "reports" / LATER)
    (tmp_path / "reports" / LATER / "drill.json").unlink()
    assert call() == "the history is empty; chaos-pizza history rebuild takes in the 1 drill in reports\n"
    assert call("rebuild") == "reports/history.db: 1 drill kept\n"
    assert LATER in call("--csv")


def test_drills_that_ended_without_a_row_are_taken_in_by_looking(call, tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "reports" / LATER)
    head, line = call().splitlines()
    assert head.split() == [
        "began",
        "(UTC)",
        "drill",
        "verdict",
        "TTD",
        "TTM",
        "TTR",
        "detected",
        "by",
        "ended",
        "by",
        "id",
    ]
    assert line.split()[:4] == ["2026-11-24", "02:05", "factory-fail", "passed"]
    assert line.split()[-1] == LATER


@pytest.mark.parametrize("columns", [80, 140, 180, 200])
def test_the_id_can_be_copied_and_nothing_is_cut_off(call, tmp_path, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    earlier = "2025-12-02T19-35-00Z-incident"
    long = {"detected_by": "alert a-rule-with-a-name-as-long-as-that (shop /metrics)"}
    keep(tmp_path / "reports", incident(-48, drill_id=earlier), drill(1, drill_id=LATER, **long))
    shown = call()
    assert {earlier, LATER} < set(shown.split())
    assert max(map(len, shown.splitlines())) <= columns
    for word in ("passed", "TTD", "TTM", "TTR", "/metrics)", "runbook"):
        assert word in shown


def test_on_a_narrow_terminal_a_long_id_is_folded_and_loses_nothing(call, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    keep(tmp_path / "reports", drill(1, drill_id="2026-11-24T02-05-40Z-" + "x" * 60))
    shown = call()
    first = "".join(line[:20].strip() for line in shown.splitlines())
    assert "2026-11-24T02-05-40Z-" + "x" * 60 in first
    assert max(map(len, shown.splitlines())) <= 60


@pytest.mark.parametrize("option", [["--experiment", "x"], ["--last", "3"], ["--json"], ["--all"]])
def test_what_chooses_the_drills_to_show_is_refused_where_none_are_shown(call, tmp_path, option):
    shutil.copytree(EXAMPLE, tmp_path / "reports" / LATER)
    assert call(*option, "rebuild") == f"{option[0]} chooses what is shown; rebuild goes without it"
    assert not (tmp_path / "reports" / "history.db").exists()
    assert call("--reports", "reports", "rebuild") == "reports/history.db: 1 drill kept\n"


def test_a_row_says_what_drill_json_says(call, tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "reports" / LATER)
    call("rebuild")
    (told,) = json.loads(call("--json"))
    theirs = json.loads((EXAMPLE / "drill.json").read_text())
    for word in ("id", "experiment", "title", "started_at", "verdict", "reasons", "detected_by", "measures", "rules"):
        assert told[word] == theirs[word]


def test_the_last_twenty_are_shown_and_the_earlier_counted(call, tmp_path):
    keep(tmp_path / "reports", *map(drill, range(25)))
    lines = call().splitlines()
    assert lines[0] == "5 earlier drills; --all shows them too"
    assert len(lines) == 2 + 20
    assert lines[-1].startswith(f"{BEGIN + timedelta(hours=24):%Y-%m-%d %H:%M}")
    assert len(call("--all").splitlines()) == 1 + 25
    assert call("--last", "3").splitlines()[0] == "22 earlier drills; --all shows them too"
    assert len(json.loads(call("--json"))) == 25
    assert [told["id"] for told in json.loads(call("--json", "--last", "2"))] == ["drill-23", "drill-24"]


def test_drills_are_chosen_by_experiment_and_date(call, tmp_path):
    keep(tmp_path / "reports", incident(-48), drill(1), undetected(2, experiment="placebo"), drill(26))

    def ids(*options):
        return [told["id"] for told in json.loads(call("--json", *options))]

    assert ids() == ["incident-2025-12-02", "drill-1", "drill-2", "drill-26"]
    assert ids("--experiment", "placebo") == ["drill-2"]
    assert ids("--since", "2026-11-24") == ["drill-1", "drill-2", "drill-26"]
    assert ids("--since", "2026-11-25") == ["drill-26"]
    assert ids("--since", "2026-11-24T04:00Z") == ["drill-2", "drill-26"]
    assert ids("--since", "2026-11-24T05:00+01:00") == ["drill-2", "drill-26"]
    assert call("--experiment", "none-such") == "no drill in the history is one of these\n"


def test_csv_is_a_line_a_drill(call, tmp_path):
    keep(tmp_path / "reports", drill(1, title='=cmd|" /C calc"!A0'), undetected(2), incident(3))
    lines = list(csv.DictReader(io.StringIO(call("--csv"))))
    assert [each["id"] for each in lines] == ["drill-1", "drill-2", "incident-2025-12-02"]
    assert lines[0]["title"] == '\'=cmd|" /C calc"!A0'
    assert (lines[1]["ttd_s"], lines[1]["ttd_censored"]) == ("41.0", "true")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--json", "--csv"], "say --json or --csv, not both"),
        (["--all", "--last", "3"], "say --all or --last, not both"),
        (
            ["--since", "yesterday"],
            "--since wants a date such as 2026-11-24, or a time such as 2026-11-24T02:05Z, not ",
        ),
        (["--since", "2026-11-24T02:05"], "--since 2026-11-24T02:05 has no time zone; say 2026-11-24T02:05Z for UTC"),
        (["--since", "9999-12-31T23:59-10:00"], "--since wants a date such as "),
        (["--last", "0"], "0 is not in the range"),
    ],
)
def test_what_is_asked_in_vain_is_said_in_one_line(call, arguments, said):
    assert said in call(*arguments)


def test_a_broken_history_is_said_in_one_line_and_mended(call, tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "reports" / LATER)
    broken = tmp_path / "reports" / "history.db"
    broken.write_text("no database" * 200)
    said = call()
    assert said == (
        "the history reports/history.db is no database, or a broken one; chaos-pizza history rebuild makes it anew and "
        "keeps this one aside"
    )
    assert call("rebuild") == (
        "the former history could not be used; it is kept aside as reports/history.db.broken-1\n"
        "reports/history.db: 1 drill kept\n"
    )
    assert len(json.loads(call("--json"))) == 1


def test_rows_that_have_no_folder_are_kept_aside_and_what_can_not_be_read_is_named(call, tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "reports" / LATER)
    (tmp_path / "reports" / "torn").mkdir()
    (tmp_path / "reports" / "torn" / "journal.jsonl").write_text("{}\n")
    keep(tmp_path / "reports", drill(1), drill(2))
    said = call("rebuild").splitlines()
    assert said[0] == "2 former rows without a folder: kept aside in reports/history.db.former-1"
    assert said[1] == "reports/history.db: 1 drill kept; 1 complaint above"
    assert said[2].startswith("left out: torn, since ")


def test_another_folder_and_another_configuration(call, tmp_path):
    keep(tmp_path / "elsewhere", drill())
    assert len(json.loads(call("--json", "--reports", "elsewhere"))) == 1
    (tmp_path / "team.yaml").write_text("history: sqlite:///elsewhere/history.db\n")
    assert len(json.loads(call("--json", "--config", "team.yaml"))) == 1
    for order in (["rebuild", "--reports", "new"], ["--reports", "newer", "rebuild"]):
        assert call(*order) == f"{order[-1] if order[-1] != 'rebuild' else order[1]}/history.db: 0 drills kept\n"


def test_a_shared_database(call, tmp_path, postgresql, monkeypatch):
    database = postgresql.new_database()
    monkeypatch.setenv("HISTORY_PASSWORD", postgresql.password)
    url = f"postgresql://postgres:${{HISTORY_PASSWORD}}@127.0.0.1:{postgresql.port}/{database}"
    (tmp_path / "chaos-pizza.yaml").write_text(yaml.safe_dump({"history": url}))
    shutil.copytree(EXAMPLE, tmp_path / "reports" / LATER)
    assert [told["id"] for told in json.loads(call("--json"))] == [LATER]
    keep(tmp_path, drill(2), url=postgresql.url(database))
    assert call("rebuild") == f"the database {database} on 127.0.0.1: 1 drill kept\n"
    assert [told["id"] for told in json.loads(call("--json"))] == [LATER, "drill-2"]
    assert not (tmp_path / "reports" / "history.db").exists()
