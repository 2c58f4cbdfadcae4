"""How fast ten thousand drills are looked back on, from a history to the page.

The whole size is run by `CHAOS_PIZZA_BENCHMARKS=full`; otherwise a small one only shows that the way there is open. The
figure is printed beside its goal, and no build fails by it.
"""

import random
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "retro"))

from child import run_alone
from figures import FULL, Figure, keep
from retro_examples import ALERT, at_least, day, drill, incident, placebo, sight, took

from chaos_pizza.history.store import open_history
from chaos_pizza.model.detection import Sight
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import FaultKind

GOAL_S = 10.0
DRILLS = 10_000 if FULL else 200
MOST_BYTES = 1_500_000
EXPERIMENTS = {
    "factory-fail": FaultKind.FAIL,
    "factory-badjwt": FaultKind.BADJWT,
    "factory-throttle": FaultKind.THROTTLE,
    "shop-chaos": FaultKind.SHOP_CHAOS,
    "oven-full": FaultKind.OVEN_FULL,
    "backup-factory": FaultKind.FAIL,
    "placebo": FaultKind.NONE,
}


def synthetic(number, generator):
    """A drill of a year of them: log-normal times, one in eight undetected, one in twenty invalid."""
    name = generator.choice(list(EXPERIMENTS))
    began = day(365 * number / DRILLS)
    told = {"drill_id": f"{number:06}-{name}", "started_at": began, "ended_at": began + timedelta(minutes=5)}
    if name == "placebo":
        return placebo(0, ALERT if generator.random() < 0.05 else None, **told)
    ttd_s = (30 if number < DRILLS / 2 else 12) * generator.lognormvariate(0, 0.6)
    undetected, unmended = generator.random() < 0.125, generator.random() < 0.2
    ttd = at_least(120) if undetected else took(ttd_s, 0.5)
    ttm = at_least(150) if undetected or unmended else took(ttd_s + generator.lognormvariate(3, 0.5), 0.5)
    made = drill(
        0,
        ttd,
        ttm,
        experiment=name,
        fault=EXPERIMENTS[name],
        announced=generator.random() < 0.6,
        verdict=Verdict.INVALID if generator.random() < 0.05 else Verdict.PASSED,
        rules_version="1111aaaa2222" if number < DRILLS / 2 else "3333bbbb4444",
        sights=(sight(Sight.MOVED if undetected else Sight.FIRED), sight(Sight.BLIND, "bad-pizzas")),
        **told,
    )
    return replace(made, measures={**made.measures, MeasureName.TTR: made.measures[MeasureName.TTM]})


def test_ten_thousand_drills_are_looked_back_on(tmp_path, request):
    generator = random.Random(20251202)
    drills = [incident(), *(synthetic(number, generator) for number in range(DRILLS))]
    (tmp_path / "reports").mkdir()
    with open_history(None, tmp_path / "reports") as history:
        history.renew(lambda _drills, _items: [(each, ()) for each in drills])
    state = {"PIZZA_STATE_DIR": str(tmp_path / ".state")}
    run = run_alone(sys.executable, "-m", "chaos_pizza", "retro", cwd=tmp_path, variables=state)
    page = tmp_path / run.stdout.splitlines()[1]
    size = page.stat().st_size
    assert size < MOST_BYTES
    rests_on = f"{DRILLS:,} drills in a SQLite history; the whole process, its start included"
    keep(
        request.config.stash_table,
        "retrospective" if FULL else "retrospective; the whole size: CHAOS_PIZZA_BENCHMARKS=full",
        [
            Figure("retrospective", "looked back on all drills", run.took_s, "s", GOAL_S, note=rests_on),
            Figure("retrospective", "greatest memory for that", run.peak_mb, "MB"),
            Figure("retrospective", "size of its page", size / 1e6, "MB", MOST_BYTES / 1e6),
        ],
    )
