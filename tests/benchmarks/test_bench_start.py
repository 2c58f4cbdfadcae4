"""How soon a command answers, and what a drill takes beside its own windows; no build fails by a figure.

A drill's own windows are what its experiment asks for: the time that the probes of the hypothesis and the steps of the
method take, by the journal. All else is overhead: loading, logging in, arming the watchdog, what lies between the
steps, restoring and proving calm, judging, the report with its pictures and its page, and the history. The sandbox is
there already, as a target is.
"""

import json
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from statistics import median

import pytest
import yaml
from child import run_alone
from figures import FULL, Figure, keep
from soak import clean, running_sandbox

ROOT = Path(__file__).parents[2]
CHAOS = str(Path(sys.executable).with_name("chaos"))
RUNS = 9 if FULL else 1
HELP_GOAL_S, OVERHEAD_GOAL_S = 0.2, 1.0
DRILLS = 3 if FULL else 1


def took(*command, cwd):
    """The middle of some runs: seconds of the whole process, and of a processor."""
    runs = [run_alone(*command, cwd=cwd) for _ in range(RUNS)]
    return median(run.took_s for run in runs), median(run.cpu_s for run in runs)


def test_help_is_there_at_once(tmp_path, request, monkeypatch):
    monkeypatch.setenv("PIZZA_STATE_DIR", str(tmp_path))
    script = str(Path(sys.executable).with_name("chaos-pizza"))
    nothing_s, nothing_cpu_s = took(sys.executable, "-c", "pass", cwd=tmp_path)
    told = {
        name: took(script, *words, cwd=tmp_path)
        for name, words in (("--help", ["--help"]), ("mark --help", ["mark", "--help"]), ("status", ["status"]))
    }
    help_s, help_cpu_s = told["--help"]
    peer = {"peer": "python -c pass", "peer_measured": nothing_s}
    rest = [
        Figure("start", f"chaos-pizza {name}", took_s, "s", note=f"{cpu_s:.2f} s of a processor", **peer)
        for name, (took_s, cpu_s) in told.items()
        if name != "--help"
    ]
    note = f"the whole process, median of {RUNS}; {help_cpu_s:.2f} s of a processor, the peer {nothing_cpu_s:.2f}"
    figures = [Figure("start", "chaos-pizza --help", help_s, "s", HELP_GOAL_S, note=note, **peer), *rest]
    keep(request.config.stash_table, "start", figures)


@pytest.mark.drill
def test_a_drill_takes_little_beside_its_own_windows(tmp_path, request):
    experiment = short_experiment(tmp_path)
    environment = clean(tmp_path)
    with running_sandbox(tmp_path, environment) as (_, variables):
        environment |= variables
        held = [held_by_us(tmp_path, experiment, environment, number) for number in range(DRILLS)]
        peer = held_by_the_toolkit(tmp_path, experiment, environment) if FULL else None
    overheads_s = [wall_s - windows_s for wall_s, windows_s, _ in held]
    _, windows_s, stages = held[overheads_s.index(sorted(overheads_s)[len(held) // 2])]
    before_s, told_s, after_s = stages
    note = (
        f"median of {len(held)}; {before_s:.2f} s until the first step, {told_s:.2f} s from the last until the verdict "
        f"is told, {after_s:.2f} s for report, pictures, page and history; {windows_s:.1f} s of windows"
    )
    beside = {"peer": "chaos run of the same", "peer_measured": peer} if peer is not None else {}
    middle_s, name = median(overheads_s), "a drill beside its own windows"
    overhead = Figure("start", name, middle_s, "s", OVERHEAD_GOAL_S, note=note, **beside)
    keep(request.config.stash_table, "a drill's overhead", [overhead])


def held_by_us(folder, experiment, environment, number):
    """Hold a drill; the seconds of the whole process, of its windows, and before, between and after (see the note)."""
    reports = folder / f"reports-{number}"
    command = [
        sys.executable,
        "-m",
        "chaos_pizza",
        "drill",
        str(experiment),
        "--target",
        "env",
        "--reports",
        str(reports),
    ]
    begun_at, begun_s = time.time(), time.perf_counter()
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as drill:
        told_at = None
        for line in drill.stdout:
            told_at = told_at or (time.time() if line.startswith("PASSED") else None)
        assert drill.wait() == 0
    wall_s, ended_at = time.perf_counter() - begun_s, time.time()
    windows_s, first_at, last_at = windows_of(reports)
    assert (next(reports.glob("*/")) / "report.html").stat().st_size > 0
    return wall_s, windows_s, (first_at - begun_at, (told_at or ended_at) - last_at, ended_at - (told_at or ended_at))


def held_by_the_toolkit(folder, experiment, environment):
    """Hold it by `chaos run`; the seconds that take more than its windows."""
    reports = folder / "reports-toolkit"
    begun_s = time.perf_counter()
    done = subprocess.run(
        [CHAOS, "--no-version-check", "run", "--no-validation", str(experiment)],
        cwd=folder, env={**environment, "PIZZA_REPORTS": str(reports)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    wall_s = time.perf_counter() - begun_s
    assert done.returncode == 0, done.stderr
    return wall_s - windows_of(reports)[0]


def windows_of(reports):
    """The seconds of a drill's own windows, and when the first began and the last ended, as the journal has them."""
    folders = [path.parent for path in reports.glob("*/journal.jsonl")]
    lines = [json.loads(line) for line in (folders[0] / "journal.jsonl").read_text().splitlines()]
    steps, stage = [], ""
    for line in lines:
        event = line["event"]
        stage = event["stage"] if event["type"] == "stage_began" else stage
        if event["type"] == "activity_ended" and stage in {"baseline", "method", "after"}:
            steps.append((at(line), event["duration_s"]))
    return sum(duration_s for _, duration_s in steps), steps[0][0] - steps[0][1], steps[-1][0]


def at(line):
    return datetime.fromisoformat(line["at"]).timestamp()


def short_experiment(folder):
    """A drill with fault, alert, responder and recovery in some seconds; not in full one that breaks nothing."""
    described = yaml.safe_load((ROOT / "experiments" / f"{'factory-fail' if FULL else 'placebo'}.yaml").read_text())
    described["extensions"][0] |= {"recovery": {"good_purchases": 5}, "min_samples": 3}
    if FULL:
        described["extensions"][0]["responder"] = {"kind": "runbook", "reaction_s": 0.2}
    probe = described["steady-state-hypothesis"]["probes"][-1]["provider"]
    probe["arguments"] = {"window_s": 1.5 if FULL else 0.3, "min_purchases": 1}
    for step in described["method"]:
        if step["provider"]["func"] == "keep_watching":
            step["provider"]["arguments"]["duration_s"] = 0.3
    path = folder / "short.yaml"
    path.write_text(yaml.safe_dump(described, sort_keys=False))
    return path
