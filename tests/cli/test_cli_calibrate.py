"""`chaos-pizza calibrate` as a person runs it."""

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from chaos_pizza.cli.calibrate import calibrate
from chaos_pizza.errors import UsageError
from chaos_pizza.sandbox.embedded import SandboxThread

COMMAND = [sys.executable, "-m", "chaos_pizza", "calibrate"]


def run(tmp_path, *options, **variables):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIZZA_")}
    environment = {**kept, "PIZZA_STATE_DIR": str(tmp_path / ".state"), **variables}
    return subprocess.run(
        [*COMMAND, *options], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_without_a_target_a_sandbox_is_calibrated_and_nothing_written(tmp_path):
    told = run(tmp_path, "--rate", "20", "--rate", "5", "--seconds", "0.6", "--json")
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert found["target"] == "sandbox"
    # On a machine that does much besides, a rate may not be kept, and no higher one is tried then.
    assert [rate["rate_per_s"] for rate in found["rates"]] in ([5.0, 20.0], [5.0])
    assert found["rates"][0]["offered"] == 3
    assert found["factory_path"]["count"] >= 1
    assert {clock["peer"] for clock in found["clocks"]} == {"shop", "factory"}
    assert [path.name for path in tmp_path.iterdir() if path.name != ".state"] == []


def test_a_shop_on_this_machine_is_told_of_in_a_table_and_in_words(tmp_path):
    with SandboxThread() as sandbox:
        told = run(tmp_path, "--target", "env", "--rate", "5", "--seconds", "0.6", **sandbox.environment)
    assert told.returncode == 0, told.stderr
    head, row, empty, *sentences = told.stdout.splitlines()
    assert head.split()[:3] == ["purchases/s", "decided", "left"]
    assert row.split()[:4] == ["5", "3", "of", "3"]
    assert empty == ""
    assert sentences[0].startswith("Clocks against ours")
    assert "5 purchases/s" in sentences[-1]


def test_a_fault_that_is_on_is_no_time_to_calibrate(tmp_path):
    with SandboxThread() as sandbox:
        import httpx  # noqa: PLC0415 - for this one request

        key = {"Authorization": f"Bearer {sandbox.environment['PIZZA_VENDOR_KEY']}"}
        httpx.put(f"{sandbox.environment['PIZZA_FACTORY_URL']}/api/vendor/chaos/fail", headers=key, trust_env=False)
        told = run(tmp_path, "--target", "env", "--seconds", "0.5", **sandbox.environment)
    assert told.returncode == 2
    assert told.stderr.splitlines()[-1].startswith("chaos-pizza: the factory's chaos is on or scheduled")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--target", "env"], "allowed"),
        (["--target", "nowhere"], "there is no target 'nowhere'"),
        (["--rate", "0"], "0.0 is not in the range"),
        (["--seconds", "0"], "is not in the range"),
    ],
)
def test_what_may_not_be_bought_from_is_refused_before_anything_is_sent(tmp_path, monkeypatch, options, complaint):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIZZA_STATE_DIR", str(tmp_path / ".state"))
    monkeypatch.setenv("PIZZA_SHOP_URL", "https://pizza-service.cs329.click")
    monkeypatch.setenv("PIZZA_FACTORY_URL", "https://pizza-factory.cs329.click")
    monkeypatch.setenv("PIZZA_VENDOR_KEY", "key-of-nobody")
    refused = CliRunner().invoke(calibrate, options)
    assert isinstance(refused.exception, UsageError) or refused.exit_code == 2
    assert complaint in f"{refused.output} {refused.exception}"


def test_a_shop_that_is_out_of_reach_is_one_line(tmp_path):
    nobody = {
        "PIZZA_SHOP_URL": "http://127.0.0.1:9",
        "PIZZA_FACTORY_URL": "http://127.0.0.1:9",
        "PIZZA_VENDOR_KEY": "key-of-nobody",
    }
    told = run(tmp_path, "--target", "env", **nobody)
    assert (told.returncode, told.stdout) == (2, "")
    assert "can't be reached" in told.stderr.splitlines()[-1]
    assert "Traceback" not in told.stderr
