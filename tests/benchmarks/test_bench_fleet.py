"""A course's worth of shops in one fleet: how long it takes, what a drill costs, and whether every shop gets its due.

The whole size (100 shops of one sandbox, 20 at a time, one of them with a wrong key) is run by
`CHAOS_PIZZA_BENCHMARKS=full`; otherwise two shops only show that the way there is open. The figures are printed beside
their goals, and no build fails by them. The peer, of the whole size alone, is one drill of the same experiment by its
own command.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from figures import FULL, Figure, keep

SHOPS, AT_A_TIME = (100, 20) if FULL else (2, 2)
RATE_PER_S, BASELINE_S = (5, 2.0) if FULL else (10, 0.5)
SPREAD_S = 2.0 if FULL else 0.0
GOAL_S = 90.0
PIZZA = [sys.executable, "-m", "chaos_pizza"]
EXPERIMENTS = Path(__file__).parents[2] / "experiments"

pytestmark = pytest.mark.drill


def write_experiment(path: Path) -> None:
    """The failing factory: a baseline of two seconds, and a fault of two or three."""
    described = yaml.safe_load((EXPERIMENTS / "factory-fail.yaml").read_text())
    described["configuration"]["rate_per_s"]["default"] = RATE_PER_S
    described["extensions"][0] |= {
        # Late is no purchase here: twenty drills share two cores, and it is the fleet that is measured.
        "traffic": {"rate_per_s": RATE_PER_S, "diners": 2, "latency_budget_s": 10},
        "recovery": {"good_purchases": 3, "timeout_s": 30},
        "responder": {"kind": "runbook", "reaction_s": 0.5},
        "min_samples": 3,
    }
    described["steady-state-hypothesis"]["probes"][-1]["provider"]["arguments"] = {
        "window_s": BASELINE_S,
        "min_purchases": 3,
    }
    path.write_text(yaml.safe_dump(described, sort_keys=False))


@contextmanager
def open_shops(place: Path) -> Iterator[None]:
    """A sandbox with all the shops, in a process of its own, and the fleet's file over them."""
    command = [*PIZZA, "sandbox", "--shops", str(SHOPS), "--shop-port", "0", "--factory-port", "0"]
    command += ["--fleet", ".", "--until-stdin-closes"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=place, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            while "PIZZA_FACTORY_ADMIN_KEY" not in process.stdout.readline():
                assert process.poll() is None
            yield
        finally:
            process.kill()


def take(place: Path, *arguments: str, **environment: str) -> dict:
    """Run our command and return what it took."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIZZA_")}
    command = [sys.executable, str(Path(__file__).with_name("fleet_run.py")), *PIZZA, *arguments]
    env = {**kept, "PIZZA_STATE_DIR": str(place / "state"), **environment}
    done = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def take_alone(place: Path, plan: dict, keys: str) -> dict:
    """Drill the first shop by its own command, and return what that took."""
    shop = plan["shops"][0]
    return take(
        place,
        *("drill", "experiment.yaml", "--target", "env"),
        PIZZA_SHOP_URL=shop["shop_url"],
        PIZZA_METRICS_URL=shop["metrics_url"],
        PIZZA_FACTORY_URL=plan["defaults"]["factory_url"],
        PIZZA_VENDOR_KEY=re.match(r"\w+=(\w+)", keys).group(1),
    )


def test_every_shop_of_a_course_gets_its_own_verdict(tmp_path, request):
    write_experiment(tmp_path / "experiment.yaml")
    with open_shops(tmp_path):
        plan = yaml.safe_load((tmp_path / "fleet.yaml").read_text())
        plan |= {"experiment": "experiment.yaml", "at_a_time": AT_A_TIME, "start_spread_s": SPREAD_S}
        (tmp_path / "fleet.yaml").write_text(yaml.safe_dump(plan))
        keys, broken = (tmp_path / "fleet.env").read_text(), plan["shops"][-1]["name"]
        (tmp_path / "fleet.env").write_text(re.sub(r"\w+(?=\n\Z)", "no-such-key-at-all", keys))
        fleet = take(tmp_path, "fleet", "fleet.yaml")
        alone = take_alone(tmp_path, plan, keys) if FULL else None
    (path,) = tmp_path.glob("reports/fleets/*/fleet.json")
    rows = json.loads(path.read_text())["shops"]
    # On any machine: a row for each, the broken one by itself, and nobody's calm owed.
    assert len({row["shop"] for row in rows}) == SHOPS
    assert [row["shop"] for row in rows if row["verdict"] == "not held"] == [broken]
    assert not list((tmp_path / "state" / "leases").glob("*.lease"))
    tell(request, fleet, alone, rows)


def tell(request, fleet: dict, alone: dict | None, rows: list[dict]) -> None:
    """Keep the figures of a fleet, beside one drill alone where there was one."""
    held = [row for row in rows if row["verdict"] != "not held"]
    right = sum(row["verdict"] == "passed" for row in held)
    late_ms = [1000 * row["send_lateness_p99_s"] for row in held if row["send_lateness_p99_s"] is not None]
    size = f"{SHOPS} shops, {AT_A_TIME} at a time, {RATE_PER_S} purchases a second each"
    cost_s = fleet["processor_s"] / len(held)
    told = [
        Figure("fleet", "the whole fleet", fleet["lasted_s"], "s", GOAL_S if FULL else None, note=size),
        Figure("fleet", "drills a minute", 60 * len(held) / fleet["lasted_s"], "drills/min"),
        Figure(
            "fleet",
            "processor's time per drill, watchdog and report included",
            cost_s,
            "s",
            peer="one drill by its own command" if alone else None,
            peer_measured=alone["processor_s"] if alone else None,
        ),
        Figure(
            "fleet",
            "drills that passed, as all of these shops should",
            right,
            "drills",
            SHOPS - 1 if FULL else None,
            at_most=False,
            note="one shop more has a wrong key, and is a row of its own",
        ),
        Figure("fleet", "greatest lateness of a drill's sends, p99", max(late_ms, default=0.0), "ms"),
    ]
    title = f"a fleet of {size}" + ("" if FULL else "; the whole size: CHAOS_PIZZA_BENCHMARKS=full")
    keep(request.config.stash_table, title, told)
