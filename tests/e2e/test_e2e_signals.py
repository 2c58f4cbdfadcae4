"""A drill that is stopped in the middle: aborted, calm restored, told as it was."""

import json
import signal
import subprocess

import pytest

from .conftest import CHAOS, PIZZA
from .quick import write_quick
from .under_way import DEADLINE_S, chaos_of, wait_for_record

pytestmark = pytest.mark.drill


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda by: by.name)
def test_a_signal_while_the_fault_is_on_aborts_the_drill_and_restores_calm(start_sandbox, tmp_path, by, begin):
    sandbox = start_sandbox()
    command = [*PIZZA, "drill", write_quick("factory-fail", tmp_path), "--target", "env"]
    process = begin(command, tmp_path, {**sandbox.env, "PIZZA_RESPONDER": "people"})
    folder = wait_for_record(tmp_path, '"fault_proven"', process)
    assert chaos_of(sandbox) == "fail"
    process.send_signal(by)
    out, err = process.communicate(timeout=DEADLINE_S)

    assert process.returncode == 4, out + err
    assert "Traceback" not in out + err
    assert chaos_of(sandbox) == "none"
    document = json.loads((folder / "drill.json").read_text())
    assert document["verdict"] == "aborted"
    assert document["reasons"][0] == f"the drill was aborted: {by.name} was received"
    assert document["ended_by"] == "abort"
    assert document["measures"]["ttm_s"]["censored"] is True


def test_chaos_run_restores_calm_after_a_sigterm_too(start_sandbox, tmp_path, begin):
    """The older toolkit swallows a SIGTERM within an activity and goes on."""
    sandbox = start_sandbox()
    command = [*CHAOS, "run", write_quick("factory-fail", tmp_path)]
    process = begin(command, tmp_path, {**sandbox.env, "PIZZA_RESPONDER": "people"})
    folder = wait_for_record(tmp_path, '"fault_proven"', process)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=DEADLINE_S)

    assert process.returncode == 1, out + err
    assert chaos_of(sandbox) == "none"
    document = json.loads((folder / "drill.json").read_text())
    assert document["verdict"] == "aborted"
    assert document["reasons"][0] == "the drill was aborted: SIGTERM was received"


def test_a_killed_drill_has_an_honest_report(start_sandbox, tmp_path, begin):
    sandbox = start_sandbox()
    lasting = write_quick("placebo", tmp_path, window_s=60)  # however late it is killed
    process = begin([*PIZZA, "drill", lasting, "--target", "env"], tmp_path, sandbox.env)
    folder = wait_for_record(tmp_path, '"purchases_observed"', process)
    process.kill()
    process.communicate(timeout=DEADLINE_S)

    done = subprocess.run(
        [*PIZZA, "report", "latest"], cwd=tmp_path, env=sandbox.env, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("invalid: reports/")
    document = json.loads((folder / "drill.json").read_text())
    assert document["cut_off"] is True
    assert document["timeline"][-1]["text"] == "the record ends here: the drill was cut off"
