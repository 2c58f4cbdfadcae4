"""A Slack and a Grafana out of reach cost a drill nothing: they are told when it is over, and not waited for long."""

import json
import select
import socket
import subprocess
from contextlib import contextmanager

import pytest

from .conftest import CHAOS, PIZZA, TIMEOUT_S, clean_environment, only_folder
from .quick import write_quick
from .under_way import wait_for

pytestmark = pytest.mark.drill

SECRETS = {"E2E_GRAFANA_TOKEN": "glsa_e2e-grafana-token"}
SLACK_PATH = "/services/T0E2E/B0E2E/e2e-slack-hook-token"


@contextmanager
def out_of_reach():
    """A port that takes connections and never answers, and one that refuses them; both as addresses."""
    with socket.create_server(("127.0.0.1", 0)) as silent, socket.socket() as refusing:
        refusing.bind(("127.0.0.1", 0))  # and nobody listens
        yield silent, *(f"http://127.0.0.1:{each.getsockname()[1]}" for each in (silent, refusing))


def was_called(listener) -> bool:
    """Whether anybody has connected to a server that takes no connection from its queue."""
    return bool(select.select([listener], [], [], 0)[0])


def configure(workplace, slack, grafana):
    publish = {
        "timeout_s": 2,
        "slack": {"url_env": "E2E_SLACK_URL"},
        "grafana": {"url": grafana, "token_env": "E2E_GRAFANA_TOKEN"},
    }
    (workplace / "chaos-pizza.yaml").write_text(json.dumps({"publish": publish}))  # JSON is YAML too
    return {"E2E_SLACK_URL": slack + SLACK_PATH, "PIZZA_STATE_DIR": str(workplace / ".state"), **SECRETS}


def started(command, workplace, env):
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=workplace, env=env, stdout=pipe, stderr=pipe, text=True)


def kinds_of_journal(folder):
    return [json.loads(line)["event"]["type"] for line in (folder / "journal.jsonl").read_text().splitlines()]


def check_no_secret(workplace, said):
    texts = [said, *(path.read_text(errors="replace") for path in workplace.rglob("*") if path.is_file())]
    for secret in (*SECRETS.values(), "e2e-slack-hook-token"):
        assert not any(secret in text for text in texts)


def test_tools_out_of_reach_are_told_after_the_verdict_and_cost_the_drill_nothing(tmp_path):
    with out_of_reach() as (silent, slack, grafana):
        env = clean_environment(**configure(tmp_path, slack, grafana))
        command = [*PIZZA, "drill", write_quick("factory-fail", tmp_path)]
        with started(command, tmp_path, env) as process:
            said = [next(process.stdout)]
            while "PASSED" not in said[-1]:
                said.append(next(process.stdout))
            # The queue of the silent port shows everybody who ever called: nobody has, and the verdict is out.
            assert not was_called(silent)
            folder = only_folder(tmp_path / "reports")
            assert kinds_of_journal(folder)[-1] == "drill_ended"
            assert json.loads((folder / "drill.json").read_text())["verdict"] == "passed"
            before = (folder / "journal.jsonl").read_bytes()
            rest, errors = process.communicate(timeout=TIMEOUT_S)
        assert was_called(silent)
    assert process.returncode == 0
    complaints = [line for line in errors.splitlines() if "slack" in line or "grafana" in line]
    assert len(complaints) == 2
    assert "within 2 s" in next(line for line in complaints if "slack: " in line)
    assert "can't be reached" in next(line for line in complaints if "grafana: " in line)
    assert (folder / "journal.jsonl").read_bytes() == before
    check_no_secret(tmp_path, "".join(said) + rest + errors)


def test_chaos_run_waits_for_no_tool_and_leaves_its_output_to_nobody(start_sandbox, tmp_path):
    """The tools are told by a process that outlives the command, and that keeps no CI step waiting for its output."""
    sandbox = start_sandbox("--chaos-delay-s", "1")
    with out_of_reach() as (silent, slack, grafana):
        env = {**sandbox.env, **configure(tmp_path, slack, grafana)}
        with started([*CHAOS, "run", write_quick("factory-fail", tmp_path)], tmp_path, env) as process:
            out, errors = process.communicate(timeout=TIMEOUT_S)
        assert process.returncode == 0
        folder = only_folder(tmp_path / "reports")
        assert json.loads((folder / "drill.json").read_text())["verdict"] == "passed"
        log = folder / "publishing.log"
        lines = wait_for(lambda: told_of(log, ("slack: ", "grafana: ")), timeout_s=TIMEOUT_S)
        assert was_called(silent)
    ended_at = json.loads((folder / "drill.json").read_text())["ended_at"]
    assert all(line.split()[0] > ended_at for line in lines)
    assert "within 2 s" in next(line for line in lines if "slack: " in line)
    check_no_secret(tmp_path, out + errors)


def told_of(log, tools):
    """The log's lines once it has one on every tool."""
    lines = log.read_text().splitlines() if log.exists() else []
    return lines if all(any(tool in line for line in lines) for tool in tools) else None
