"""`chaos-pizza actions`: what is still to be done, read from a real history."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner

from chaos_pizza.cli.actions import actions
from chaos_pizza.errors import UsageError
from chaos_pizza.history.store import open_history
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.detection import RuleSight, Sight
from chaos_pizza.model.history import Origin, PastDrill
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.notes import ActionItem
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import FaultKind

THE_INCIDENT = "2025-12-02T19-35-00Z-incident"
THE_DRILL = "2026-01-10T10-00-00Z-factory-fail"
LONG_AGO = date(2025, 12, 16)
ITEMS = (
    ActionItem(1, "Tighten alerts for purchase failures.", "Thomas", LONG_AGO, "ttd_s(factory-fail) <= 90"),
    ActionItem(2, "Create a alert for bitcoin.", "Thomas", None, "sight[revenue-down](factory-fail) = fired"),
    ActionItem(3, "Program a backup service.", "Thomas", LONG_AGO, "success_ratio(backup-factory) >= 0.99"),
    ActionItem(4, "\x1b[31mPaint\x1b[0m [bold]it[/bold]\u202e"),
)


def incident():
    at = datetime(2025, 12, 2, 19, 35, tzinfo=UTC)
    found = {MeasureName.TTD: Measure(600, 540, 660)}
    return PastDrill(
        THE_INCIDENT, Origin.INCIDENT, "factory-fail", "x", "shop", at, at + timedelta(minutes=41), measures=found
    )


def drill(drill_id=THE_DRILL, day=10, ttd_s=50.0):
    at = datetime(2026, 1, day, 10, tzinfo=UTC)
    return PastDrill(
        drill_id,
        Origin.DRILL,
        "factory-fail",
        "A drill",
        "sandbox",
        at,
        at + timedelta(minutes=5),
        fault=FaultKind.FAIL,
        verdict=Verdict.PASSED,
        fault_proven=True,
        measures={MeasureName.TTD: Measure(ttd_s, ttd_s, ttd_s)},
        sights=(RuleSight("revenue-down", AlertSource.SHOP_METRICS, Sight.BLIND),),
    )


@pytest.fixture
def reports(tmp_path):
    folder = tmp_path / "reports"
    with open_history(None, folder) as history:
        history.keep(incident(), ITEMS)
    return folder


def keep(reports, *drills):
    with open_history(None, reports) as history:
        for each in drills:
            history.keep(each)


@pytest.fixture
def ask(reports, monkeypatch):
    monkeypatch.chdir(reports.parent)

    def asked(*options):
        done = CliRunner().invoke(actions, ["--reports", str(reports), *options], catch_exceptions=False)
        assert done.exit_code == 0
        return done.stdout

    return asked


def states(answer):
    return [(item["number"], item["state"], item["is_overdue"]) for item in json.loads(answer)]


def test_the_incidents_items_wait_until_drills_close_them(ask, reports):
    assert states(ask("--json")) == [
        (1, "open", True),
        (3, "open", True),
        (2, "open", False),
        (4, "untestable", False),
    ]
    keep(reports, drill())
    assert states(ask("--json")) == [
        (3, "open", True),
        (2, "refuted", False),
        (4, "untestable", False),
        (1, "closed", False),
    ]
    keep(reports, drill("2026-01-11T10-00-00Z-factory-fail", 11, 100.0))
    first = json.loads(ask("--json"))[0]
    assert (first["number"], first["state"], first["closed_by"]["drill_id"]) == (1, "reopened", THE_DRILL)


def test_a_person_reads_who_is_to_do_what_by_when_and_which_drill_says_how_it_stands(ask, reports):
    keep(reports, drill())
    overdue = [(datetime.now(UTC).date() - LONG_AGO).days + later for later in (0, 1)]  # midnight may come meanwhile
    known = re.sub(rf"\(({overdue[0]}|{overdue[1]}) days overdue\)", "(N days overdue)", ask())
    assert known.splitlines() == [
        "OVERDUE",
        "  Program a backup service.",
        f"    by Thomas, due 2025-12-16 (N days overdue); item 3 of {THE_INCIDENT}",
        "    claim: success_ratio(backup-factory) >= 0.99",
        "    open: waits for a drill of backup-factory",
        "    no experiment backup-factory is known here",
        "REFUTED",
        "  Create a alert for bitcoin.",
        f"    by Thomas, due when?; item 2 of {THE_INCIDENT}",
        "    claim: sight[revenue-down](factory-fail) = fired",
        f"    refuted so far, by {THE_DRILL}: rule revenue-down is blind to it",
        "UNTESTABLE",
        "  [31mPaint [0m [bold]it[/bold]",
        f"    by whom?, due when?; item 4 of {THE_INCIDENT}",
        "    not testable: state a claim",
        "CLOSED",
        "  Tighten alerts for purchase failures.",
        f"    by Thomas, due 2025-12-16; item 1 of {THE_INCIDENT}",
        "    claim: ttd_s(factory-fail) <= 90",
        (
            f"    closed by {THE_DRILL}: ttd_s 50.0 s; {THE_INCIDENT} had refuted it beforehand "
            "(ttd_s 10 min 0 s (9 min 0 s to 11 min 0 s))"
        ),
        "4 action items: 1 closed, 3 still to be done, 1 of them overdue",
    ]


def test_experiments_in_the_folder_are_known(ask, reports):
    experiments = reports.parent / "experiments"
    experiments.mkdir()
    (experiments / "backup-factory.yaml").touch()
    assert "no experiment" not in ask()


def test_only_what_is_open_or_overdue_is_listed_where_asked_for(ask, reports):
    keep(reports, drill())
    assert [number for number, *_ in states(ask("--open", "--json"))] == [3, 2, 4]
    assert [number for number, *_ in states(ask("--overdue", "--json"))] == [3]
    with open_history(None, reports) as history:
        history.keep(incident(), ITEMS[:1])
    assert ask("--open") == "nothing is still to be done\n"
    assert ask("--overdue") == "nothing is overdue\n"
    assert ask("--overdue", "--json") == "[]\n"


def test_where_there_is_no_history_it_says_so_and_leaves_no_file(tmp_path):
    environment = {**os.environ, "PIZZA_STATE_DIR": str(tmp_path / ".state")}
    command = [sys.executable, "-m", "chaos_pizza", "actions"]
    done = subprocess.run(
        command, check=False, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(
        "there are no action items yet; write them down with `chaos-pizza report DRILL --edit`"
    )
    assert not (tmp_path / "reports").exists()


def test_a_history_that_is_none_is_one_clear_line(tmp_path):
    (tmp_path / "history.db").write_text("no database\n" * 100)
    with pytest.raises(UsageError, match=r"history\.db"):
        CliRunner().invoke(actions, ["--reports", str(tmp_path)], catch_exceptions=False)
