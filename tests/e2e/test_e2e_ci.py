"""Drills as a CI system holds them: one that misses its budget, several in turn, one that is stopped in the middle."""

import json
import signal
import subprocess
import xml.etree.ElementTree as ET

import pytest

from .conftest import PIZZA, clean_environment, run
from .quick import write_quick
from .under_way import DEADLINE_S, wait_for

pytestmark = pytest.mark.drill

OUTPUTS = ("--junit", "out/junit.xml", "--summary", "out/summary.md", "--annotations")


@pytest.fixture(autouse=True)
def no_ci_system(monkeypatch):
    """As on a developer's machine, though these tests may be run by a CI system."""
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def quick(tmp_path):
    """Write an experiment of ours with less of everything, so that it takes some seconds; return its name."""
    return lambda experiment, **changes: write_quick(experiment, tmp_path, **changes)


def suites(workplace):
    return list(ET.parse(workplace / "out" / "junit.xml").getroot())


def senses(suite):
    """What came of each case of a suite: nothing for one that passed."""
    return {case.get("name"): "".join(child.tag for child in case) for case in suite.iter("testcase")}


def summary(workplace):
    return (workplace / "out" / "summary.md").read_text()


def folders(workplace):
    return sorted((workplace / "reports").glob("*-*"))


def test_a_drill_over_the_budget_of_its_run_fails_and_its_journal_says_by_which_budget(quick, tmp_path):
    held = run(*PIZZA, "drill", quick("factory-fail"), "--budget", "ttd_s=0.01", "--json", *OUTPUTS, cwd=tmp_path)
    assert held.code == 1, held.said
    document = json.loads(held.out)
    kept = {check["name"]: check["kept"] for check in document["budgets"]}
    assert kept == {"ttd_s": False, "tta_s": True, "ttm_s": True, "ttr_s": True}
    (suite,) = suites(tmp_path)
    assert {name for name, sense in senses(suite).items() if sense == "failure"} == {"verdict", "budget ttd_s"}
    assert [line for line in held.err.splitlines() if line.startswith("::error title=factory-fail%3A budget ttd_s,")]
    assert summary(tmp_path).startswith("## Chaos drills: failed (0 of 1 passed)")
    assert "fail " in summary(tmp_path)

    # The verdict is the journal's, whoever reads it and whatever the experiment says by then.
    (folder,) = folders(tmp_path)
    first = json.loads((folder / "journal.jsonl").read_text().splitlines()[0])
    assert first["event"]["settings"]["budgets"]["ttd_s"] == 0.01
    assert run(*PIZZA, "report", "latest", cwd=tmp_path).out.startswith("failed: ")


def test_of_several_drills_the_worst_verdict_wins_and_all_are_told_of(quick, tmp_path):
    files = [quick("placebo"), quick("factory-fail", budgets={"ttd_s": 0.01})]
    held = run(*PIZZA, "ci", *files, *OUTPUTS, cwd=tmp_path)
    assert held.code == 1, held.said
    assert [suite.get("name") for suite in suites(tmp_path)] == ["placebo", "factory-fail"]
    verdicts = [senses(suite)["verdict"] for suite in suites(tmp_path)]
    assert verdicts == ["", "failure"]
    assert len(folders(tmp_path)) == 2
    assert summary(tmp_path).startswith("## Chaos drills: failed (1 of 2 passed)")
    told = held.out.splitlines()
    assert told[0].startswith("placebo: passed, reports/")
    assert told[1].startswith("factory-fail: failed, reports/")
    line = (tmp_path / "factory-fail.yaml").read_text().splitlines().index("    ttd_s: 0.01") + 1
    assert f"::error title=factory-fail%3A budget ttd_s,file=factory-fail.yaml,line={line}::" in held.out
    assert "::notice title=placebo%3A passed" in held.out


def test_ctrl_c_ends_the_drill_under_way_in_order_and_begins_no_other(quick, tmp_path):
    files = [quick("factory-fail", responder={"kind": "people"}), quick("placebo")]
    env = clean_environment(PIZZA_STATE_DIR=str(tmp_path / ".state"))
    with subprocess.Popen(
        [*PIZZA, "ci", *files, *OUTPUTS],
        cwd=tmp_path,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        journals = tmp_path / "reports"

        def is_on():
            return any('"fault_proven"' in path.read_text() for path in journals.glob("*/journal.jsonl"))

        wait_for(lambda: is_on() or process.poll() is not None)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 4, out + err
    assert "Traceback" not in out + err
    first, second = suites(tmp_path)
    assert (senses(first)["verdict"], senses(first)["calm restored"]) == ("error", "")
    assert "SIGINT was received" in first.find("testcase/error").get("message")
    assert senses(second) == {"verdict": "skipped"}
    assert len(folders(tmp_path)) == 1
    assert "**not begun**" in summary(tmp_path)


def test_a_drill_that_is_refused_in_the_middle_of_a_series_proves_nothing(quick, tmp_path):
    """The last one asks for alerting of the team's own, which a sandbox has none of: it shows when it begins."""
    files = [quick("placebo"), quick("factory-fail", detection={"source": "team"})]
    held = run(*PIZZA, "ci", *files, *OUTPUTS, cwd=tmp_path)
    assert held.code == 3, held.said
    assert [senses(suite)["verdict"] for suite in suites(tmp_path)] == ["", "error"]
    assert len(folders(tmp_path)) == 1
    assert "| factory-fail | **not held** |" in summary(tmp_path)
    assert "::error title=factory-fail%3A not held" in held.out
