"""What CI is given, by the commands as they are called; no drill is held here."""

import json
import os
import stat
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from chaos_pizza.ci.turn import Turn
from chaos_pizza.cli.ci_files import append, check_writable, write_whole
from chaos_pizza.cli.ci_outputs import CiOutputs, shown_path
from chaos_pizza.errors import UsageError
from chaos_pizza.folder import judge_folder
from chaos_pizza.runner.turns import held_turn, planned_turn

ROOT = Path(__file__).parents[2]
PLACEBO = str(ROOT / "experiments" / "placebo.yaml")
EXAMPLE = ROOT / "reports" / "examples" / "factory-fail"


def run(tmp_path, *arguments, **variables):
    unset = ("PIZZA_", "GITHUB_", "CI_PROJECT_DIR")
    env = {name: value for name, value in os.environ.items() if not name.startswith(unset)}
    env |= {"PIZZA_STATE_DIR": str(tmp_path / ".state"), **variables}
    command = [sys.executable, "-m", "chaos_pizza", *arguments]
    return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize(
    ("command", "option", "value", "complaint"),
    [
        ("drill", "--budget", "ttd=5", "known are ttd_s, tta_s, ttm_s, ttr_s, success_ratio"),
        ("drill", "--junit", ".", "is a folder; name a file to write"),
        ("ci", "--budget", "success_ratio=95", "is to be a number from 0 to 1"),
        ("ci", "--summary", "/proc/nowhere/summary.md", "can't be written"),
        ("ci", "--keep-going", "--fail-fast", "ask for one of them"),
    ],
)
def test_what_can_not_be_is_refused_before_anything_begins(tmp_path, command, option, value, complaint):
    done = run(tmp_path, command, PLACEBO, option, value)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1
    assert {path.name for path in tmp_path.iterdir()} <= {".state"}


def test_a_drill_that_can_not_be_held_is_told_of_all_the_same(tmp_path):
    outputs = ["--junit", "out/junit.xml", "--summary", "out/summary.md", "--annotations"]
    done = run(tmp_path, "drill", PLACEBO, "--target", "env", *outputs)
    assert done.returncode == 2
    assert "PIZZA_SHOP_URL" in done.stderr
    assert done.stdout.startswith("::error title=placebo%3A not held,file=")
    (suite,) = ET.parse(tmp_path / "out" / "junit.xml").getroot()
    assert "PIZZA_SHOP_URL" in suite.find("testcase/error").get("message")
    assert "**Not held.**" in (tmp_path / "out" / "summary.md").read_text()
    assert not (tmp_path / "reports").exists()


def test_a_series_begins_none_where_one_can_not_be_held_and_names_every_such_one(tmp_path):
    (tmp_path / "broken.yaml").write_text("title: [")
    files = ["nowhere.yaml", PLACEBO, "broken.yaml"]
    done = run(tmp_path, "ci", *files, "--junit", "junit.xml", "--summary", "summary.md", "--annotations")
    assert done.returncode == 2
    complaints = done.stderr.splitlines()
    assert [line.partition(" ")[0] for line in complaints] == ["chaos-pizza:", "chaos-pizza:"]
    assert "there is no experiment nowhere.yaml" in complaints[0]
    assert "broken.yaml is not YAML" in complaints[1]
    assert "those at hand" not in complaints[0]
    told = [line for line in done.stdout.splitlines() if not line.startswith("::")]
    assert told == ["nowhere: not held", "placebo: not begun, since another one can't be held", "broken: not held"]
    senses = [[child.tag for child in case] for case in ET.parse(tmp_path / "junit.xml").getroot().iter("testcase")]
    assert senses == [["error"], ["skipped"], ["error"]]
    assert "none could be held (0 of 3 passed)" in (tmp_path / "summary.md").read_text()
    assert not (tmp_path / "reports").exists()


def test_with_json_on_stdout_annotations_are_on_stderr(tmp_path):
    done = run(tmp_path, "drill", "nowhere.yaml", "--json", "--annotations")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0].startswith("::error ")


