"""What the Chaos Toolkit sees of us: discovery and validation."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CHAOS = [str(Path(sys.executable).with_name("chaos")), "--no-version-check"]
VARIABLES = {"PIZZA_SHOP_URL": "http://127.0.0.1:1", "PIZZA_FACTORY_URL": "http://127.0.0.1:1", "PIZZA_VENDOR_KEY": "k"}


@pytest.fixture(scope="module")
def discovered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("discovery")
    done = subprocess.run(
        [*CHAOS, "discover", "--no-install", "chaostoolkit-pizza"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "ERROR" not in done.stderr, done.stderr
    activities = json.loads((folder / "discovery.json").read_text())["activities"]
    return {activity["name"]: activity for activity in activities}


def test_every_probe_action_and_control_is_discovered(discovered):
    kinds = {name: activity["type"] for name, activity in discovered.items()}
    probes = {name for name, kind in kinds.items() if kind == "probe"}
    actions = {name for name, kind in kinds.items() if kind == "action"}
    assert probes == {
        "alerting_can_be_read",
        "factory_chaos",
        "factory_is_calm",
        "failure_is_logged",
        "purchase_latency_s",
        "purchase_once",
        "purchase_success_ratio",
        "revenue_rate_btc_per_min",
        "shop_is_up",
    }
    assert actions == {
        "keep_watching",
        "order_too_many_pizzas",
        "restore_calm",
        "start_factory_chaos",
        "start_shop_chaos",
        "stop_shop_chaos",
        "wait_for_fault",
        "wait_for_mitigation",
        "wait_for_recovery",
        "wait_for_the_draw",
    }
    assert {"before_experiment_control", "after_experiment_control"} <= {n for n, k in kinds.items() if k == "control"}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("purchase_success_ratio", {"window_s": "number", "min_purchases": "integer"}),
        ("purchase_latency_s", {"quantile": "number", "window_s": "number", "min_purchases": "integer"}),
        ("start_factory_chaos", {"kind": "string"}),
        ("order_too_many_pizzas", {"pizzas": "integer", "every_s": "number", "duration_s": "number"}),
        ("wait_for_fault", {"timeout_s": "number"}),
        ("restore_calm", {"timeout_s": "number"}),
    ],
)
def test_arguments_are_shown_with_their_true_types(discovered, name, arguments):
    shown = {argument["name"]: argument.get("type") for argument in discovered[name]["arguments"]}
    assert {key: kind for key, kind in shown.items() if key not in {"configuration", "secrets"}} == arguments


def test_every_activity_says_what_it_answers(discovered):
    assert [name for name, activity in discovered.items() if not activity["doc"]] == []


def test_no_argument_is_an_object(discovered):
    for name, activity in discovered.items():
        if activity["type"] != "control":
            assert [arg for arg in activity["arguments"] if arg.get("type") == "object"] == [], name


@pytest.mark.parametrize("path", sorted((ROOT / "experiments").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_experiment_is_valid_for_the_toolkit(path, tmp_path):
    done = subprocess.run(
        [*CHAOS, "validate", str(path)],
        cwd=tmp_path,
        env={"PATH": str(Path(sys.executable).parent), "HOME": str(tmp_path), **VARIABLES},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "look valid" in done.stdout + done.stderr
