"""An experiment of ours with less of everything, for tests of drills whose length proves nothing.

That the experiments pass as they are shipped is held by `test_e2e_experiments` and `test_e2e_real_alerting`.
"""

from pathlib import Path

import yaml

from .conftest import EXPERIMENTS


def write_quick(experiment: str, workplace: Path, window_s: float = 1.5, **changes: object) -> str:
    """Write an experiment that takes some seconds into a folder, with `changes` to its block; return its file's name.

    It is broken once purchases were good for `window_s` seconds.

    The same traffic, looked at for a third of the time; a quarter of the recovery, and a responder who reacts at once.
    """
    described = yaml.safe_load((EXPERIMENTS / f"{experiment}.yaml").read_text())
    block = described["extensions"][0]
    if block["fault"] != "throttle":
        # Late is what a stalled factory makes of a purchase, and nothing that a slow machine does.
        block["traffic"] = {**block.get("traffic", {}), "latency_budget_s": 15, "timeout_s": 20}
    block |= {
        "recovery": {"good_purchases": 5},
        "responder": {"kind": block.get("responder", {}).get("kind", "runbook"), "reaction_s": 0.2},
        "sandbox": {"chaos_delay_s": "0"},
        "min_samples": 5,
        **changes,
    }
    described["steady-state-hypothesis"]["probes"][-1]["provider"]["arguments"] = {
        "window_s": window_s,
        "min_purchases": 1,  # of fifteen: a machine that stands still for a moment decides fewer
    }
    for step in described["method"]:
        if step["provider"]["func"] == "keep_watching":
            step["provider"]["arguments"]["duration_s"] = 1
    (workplace / f"{experiment}.yaml").write_text(yaml.safe_dump(described, sort_keys=False))
    return f"{experiment}.yaml"
