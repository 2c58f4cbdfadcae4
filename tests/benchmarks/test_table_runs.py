"""A part of the benchmarks as it is run: its figures, and what becomes of one that breaks, is skipped, or hangs."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from bench import PAGE, run_bench, run_soak, soaked
from bench_page import BEGIN, END, with_report
from bench_run import parts, run_part
from rich.console import Console

KEEPS = """
from figures import FULL, Figure, keep

def test_it():
    assert FULL
    keep(lambda *_: None, "t", [Figure("a part", "a figure", 1.5, "s", 2.0)])
"""
BREAKS = KEEPS + "\n\ndef test_other():\n    raise RuntimeError('no room\\nat all')\n"
SKIPS = "import pytest\n\n\ndef test_it():\n    pytest.skip('k6 is missing')\n"
SILENT = "def test_it():\n    pass\n"
HANGS = "import time\n\n\ndef test_it():\n    time.sleep(600)\n"
ILLEGIBLE = """
import os

def test_it():
    with open(os.environ["CHAOS_PIZZA_FIGURES"], "w") as file:
        file.write("{}\\n")
"""


HERE = Path(__file__).parent


def write_part(folder, name, content):
    file = folder / f"test_bench_{name}.py"
    file.write_text(f"import sys\n\nsys.path.insert(0, {str(HERE)!r})\n{content}")
    return file


def run(tmp_path, content, longest_s=60.0):
    return run_part("tried", write_part(tmp_path, "tried", content), tmp_path, lambda _: None, longest_s)


def test_a_part_that_runs_tells_its_figures(tmp_path):
    part = run(tmp_path, KEEPS)
    assert [(figure.part, figure.name, figure.measured) for figure in part.figures] == [("a part", "a figure", 1.5)]
    assert (part.broken, part.skipped, part.output) == ((), (), "")


def test_a_part_that_breaks_keeps_what_it_told_before_and_says_why(tmp_path):
    part = run(tmp_path, BREAKS)
    assert len(part.figures) == 1
    assert part.broken == ("test_other: RuntimeError: no room",)
    assert "RuntimeError: no room" in part.output


@pytest.mark.parametrize(
    ("content", "broken", "skipped"),
    [
        (SKIPS, "", "test_it: k6 is missing"),
        (SILENT, "ran, but told no figure", ""),
        (ILLEGIBLE, "its figures can't be read", ""),
        ("import nothing_of_the_kind", "ModuleNotFoundError", ""),
    ],
    ids=["skips", "is silent", "tells nonsense", "can't be loaded"],
)
def test_a_part_that_tells_nothing_is_not_silently_absent(tmp_path, content, broken, skipped):
    part = run(tmp_path, content)
    assert part.figures == ()
    assert broken in "; ".join(part.broken)
    assert bool(broken) == bool(part.broken)
    assert skipped in "; ".join(part.skipped)
    assert bool(skipped) == bool(part.skipped)


def test_a_part_that_hangs_is_ended(tmp_path):
    part = run(tmp_path, HANGS, longest_s=2.0)
    assert "took longer than 2 s and was ended" in part.broken


def test_every_file_of_benchmarks_is_a_part():
    assert {path.name for path in parts().values()} == {path.name for path in HERE.glob("test_bench_*.py")}
    assert parts()["history"].name == "test_bench_history.py"


def test_a_soak_is_quoted_with_its_date_and_one_that_never_was_is_said_to_be_missing(tmp_path):
    file = tmp_path / "soak.json"
    assert [part.skipped for part in soaked(file)] == [("20 minutes that don't fit into this run: `make soak`",)]
    figure = {"part": "soak", "name": "growth", "measured": 1.0, "unit": "%", "note": "20 min"}
    machine = {"Date": "2026-11-26 01:00 UTC", "Commit": "abc1234"}
    file.write_text(json.dumps({"machine": machine, "figures": [figure]}))
    (part,) = soaked(file)
    assert [each.note for each in part.figures] == ["20 min; make soak of 2026-11-26 01:00 UTC, commit abc1234"]


def test_a_soak_is_kept_for_the_table_and_one_that_broke_leaves_the_former_one(tmp_path):
    kept, console = tmp_path / "soak.json", Console(file=io.StringIO())
    assert run_soak(console, write_part(tmp_path, "soaks", KEEPS), kept) == 0
    (part,) = soaked(kept)
    assert [(figure.part, figure.measured) for figure in part.figures] == [("a part", 1.5)]
    before = kept.read_text()
    assert run_soak(console, write_part(tmp_path, "soaks", BREAKS), kept) == 1
    assert kept.read_text() == before


def test_all_that_ran_is_in_the_page_and_what_broke_makes_the_command_fail(tmp_path):
    page, screen = tmp_path / "page.md", io.StringIO()
    page.write_text(f"Ours.\n\n{BEGIN}\n{END}\n")
    write_part(tmp_path, "good", KEEPS)
    write_part(tmp_path, "bad", BREAKS)
    console = Console(file=screen, width=200)
    assert run_bench(console, "good", tmp_path, page) == 0
    assert "| a part |" not in page.read_text()
    assert run_bench(console, None, tmp_path, page) == 1
    assert page.read_text().startswith("Ours.")
    assert page.read_text().count("| a part | a figure | ≤ 2 s | 1.50 s | yes |") == 2
    assert "| bad | test_other: RuntimeError: no room | - | BROKEN |" in page.read_text()
    assert "1 of 1: good" in screen.getvalue()
    assert "Broken: bad: test_other: RuntimeError: no room." in screen.getvalue()


def test_the_page_has_a_place_for_the_report():
    assert with_report(PAGE.read_text(), "a report").count("a report") == 1


def test_a_benchmark_that_there_is_not_is_bad_usage():
    done = subprocess.run(
        [sys.executable, str(HERE / "bench.py"), "--only", "trafic"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "there is no benchmark trafic; there are backtest" in done.stderr
