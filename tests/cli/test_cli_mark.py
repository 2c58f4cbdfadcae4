"""`chaos-pizza mark` as a person gives it, on a copy of a kept example that is over."""

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from chaos_pizza.cli.mark import mark as command
from chaos_pizza.cli.person import person_of
from chaos_pizza.errors import UsageError

EXAMPLE = Path(__file__).parents[2] / "reports" / "examples" / "factory-fail"
NAME = "2026-11-24T02-05-40Z-factory-fail"


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    folder = tmp_path / "reports" / NAME
    folder.mkdir(parents=True)
    shutil.copy(EXAMPLE / "journal.jsonl", folder)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PIZZA_NAME", raising=False)
    return tmp_path


@pytest.fixture
def document(workplace):
    return lambda: json.loads((workplace / "reports" / NAME / "drill.json").read_text())


@pytest.fixture
def began_at():
    """When the example began, to the second, and a time in mid-drill as a person would give it."""
    return json.loads((EXAMPLE / "drill.json").read_text())["instants"]["fault_start"]["earliest"]


def mark(*arguments, **variables):
    """Give the command in this process; its lines. What it refuses is raised."""
    result = CliRunner().invoke(command, arguments, env=variables, catch_exceptions=False, standalone_mode=False)
    if result.exception:
        raise result.exception
    return result.output.splitlines()


def test_a_mark_from_memory_is_told_back_recorded_and_in_the_report(workplace, document, began_at):
    at = f"{began_at[:19]}.9Z"
    said = mark("noticed", "--at", at, "--by", "Ada", "--text", "a   customer\ncalled")
    assert said[0].startswith("understood as ")
    assert f"{began_at[:10]} {began_at[11:19]} UTC" in said[0]
    assert said[1].startswith(f"noticed by Ada: recorded in {NAME}, number ")
    assert said[2].startswith("its report is written anew")
    assert document()["instants"]["noticed"]["source"] == "mark by Ada, entered later"
    assert "(mark by Ada, entered later): a customer called" in (workplace / "reports" / NAME / "report.md").read_text()


def test_a_time_to_the_minute_is_told_back_and_reported_as_that_minute(workplace, document, began_at):
    said = mark("noticed", "--at", f"{began_at[:16]}Z", "--by", "Ada")
    assert said[0].endswith(f"{began_at[:10]} {began_at[11:16]} UTC, some time within that minute")
    assert said[3] == f"The fault began at {began_at[11:19]} UTC, within that time: it counts as from then on."
    assert mark("list")[-1].split()[1:4] == [began_at[:10], began_at[11:16], "noticed"]
    noticed = document()["instants"]["noticed"]
    assert noticed["earliest"] == began_at
    assert noticed["latest"] == f"{began_at[:14]}{int(began_at[14:16]) + 1:02}:00.000000Z"


def test_a_time_before_the_fault_counts_for_nothing_and_says_so(workplace, document, began_at):
    before = (datetime.fromisoformat(began_at) - timedelta(seconds=2)).isoformat()[:19]
    said = mark("noticed", "--at", f"{before}Z", "--by", "Ada")
    told = f"That is before the fault began, at {began_at[11:19]} UTC: it counts for nothing as a detection."
    assert said[3] == told
    assert "noticed" not in document()["instants"]
    late = mark("acknowledged", "--by", "Bea")
    assert late[2].startswith("The fault was off by then, since ")
    assert mark("note", "--at", f"{before}Z", "--by", "Ada", "--text", "coffee is out")[3:] == []


def test_who_marks_a_drill_that_is_over_without_a_time_is_told_so(workplace):
    assert mark("acknowledged", "--by", "Ada")[-1].startswith("The drill was over by then.")
    assert not mark("note", "--by", "Ada", "--text", "was fun")[-1].startswith("The drill was over")


@pytest.mark.usefixtures("workplace")
def test_the_name_is_the_one_given_else_that_of_the_variable_else_the_one_logged_in_by():
    assert person_of("  Ada  L ") == "Ada L"
    assert mark("noticed", PIZZA_NAME="Bea")[0].startswith("noticed by Bea: ")
    with CliRunner(env={"LOGNAME": "cleo"}).isolation():
        assert person_of(None) == "cleo"


def test_a_mark_is_struck_by_its_number_and_stays_in_the_list(workplace, document):
    number = mark("noticed", "--by", "Ada")[0].rpartition(" ")[2]
    mark("strike", number, "--by", "Bea", "--reason", "wrong drill")
    listed = mark("list")
    assert listed[0] == f"{NAME}:"
    assert listed[-1].endswith("STRUCK OUT by Bea (wrong drill): noticed (mark by Ada)")
    assert "noticed" not in document()["instants"]
    with pytest.raises(UsageError, match=f"number {number} is struck out already, by Bea"):
        mark("strike", number, "--by", "Bea")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["note", "--by", "Ada"], "a note needs a text; give it with --text"),
        (["noticed", "--by", ""], "a mark needs a name"),
        (["noticed", "--by", "runbook"], "'runbook' is the name of the drill's own runbook"),
        (["noticed", "--by", "Ada", "--at", "2020-01-01T00:00Z"], "before the drill began"),
        (["noticed", "--by", "Ada", "--at", "2999-01-01T00:00Z"], "in the future"),
        (["noticed", "--by", "Ada", "--at", "noonish"], "'noonish' is no time; times are given as 14:05"),
        (["noticed", "--by", "Ada", "--drill", "none"], "there is no drill 'none' in reports"),
        (["strike", "0", "--by", "Ada"], "number 0 is no mark of this drill"),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(workplace, arguments, reason):
    path = workplace / "reports" / NAME / "journal.jsonl"
    before = path.read_bytes()
    with pytest.raises(UsageError, match=reason):
        mark(*arguments)
    assert path.read_bytes() == before


def test_what_people_write_steers_no_terminal(workplace):
    mark("note", "--by", "A\x1b[2Jda", "--text", "all\x1b[31m red\u202e")
    assert not {"\x1b", "\u202e"} & set("".join(mark("list")))


def test_a_refusal_is_one_line_and_exit_code_2(workplace):
    env = {**os.environ, "PIZZA_STATE_DIR": str(workplace / ".state")}
    line = [sys.executable, "-m", "chaos_pizza", "mark", "note", "--by", "Ada"]
    done = subprocess.run(line, cwd=workplace, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"chaos-pizza: {NAME} takes no such mark: a note needs a text; give it with --text\n"


def test_marking_loads_nothing_that_is_slow(workplace):
    """What a mark in mid-drill waits for: not numpy, nor what draws and writes reports."""
    code = (
        "import sys, chaos_pizza.cli.mark, chaos_pizza.handing_in; "
        "print(*{'numpy', 'sqlalchemy', 'jinja2', 'vl_convert', 'scipy', 'httpx', 'chaoslib'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"
