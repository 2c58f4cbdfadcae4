"""A part of the benchmarks as it is run: its figures, and what becomes of one that breaks, is skipped, or hangs."""

import json
from pathlib import Path

import pytest
from bench import soaked
from bench_run import parts, run_part

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


def run(tmp_path, content, longest_s=60.0):
    file = tmp_path / "test_bench_tried.py"
    file.write_text(f"import sys\n\nsys.path.insert(0, {str(Path(__file__).parent)!r})\n{content}")
    return run_part("tried", file, tmp_path, lambda _: None, longest_s)


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
    here = Path(__file__).parent
    assert {path.name for path in parts().values()} == {path.name for path in here.glob("test_bench_*.py")}
    assert parts()["history"].name == "test_bench_history.py"


def test_a_soak_is_quoted_with_its_date_and_one_that_never_was_is_said_to_be_missing(tmp_path):
    file = tmp_path / "soak.json"
    assert [part.skipped for part in soaked(file)] == [("20 minutes that don't fit into this run: `make soak`",)]
    figure = {"part": "soak", "name": "growth", "measured": 1.0, "unit": "%", "note": "20 min"}
    machine = {"Date": "2026-11-26 01:00 UTC", "Commit": "abc1234"}
    file.write_text(json.dumps({"machine": machine, "figures": [figure]}))
    (part,) = soaked(file)
    assert [each.note for each in part.figures] == ["20 min; make soak of 2026-11-26 01:00 UTC, commit abc1234"]
