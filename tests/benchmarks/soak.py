"""A real drill that lasts: whether memory, file handles and schedule stay as they were, of all of its processes.

    python tests/benchmarks/soak.py            # 20 minutes at 20 purchases a second; `make soak` runs it
    python tests/benchmarks/soak.py 60 100     # a minute at a hundred

Nothing is broken in it, so that all there is to see is the watching. Its figures go where CHAOS_PIZZA_FIGURES says.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from figures import Figure, keep

sys.path.insert(0, str(Path(__file__).parents[2]))

from chaos_pizza.journal.file import read_journal
from chaos_pizza.model.event import PurchasesObserved

ROOT = Path(__file__).parents[2]
PIZZA = (sys.executable, "-m", "chaos_pizza")
LASTS_S, RATE_PER_S = 1200.0, 20.0
GOAL_GROWTH_PERCENT = 5.0
GOAL_DRIFT_MS = 1.0
BASELINE_S = 3.0
WARM_UP_RATIO = 0.2
"""What memory grows by in the first fifth is warming up: pools fill, caches of code and of connections."""
PATIENCE_S = 60.0


@dataclass
class Watched:
    """What one process had at each look: its resident memory in MB, and how many file handles."""

    name: str
    memory_mb: list[float] = field(default_factory=list)
    handles: list[int] = field(default_factory=list)

    def look(self, pid: int) -> None:
        """Look once; a process that is gone is not looked at."""
        try:
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            handles = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
        except OSError:
            return
        self.memory_mb.append(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)
        self.handles.append(handles)

    @property
    def growth_percent(self) -> float:
        """By how much memory grew after the warm-up: the last fifth's middle against that of the first after it."""
        looks = self.memory_mb[round(WARM_UP_RATIO * len(self.memory_mb)) :]
        fifth = max(1, len(looks) // 5)
        first, last = sorted(looks[:fifth])[fifth // 2], sorted(looks[-fifth:])[fifth // 2]
        return 100 * (last / first - 1)

    @property
    def more_handles(self) -> int:
        """How many more file handles stayed open at the end than after the warm-up: connections come and go."""
        looks = self.handles[round(WARM_UP_RATIO * len(self.handles)) :]
        fifth = max(1, len(looks) // 5)
        return min(looks[-fifth:]) - min(looks[:fifth])


@dataclass
class Soaked:
    """What a soak showed."""

    lasts_s: float
    rate_per_s: float
    watched: list[Watched]
    purchases: int
    missing: int
    failed: int
    drift_ms: float
    p99_lateness_ms: float
    bytes_each: float

    def figures(self, part: str) -> list[Figure]:
        """The figures with their goals."""
        note = f"{self.lasts_s:g} s at {self.rate_per_s:g} purchases/s, {len(self.watched[0].memory_mb)} looks"
        told = []
        for each in self.watched:
            told.append(
                Figure(part, f"growth of the {each.name}'s memory", each.growth_percent, "%", GOAL_GROWTH_PERCENT,
                       note=f"{each.memory_mb[-1]:.0f} MB at the end; {note}")
            )  # fmt: skip
            told.append(Figure(part, f"more file handles of the {each.name}", each.more_handles, "handles", 0,
                               note=f"{each.handles[-1]} at the end"))  # fmt: skip
        of = f"of {self.purchases} purchases, {self.failed} of them not good"
        told.append(Figure(part, "drift of the schedule", self.drift_ms, "ms", GOAL_DRIFT_MS,
                           note="5th percentile of lateness, the last fifth's less the first's"))  # fmt: skip
        told.append(Figure(part, "purchases missing from the schedule", self.missing, "purchases", 0, note=of))
        told.append(Figure(part, "lateness, 99th percentile", self.p99_lateness_ms, "ms"))
        told.append(Figure(part, "whole journal, by purchase", self.bytes_each, "bytes"))
        return told


def soak(folder: Path, lasts_s: float, rate_per_s: float) -> Soaked:
    """Hold the drill in a folder, on a sandbox in a process of its own, and look at its processes all the while."""
    experiment = quiet_experiment(folder, lasts_s, rate_per_s)
    environment = clean(folder)
    with running_sandbox(folder, environment) as (sandbox, variables):
        command = [*PIZZA, "drill", str(experiment), "--target", "env", "--reports", str(folder / "reports")]
        with (folder / "drill.txt").open("w") as told:
            drill = subprocess.Popen(command, stdout=told, stderr=told, cwd=folder, env=environment | variables)
        watched = [Watched("drill"), Watched("watchdog"), Watched("sandbox")]
        try:
            look_until_over(drill, sandbox, watched, min(5.0, lasts_s / 60), lasts_s + BASELINE_S)
            code = drill.wait(lasts_s + PATIENCE_S)
        finally:
            drill.terminate()
            drill.wait(PATIENCE_S)
        if code != 0:
            raise RuntimeError(f"the drill ended with exit code {code}: {(folder / 'drill.txt').read_text()[-2000:]}")
    return judged(folder, lasts_s, rate_per_s, watched)


def look_until_over(drill, sandbox, watched, every_s: float, in_all_s: float) -> None:
    """Look at the three processes until the time in which the drill measures is over, or it ends."""
    buying_s = None
    while drill.poll() is None and (buying_s is None or time.monotonic() - buying_s < in_all_s - every_s):
        time.sleep(every_s)
        watchdog = child_of(drill.pid, "watchdog")
        if watchdog is None:
            continue
        buying_s = buying_s or time.monotonic()
        for each, pid in zip(watched, (drill.pid, watchdog, sandbox.pid), strict=True):
            each.look(pid)


def judged(folder: Path, lasts_s: float, rate_per_s: float, watched: list[Watched]) -> Soaked:
    """Read from the drill's journal how it kept its schedule."""
    drill = next((folder / "reports").glob("*/journal.jsonl")).parent
    contents = read_journal(drill)
    if contents.complaint:
        raise RuntimeError(contents.complaint)
    observed = [each.event for each in contents.records if isinstance(each.event, PurchasesObserved)]
    samples = sorted((sample for event in observed for sample in event.samples), key=lambda sample: sample.number)
    late_ms = [(sample.sent_at - sample.intended_at).total_seconds() * 1000 for sample in samples]
    # As against the first one's time: what is lost by each sleep would come together here.
    first, last = samples[0], samples[-1]
    planned_s = (last.number - first.number) / rate_per_s
    astray_ms = ((last.intended_at - first.intended_at).total_seconds() - planned_s) * 1000
    fifth = len(late_ms) // 5
    # By those that were the least late: what else a machine is busy with makes others late, and is no drift.
    drift_ms = least(late_ms[-fifth:]) - least(late_ms[:fifth]) + astray_ms
    return Soaked(
        lasts_s,
        rate_per_s,
        watched,
        len(samples),
        last.number - first.number + 1 - len(samples),
        sum(sample.outcome.is_failure for sample in samples),
        drift_ms,
        sorted(late_ms)[int(0.99 * (len(late_ms) - 1))],
        (drill / "journal.jsonl").stat().st_size / len(samples),
    )


def quiet_experiment(folder: Path, lasts_s: float, rate_per_s: float) -> Path:
    """Write the placebo with such a rate and length."""
    described = yaml.safe_load((ROOT / "experiments" / "placebo.yaml").read_text())
    described["extensions"][0]["traffic"]["rate_per_s"] = rate_per_s
    for step in described["method"]:
        if step["provider"]["func"] == "keep_watching":
            step["provider"]["arguments"]["duration_s"] = lasts_s
    probe = described["steady-state-hypothesis"]["probes"][-1]
    probe["provider"]["arguments"] = {"window_s": BASELINE_S, "min_purchases": 10}
    path = folder / "quiet.yaml"
    path.write_text(yaml.safe_dump(described))
    return path


def clean(folder: Path) -> dict[str, str]:
    """Return the environment without a target of the developer's own, and with a state of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIZZA_")}
    return {**kept, "PIZZA_STATE_DIR": str(folder / "state")}


@contextmanager
def running_sandbox(
    folder: Path, environment: dict[str, str]
) -> Iterator[tuple["subprocess.Popen[str]", dict[str, str]]]:
    """Start a sandbox, and give its process and the variables that it names; it is ended after the `with`."""
    command = [*PIZZA, "sandbox", "--shop-port", "0", "--factory-port", "0", "--until-stdin-closes"]
    pipe = subprocess.PIPE
    with (folder / "sandbox.txt").open("w") as told:
        sandbox = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=told, text=True, env=environment)
    try:
        variables: dict[str, str] = {}
        while "PIZZA_FACTORY_ADMIN_KEY" not in variables:
            line = sandbox.stdout.readline()
            if not line:
                raise RuntimeError(f"the sandbox did not start: {(folder / 'sandbox.txt').read_text()[-500:]}")
            if found := re.match(r"export (PIZZA_\w+)=(.*)", line):
                variables[found[1]] = shlex.split(found[2])[0] if found[2].strip() else ""
        # Its one diner is for people.
        variables.pop("PIZZA_DINER_EMAIL", None)
        yield sandbox, variables
    finally:
        sandbox.terminate()
        sandbox.communicate(timeout=PATIENCE_S)


def child_of(pid: int, word: str) -> int | None:
    """Return the child of a process that has this word in its command line; `None` while there is none."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return next((int(each) for each in children if word in Path(f"/proc/{each}/cmdline").read_text()), None)
    except OSError:
        return None


def least(values: list[float]) -> float:
    """Return what a twentieth of the values are below."""
    return sorted(values)[len(values) // 20]


def test_a_drill_that_lasts_stays_as_it_was(tmp_path, request):
    """For `make soak`, by this file's name: no other run of tests collects it."""
    soaked = soak(tmp_path, LASTS_S, RATE_PER_S)
    assert soaked.purchases > 0
    keep(request.config.stash_table, "soak", soaked.figures("soak"))


def main() -> None:
    lasts_s = float(sys.argv[1]) if len(sys.argv) > 1 else LASTS_S
    rate_per_s = float(sys.argv[2]) if len(sys.argv) > 2 else RATE_PER_S
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        soaked = soak(Path(folder), lasts_s, rate_per_s)
    if kept := os.environ.get("CHAOS_PIZZA_SOAK_LOOKS"):
        looks = {each.name: {"memory_mb": each.memory_mb, "handles": each.handles} for each in soaked.watched}
        Path(kept).write_text(json.dumps(looks))
    keep(lambda title, lines: print(title, *lines, sep="\n  "), "soak", soaked.figures("soak"))


if __name__ == "__main__":
    main()