def test_what_stands_in_githubs_summary_is_kept_and_any_other_file_is_written_anew(tmp_path):
    for name in ("step.md", "own.md"):
        (tmp_path / name).write_text("# before\n")
        run(tmp_path, "drill", "nowhere.yaml", "--summary", name, GITHUB_STEP_SUMMARY=str(tmp_path / "step.md"))
    assert (tmp_path / "step.md").read_text().startswith("# before\n## Chaos drills: none could be held")
    assert (tmp_path / "own.md").read_text().startswith("## Chaos drills: none could be held")


def test_a_step_summary_that_is_nearly_full_is_never_overfilled(tmp_path):
    step = tmp_path / "step.md"
    step.write_bytes(b"x" * (1024 * 1024 - 200))
    run(tmp_path, "drill", "nowhere.yaml", "--summary", str(step), GITHUB_STEP_SUMMARY=str(step))
    assert 1024 * 1024 - 200 < step.stat().st_size <= 1024 * 1024
    assert b"What is left out here" in step.read_bytes()


def test_files_are_named_from_the_root_of_what_was_checked_out(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_WORKSPACE", str(ROOT))
    assert shown_path(Path(PLACEBO)) == "experiments/placebo.yaml"
    assert shown_path(tmp_path / "a.yaml") == str(tmp_path / "a.yaml")


def test_a_held_drill_is_told_by_its_folder(tmp_path):
    turn = held_turn(planned_turn(ROOT / "experiments" / "factory-fail.yaml"), EXAMPLE, 0)
    assert turn.result == judge_folder(EXAMPLE)[0]
    assert turn.report == str(EXAMPLE / "report.md")
    line = (ROOT / "experiments" / "factory-fail.yaml").read_text().splitlines()[turn.lines["ttd_s"] - 1]
    assert "ttd_s: 15" in line
    document = json.loads((EXAMPLE / "drill.json").read_text())
    CiOutputs(tmp_path / "junit.xml", tmp_path / "summary.md").write([turn])
    (suite,) = ET.parse(tmp_path / "junit.xml").getroot()
    properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
    for name in ("ttd_s", "ttm_s", "ttr_s"):
        assert float(properties[name]) == document["measures"][name]["value"]
    assert properties["drill_id"] == document["id"]


def test_a_folder_without_a_readable_journal_is_told_as_that(tmp_path):
    turn = held_turn(Turn("a.yaml"), tmp_path, 3)
    assert (turn.word, turn.result) == ("invalid", None)
    assert "journal" in turn.reasons[0]


def test_a_file_is_replaced_whole_keeps_no_draft_and_can_be_read_by_others(tmp_path):
    path = tmp_path / "a.xml"
    write_whole(path, b"old")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]
    other = tmp_path / "b.xml"
    other.write_bytes(b"")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)


def test_a_link_stays_a_link_and_a_pipe_is_written_to(tmp_path):
    (tmp_path / "real.xml").write_bytes(b"old")
    (tmp_path / "link.xml").symlink_to("real.xml")
    write_whole(tmp_path / "link.xml", b"new")
    assert ((tmp_path / "link.xml").is_symlink(), (tmp_path / "real.xml").read_bytes()) == (True, b"new")
    check_writable(Path("/dev/null"))
    write_whole(Path("/dev/null"), b"gone")
    append(tmp_path / "real.xml", b"er")
    assert (tmp_path / "real.xml").read_bytes() == b"newer"


def test_a_folder_that_is_missing_is_made_and_one_that_is_a_file_is_refused(tmp_path):
    check_writable(tmp_path / "a" / "b" / "c.xml")
    assert list((tmp_path / "a" / "b").iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="can't be written"):
        check_writable(tmp_path / "file" / "c.xml")


def test_what_can_not_be_written_in_the_end_is_told_and_changes_no_verdict(tmp_path, capsys):
    outputs = CiOutputs(tmp_path / "gone" / "junit.xml", tmp_path / "summary.md")
    outputs.write([Turn("a.yaml", exit_code=2, complaint="no shop")])
    assert "junit.xml can't be written" in capsys.readouterr().err
    assert (tmp_path / "summary.md").exists()
