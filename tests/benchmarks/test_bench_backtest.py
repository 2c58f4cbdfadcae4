"""How fast a thousand rules are tried over twenty drills and a day of calm, the files read included.

The whole size takes half a minute and is run by `CHAOS_PIZZA_BENCHMARKS=full`; otherwise a small one only shows that
the way there is open. The figure is printed beside its goal, and no build fails by it.
"""

import gzip
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "backtest"))

from corpus import EPOCH, write_calm, write_drill
from figures import FULL, Figure, keep

from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.backtest.result import back_test
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.recordings import read_recordings, recording_folders

GOAL_S = 10.0
DRILLS, CALM_S = (20, 86_400) if FULL else (2, 600)
SEGMENT_S = 3600
KINDS = (FaultKind.FAIL, FaultKind.BADJWT, FaultKind.THROTTLE)


def test_a_thousand_rules_over_twenty_drills_and_a_day_of_calm(tmp_path, request):
    for number in range(DRILLS):
        write_drill(tmp_path / f"drill-{number}", KINDS[number % 3], seed=number)
    # As `chaos-pizza watch` leaves them: packed segments, the good purchases in the counters alone.
    for number in range(max(1, CALM_S // SEGMENT_S)):
        path = tmp_path / "watch" / "w" / f"journal-{number:06d}.jsonl"
        begins_at = EPOCH + timedelta(seconds=number * SEGMENT_S)
        write_calm(path, min(CALM_S, SEGMENT_S), range(500, SEGMENT_S, 977), begins_at, purchases=False)
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 6))
        path.unlink()
    begun_s = time.perf_counter()
    recordings, left_out = read_recordings([*recording_folders(tmp_path), *recording_folders(tmp_path / "watch")])
    read_s = time.perf_counter() - begun_s
    found = back_test(list(shipped_rules().values()), recordings, gridded=True)
    took_s = time.perf_counter() - begun_s
    tried = len({id(trial.candidate) for trial in found.trials})
    size = sum(path.stat().st_size for path in tmp_path.rglob("*.jsonl*")) / 2**20
    assert (left_out, len(found.drills), len(found.calm), tried) == ([], DRILLS, 1, 1000)
    rests_on = f"{tried} rules, {DRILLS} drills, {CALM_S / 3600:.2g} h of calm, {size:.1f} MiB of journals"
    keep(
        request.config.stash_table,
        "back-test" if FULL else "back-test; the whole size: CHAOS_PIZZA_BENCHMARKS=full",
        [
            Figure("back-test", "a thousand rules tried", took_s, "s", GOAL_S, note=rests_on),
            Figure("back-test", "of which reading", read_s, "s"),
        ],
    )
