"""Hold the drills whose reports are kept as examples, and look back on them.

    make examples

One drill of each experiment as it is shipped, but for the one whose figures the documentation quotes; then twice as
many under other circumstances, for a retrospective: the team before it had an alert on failed purchases and after, an
alerting that can't see bad pizzas, nobody on call. All of it is real, on sandboxes of this machine, three at a time; it
takes some minutes.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent
ROOT = EXAMPLES.parents[1]
LOOKED_BACK_ON = EXAMPLES / "retrospective"
INCIDENT = next(EXAMPLES.glob("*-incident"))
AT_A_TIME = 3
QUOTED = "factory-fail"
"""Its journal is from before purchases were written in columns, and shows that such a one is still read."""
ALERT_ON_FAILURES = "rules: [failed-purchases, revenue-down]"
ALERT_ON_REVENUE = "rules: [revenue-down]"
ALL_ALERTS = "source: both, rules: [failed-purchases, revenue-down, http-errors, bad-pizzas]"
SHOP_ALERTS = "source: shop_metrics, rules: [failed-purchases, revenue-down, http-errors]"
NOBODY = {"PIZZA_RESPONDER": "people", "PIZZA_MITIGATION_TIMEOUT_S": "25"}


@dataclass(frozen=True)
class Wanted:
    """A drill to be held: an experiment, what is otherwise in it, and what is set for it."""

    experiment: str
    instead: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)


BEFORE = Wanted("factory-fail", {ALERT_ON_FAILURES: ALERT_ON_REVENUE})
AFTER = Wanted("factory-fail")
FIRST = [BEFORE] * 6
SECOND = [
    *([AFTER] * 6),
    Wanted("factory-fail", variables=NOBODY),
    *([Wanted("factory-badjwt", {ALL_ALERTS: SHOP_ALERTS}, NOBODY)] * 2),
    *([Wanted("factory-badjwt")] * 2),
    Wanted("backup-factory"),
    Wanted("placebo"),
]


def main() -> None:
    """Hold all drills, and write them where the examples are kept."""
    with tempfile.TemporaryDirectory() as workplace:
        shipped = [Wanted(path.stem) for path in sorted((ROOT / "experiments").glob("*.yaml")) if path.stem != QUOTED]
        for wanted, folder in hold_all(shipped, Path(workplace) / "shipped"):
            keep(folder, EXAMPLES / wanted.experiment)
        held = hold_all([*FIRST, *SECOND], Path(workplace) / "looked-back-on")
        shutil.rmtree(LOOKED_BACK_ON, ignore_errors=True)
        shutil.copytree(INCIDENT, LOOKED_BACK_ON / INCIDENT.name)
        for _, folder in held:
            keep(folder, LOOKED_BACK_ON / folder.name, without=("report.html",))
    look_back()


def hold_all(drills: Iterable[Wanted], workplace: Path) -> list[tuple[Wanted, Path]]:
    """Hold drills, some at a time, and return where each left its results."""
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        numbered = [(drill, workplace / str(number)) for number, drill in enumerate(drills)]
        return list(pool.map(lambda each: (each[0], hold(*each)), numbered))


def hold(wanted: Wanted, workplace: Path) -> Path:
    """Hold a drill in a folder of its own, whatever its verdict."""
    workplace.mkdir(parents=True)
    text = (ROOT / "experiments" / f"{wanted.experiment}.yaml").read_text(encoding="utf-8")
    for former, other in wanted.instead.items():
        assert former in text, former  # noqa: S101 - a mistake of this script's
        text = text.replace(former, other)
    (workplace / f"{wanted.experiment}.yaml").write_text(text, encoding="utf-8")
    own = {name: value for name, value in os.environ.items() if not name.startswith("PIZZA_")}
    # One folder for all: drills that begin in the same second are told apart by its names.
    arguments = ("drill", f"{wanted.experiment}.yaml", "--reports", str(workplace.parent / "reports"), "--json")
    document = json.loads(chaos_pizza(workplace, *arguments, env={**own, **wanted.variables}, codes={0, 1}))
    sys.stdout.write(f"{document['id']}: {document['verdict']}\n")
    return workplace.parent / "reports" / document["id"]


def keep(folder: Path, place: Path, *, without: tuple[str, ...] = ()) -> None:
    """Copy a drill's results to where they are kept, in place of former ones; the toolkit's own journal is left out."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(folder, place, ignore=shutil.ignore_patterns("chaos-journal.json", *without))
    for path in (place, *place.iterdir()):
        path.chmod(0o755 if path.is_dir() else 0o644)


def look_back() -> None:
    """Write the retrospective over what is kept for it."""
    chaos_pizza(LOOKED_BACK_ON, "retro", "--reports", ".", env=dict(os.environ), codes={0})
    (LOOKED_BACK_ON / "history.db").unlink()


def chaos_pizza(workplace: Path, *arguments: str, env: dict[str, str], codes: set[int]) -> str:
    """Run our own command, and return what it printed; whatever else it returns than `codes` ends all."""
    own = {**env, "PIZZA_STATE_DIR": str(workplace / ".state"), "COLUMNS": "120"}
    command = [sys.executable, "-m", "chaos_pizza", *arguments]
    done = subprocess.run(command, cwd=workplace, env=own, capture_output=True, text=True, check=False)  # noqa: S603
    shutil.rmtree(workplace / ".state", ignore_errors=True)
    if done.returncode not in codes:
        sys.exit(f"{' '.join(arguments)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
