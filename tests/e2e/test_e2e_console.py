"""A console beside a real drill: whatever is thrown at it, the drill goes on as if it weren't there."""

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .conftest import EXPERIMENTS, PIZZA, clean_environment, only_folder
from .under_way import document_of, wait_for, wait_for_record

sys.path.append(str(Path(__file__).parents[1] / "console"))

import subprocess

import httpx
from web_console import console_process, hear

pytestmark = pytest.mark.drill
FORGED = {"Origin": "http://evil.example"}
MARKS = 1000


def attack(url: str) -> Counter:
    """Everything that done-when names, at once; returns how often each status was answered."""
    answered = Counter()
    origin = {"Origin": url}
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        csrf = client.get("/session").json()["csrf"]
        as_responder = {**origin, "X-CSRF": csrf}
        draw = {"passphrase": "hunter2-hunter2"}
        for answer in (
            client.post("/coordinator/stop", json={"confirmed": True}, headers=as_responder),
            client.post("/coordinator/draw", json=draw, headers=as_responder),
            client.post("/session", json={"token": "a-token-that-is-nobodys"}, headers=origin),
            client.post("/marks", json={}, headers=FORGED),
            client.get("/stream", headers={"Host": "evil.example"}),
            client.get("/?token=a-token-that-is-nobodys"),
            client.post("/marks", content=b"x" * 10_000_000, headers=as_responder),
        ):
            answered[answer.status_code] += 1

        def press(_):
            mark = {"mark": "note", "by": "Mallory", "text": "<script>alert(1)</script>"}
            return client.post("/marks", json=mark, headers=as_responder).status_code

        with ThreadPoolExecutor(10) as pool:
            answered.update(pool.map(press, range(MARKS)))
    return answered


def test_whatever_is_thrown_at_a_console_the_drill_beside_it_is_unharmed(tmp_path):
    command = [*PIZZA, "drill", str(EXPERIMENTS / "factory-fail.yaml"), "--json"]
    state = tmp_path / ".state"
    env = {**clean_environment(), "PIZZA_STATE_DIR": str(state)}
    reports = tmp_path / "reports"
    reports.mkdir()
    with (
        console_process(reports, state) as (console, process),
        subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as drill,
    ):
        wait_for_record(tmp_path, '"type":"fault_injected"')
        with httpx.Client(base_url=console.url, headers={"Origin": console.url}, trust_env=False) as client:
            client.headers["X-CSRF"] = client.get("/session").json()["csrf"]
            wait_for(lambda: client.get("/stream", headers={"Host": "x"}).status_code == 403)
            mark = client.post("/marks", json={"mark": "noticed", "by": "Ada", "text": "nobody can buy"})
            assert mark.status_code == 201, mark.text
            answered = attack(console.url)
            heard = hear(client, lambda heard: '"ended"' in str(heard.standings[-1:]).replace("'", '"'))
        drill.communicate(timeout=120)
        process.terminate()
        said = process.stderr.read()
    assert answered[413] == answered[401] == answered[400] == 1
    assert answered[403] >= 4
    assert answered[429] >= MARKS - 100
    assert drill.returncode == 0
    document = document_of(tmp_path)
    assert document["verdict"] == "passed"
    report = (only_folder(reports) / "report.md").read_text()
    assert "nobody can buy" in report
    assert "<script>" not in report
    assert heard.numbers == list(range(len(heard.numbers)))
    for secret in ("hunter2", "a-token-that-is-nobodys", "alert(1)", console.said[1].partition("token=")[2].strip()):
        assert secret not in said
    assert "refused 413, responder, POST /marks" in said


PASSPHRASE = "correct-horse-battery"
PLAN = f"""
name: tuesday
roles: {{owner: Ada, coordinator: Grace, responders: [Linus]}}
pool:
  - {{experiment: {EXPERIMENTS / "factory-fail.yaml"}, weight: 1}}
window: 00:00-24:00 UTC
"""


def test_a_coordinator_starts_a_game_day_sees_its_draw_and_stops_it_all_from_the_console(tmp_path):
    plan, reports = tmp_path / "plan.yaml", tmp_path / "reports"
    plan.write_text(PLAN)
    secret = {"PIZZA_COORDINATOR_PASSPHRASE": PASSPHRASE}
    with console_process(reports, tmp_path / ".state", "--plan", str(plan), env=secret) as (console, process):
        with httpx.Client(base_url=console.url, headers={"Origin": console.url}, timeout=60, trust_env=False) as client:
            token = console.said[1].partition("token=")[2].strip()
            assert client.post("/session", json={"token": token}).status_code == 204
            client.headers["X-CSRF"] = client.get("/session").json()["csrf"]
            assert client.post("/coordinator/start", json={"confirmed": True}).json() == {
                "message": "The game day is being held."
            }
            assert client.post("/coordinator/start", json={"confirmed": True}).status_code == 409
            started = hear(client, lambda heard: heard.standings[-1]["state"] == "under_way" and len(heard.numbers) > 3)
            assert started.standings[-1]["gameday"]["plan"] == "tuesday"
            raw = next(reports.glob("*-tuesday/feed.jsonl")).read_text()
            assert started.standings[-1]["gameday"]["commitment"] in raw
            assert "factory-fail" not in raw
            assert client.post("/coordinator/draw", json={"passphrase": "a wrong one"}).status_code == 403
            assert client.post("/coordinator/draw", json={"passphrase": PASSPHRASE}).json()["fault"] == "fail"
            assert client.post("/coordinator/stop", json={"confirmed": True, "reason": "enough"}).status_code == 200
            over = hear(client, lambda heard: heard.standings[-1]["report"], started.last_id, started)
            assert over.numbers == list(range(len(over.numbers)))
            told = next(reports.glob("*-tuesday/feed.jsonl")).read_text()
            assert '"matches":true,"type":"revealed"' in told
            assert '{"verdict":"aborted","type":"ended"}' in told
            assert "enough" in client.get(over.standings[-1]["report"]).text
        environment = Path(f"/proc/{process.pid}/environ")
        assert not environment.exists() or PASSPHRASE.encode() not in environment.read_bytes()
