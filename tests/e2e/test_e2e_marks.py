"""People mark from another terminal while a drill runs, and after it."""

import json
import re
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from .conftest import EXPERIMENTS, PIZZA, clean_environment, run
from .under_way import DEADLINE_S, document_of, wait_for_record

pytestmark = pytest.mark.drill


def test_marks_made_while_a_drill_runs_and_after_it_are_in_the_report_by_name(tmp_path):
    env = clean_environment(
        PIZZA_RESPONDER="people", PIZZA_MITIGATION_TIMEOUT_S="200", PIZZA_STATE_DIR=str(tmp_path / ".state"), TZ="UTC"
    )
    command = [*PIZZA, "drill", str(EXPERIMENTS / "factory-fail.yaml")]
    pipe = subprocess.PIPE

    def mark(*arguments, **more):
        return run(*PIZZA, "mark", *arguments, cwd=tmp_path, env={**env, **more})

    with subprocess.Popen(command, cwd=tmp_path, env=env, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            folder = wait_for_record(tmp_path, '"type":"fault_proven"')
            begun_at = datetime.now(UTC)
            noticed = mark("noticed", "--text", "is it | me?", PIZZA_NAME="Ada")
            number = re.fullmatch(rf"noticed by Ada: recorded in {folder.name}, number (\d+)\n", noticed.out)[1]
            cured = mark("mitigated", "--by", "Bea")
            assert "the factory says that its chaos is still on" in cured.out, cured
            refused = mark("diagnosed", "--by", "Ada", "--at", f"{begun_at - timedelta(seconds=2):%Y-%m-%dT%H:%M:%SZ}")
            assert (refused.code, "Ada's own noticed" in refused.err) == (2, True), refused
            struck = mark("strike", number, "--by", "Bea", "--reason", "it was the coffee machine")
            assert struck.code == 0, struck
            # However long the marks took, the fault was on; now it may end.
            run(*PIZZA, "stop", cwd=tmp_path, env=env)
            out, err = process.communicate(timeout=DEADLINE_S)
        finally:
            process.kill()
    assert "Traceback" not in out + err

    before = document_of(tmp_path)
    assert before["measures"]["ttd_s"] is not None
    start_at = datetime.fromisoformat(before["instants"]["fault_start"]["earliest"])
    at = (start_at + timedelta(seconds=1)).replace(microsecond=0)
    later = mark("acknowledged", "--by", "Cleo", "--at", f"{at:%H:%M:%S}")
    assert f"understood as {at:%Y-%m-%d %H:%M:%S} UTC" in later.out, later
    assert "its report is written anew" in later.out

    after = document_of(tmp_path)
    assert after["instants"]["acknowledged"]["source"] == "mark by Cleo, entered later"
    assert after["instants"]["mitigation_claimed"]["source"] == "mark by Bea"
    assert after["instants"]["mitigated"] == before["instants"]["mitigated"]
    assert "noticed" not in after["instants"]
    assert after["measures"]["ttm_s"] == before["measures"]["ttm_s"]
    assert (after["impact"], after["ended_at"]) == (before["impact"], before["ended_at"])
    report = (folder / "report.md").read_text()
    assert "struck out by Bea (it was the coffee machine): noticed (mark by Ada): is it \\| me?" in report
    assert "acknowledged (mark by Cleo, entered later)" in report
    assert "It was said to be cured" in report
    assert "The fault was still on then" in report
    listed = mark("list").out.splitlines()
    assert [line.split("  ")[-1].split(" (")[0] for line in listed[1:]] == [
        "STRUCK OUT by Bea",
        "mitigated",
        "acknowledged",
    ]
    (row,) = json.loads(run(*PIZZA, "history", "--json", cwd=tmp_path, env=env).out)
    assert (row["detected_by"], row["measures"]) == (after["detected_by"], after["measures"])
    assert row["measures"]["tta_s"] is not None
