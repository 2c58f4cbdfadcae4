"""How fast `chaos-pizza history` answers over ten thousand drills, the whole process measured, its start included.

The whole size is run by `CHAOS_PIZZA_BENCHMARKS=full`; otherwise a small one only shows that the way there is open. The
figures are printed beside their goal, and no build fails by them.
"""

import csv
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "history"))

from figures import FULL, Figure, keep
from history_examples import drill, undetected

from chaos_pizza.history.store import open_history

GOAL_S = 1.0
DRILLS, RUNS = (10_000, 2) if FULL else (300, 1)


def timed(folder, *options):
    """The command's output, and how long it took: the best of some, for other work may go on beside it."""
    environment = {**os.environ, "PIZZA_STATE_DIR": str(folder / ".state"), "COLUMNS": "140"}
    took_s = []
    for _ in range(RUNS):
        begun_s = time.perf_counter()
        done = subprocess.run([sys.executable, "-m", "chaos_pizza", "history", *options],
                              cwd=folder, env=environment, capture_output=True, text=True, check=True)  # fmt: skip
        took_s.append(time.perf_counter() - begun_s)
    return done.stdout, min(took_s)


def test_ten_thousand_drills_are_answered_within_a_second(tmp_path, request):
    with open_history(None, tmp_path / "reports") as history:
        history.renew(lambda *_: [((drill if number % 3 else undetected)(number), ()) for number in range(DRILLS)])
    table, table_s = timed(tmp_path)
    found, json_s = timed(tmp_path, "--json")
    lines, csv_s = timed(tmp_path, "--csv")
    assert table.splitlines()[0] == f"{DRILLS - 20} earlier drills; --all shows them too"
    assert len(json.loads(found)) == len(list(csv.DictReader(io.StringIO(lines)))) == DRILLS
    size = (tmp_path / "reports" / "history.db").stat().st_size / 2**20
    rests_on = f"{DRILLS:,} drills, {size:.1f} MiB; the whole process, its start included, the best of {RUNS}"
    keep(
        request.config.stash_table,
        "history" if FULL else "history; the whole size: CHAOS_PIZZA_BENCHMARKS=full",
        [
            Figure("history", "history as a table", table_s, "s", GOAL_S, note=rests_on),
            Figure("history", "history as JSON, all drills", json_s, "s", GOAL_S),
            Figure("history", "history as CSV, all drills", csv_s, "s", GOAL_S),
        ],
    )
