"""A person's runbook, in a process beside the drill, ends the drill's fault: the drill knows by whom, and how fast."""

import json
import re
import subprocess

import pytest

from .conftest import EXPERIMENTS, PIZZA, clean_environment, only_folder, run
from .under_way import DEADLINE_S, wait_for_record

pytestmark = pytest.mark.drill


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """factory-fail on a sandbox of its own, which Ann mends from the same folder, with no variable of it set."""
    workplace = tmp_path_factory.mktemp("walked")
    own = clean_environment(PIZZA_STATE_DIR=str(workplace / ".state"))
    command = [*PIZZA, "drill", str(EXPERIMENTS / "factory-fail.yaml")]
    pipe = subprocess.PIPE
    drill = subprocess.Popen(
        command, cwd=workplace, env={**own, "PIZZA_RESPONDER": "people"}, stdout=pipe, stderr=pipe, text=True
    )
    try:
        wait_for_record(workplace, '"state":"firing"')
        ran = run(*PIZZA, "runbook", "factory", "--by", "Ann", "--yes", cwd=workplace, env=own)
        out, err = drill.communicate(timeout=DEADLINE_S)
    finally:
        drill.kill()
    return drill.returncode, out + err, ran, only_folder(workplace / "reports")


def test_the_walk_cures_it_and_says_which_drill_it_tells(walked):
    _, _, ran, folder = walked
    assert (ran.code, ran.err) == (0, "")
    assert f"What you do here goes to the drill {folder.name}." in ran.out
    assert "it is cured" in ran.out


def test_the_drill_ends_as_one_that_the_runbook_ended_and_its_time_to_mitigate_counts(walked):
    code, said, _, folder = walked
    document = json.loads((folder / "drill.json").read_text())
    assert (code, document["verdict"]) == (0, "passed"), said
    assert document["ended_by"] == "runbook"
    ttm = document["measures"]["ttm_s"]
    assert ttm["censored"] is False
    assert 0 < ttm["earliest"] <= ttm["value"] <= ttm["latest"] < 60
    assert document["measures"]["tta_s"]["censored"] is False
    assert document["instants"]["mitigated"]["source"].startswith("factory fixDate")
    assert document["instants"]["acknowledged"]["source"] == "mark by Ann"


def test_every_step_that_was_taken_has_its_time_and_marks_in_the_report(walked):
    folder = walked[3]
    document = json.loads((folder / "drill.json").read_text())
    steps = {step["step"]: step for step in document["runbook"]}
    for name in ("take_it", "buy_a_pizza", "read_the_answer", "follow_the_link", "verify"):
        assert steps[name]["took_s"]["value"] >= 0, name
        assert steps[name]["told_by"] in {"chaos-pizza runbook", "mark by Ann"}
    assert steps["tell_the_others"]["took_s"] is None
    marks = {name: [mark["mark"] for mark in step["marks"]] for name, step in steps.items() if step["marks"]}
    assert marks == {"take_it": ["acknowledged"], "read_the_answer": ["diagnosed"], "verify": ["mitigated"]}
    report = (folder / "report.md").read_text()
    assert "ended by the runbook, which a person walked through" in report
    assert re.search(r"^\| 4\. follow the link \|.*\| (?:under )?\d+\.\d{1,2} s.* \|", report, re.MULTILINE)
    assert "in a person's place" not in report


def test_nothing_that_is_left_of_it_holds_the_link(walked):
    _, said, ran, folder = walked
    texts = [
        said,
        ran.said,
        *(path.read_text() for path in folder.rglob("*") if path.suffix in {".jsonl", ".json", ".md"}),
    ]
    for text in texts:
        assert not re.search(r"/api/support/(?!\*\*\*)", text)
    assert list((folder / "inbox").iterdir()) == []
