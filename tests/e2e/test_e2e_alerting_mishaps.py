"""The team's alerting in all its moods: absent, forbidding, crying wolf, lost in mid-drill."""

import json
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from .conftest import EXPERIMENTS, hold
from .quick import write_quick

pytestmark = pytest.mark.drill

TOKEN = "glsa_a-token-that-has-expired"


@contextmanager
def serving(answer):
    """A server that gives `answer(path)`: a status, a content type and a text."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, kind, text = answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server, f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def held_with(start_sandbox, workplace, *options, **variables):
    sandbox = start_sandbox("--chaos-delay-s", "0.5")
    env = {**sandbox.env, "PIZZA_RESPONDER": "people", "PIZZA_MITIGATION_TIMEOUT_S": "3", **variables}
    del env["PIZZA_DINER_EMAIL"]
    return hold(f"./{write_quick('factory-fail', workplace)}", workplace, "--target", "env", *options, env=env)


def told(held):
    return " ".join(held.document["reasons"])


def broke_something(held):
    return '"fault_injected"' in (held.folder / "journal.jsonl").read_text()


def test_a_wrong_address_makes_the_drill_invalid_and_breaks_nothing(start_sandbox, tmp_path):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        held = held_with(start_sandbox, tmp_path, PIZZA_PROMETHEUS_URL=url)
    assert (held.ran.code, held.document["verdict"]) == (3, "invalid")
    assert "alerting can be read: Prometheus" in told(held)
    assert "can't be reached; is it running, and is the address right?" in told(held)
    assert "Traceback" not in held.ran.said
    assert not broke_something(held)


@pytest.mark.parametrize(
    "answer",
    [
        (200, "text/html", "<!DOCTYPE html><title>Grafana</title><form action=/login></form>"),
        (401, "application/json", '{"message": "Expired API key"}'),
    ],
    ids=["login page", "expired token"],
)
def test_a_grafana_that_wants_another_token_makes_the_drill_invalid_and_says_what_to_set(
    start_sandbox, tmp_path, answer
):
    with serving(lambda _: answer) as (_, url):
        held = held_with(start_sandbox, tmp_path, PIZZA_GRAFANA_URL=url, PIZZA_GRAFANA_TOKEN=TOKEN)
    assert (held.ran.code, held.document["verdict"]) == (3, "invalid")
    assert "PIZZA_GRAFANA_TOKEN" in told(held)
    assert TOKEN not in held.ran.said + (held.folder / "journal.jsonl").read_text()
    assert not broke_something(held)


def alertmanager(alerts):
    """What an Alertmanager answers that has these alerts."""

    def answer(path):
        content = alerts() if path.startswith("/api/v2/alerts") else {"config": {"original": "route: {receiver: a}"}}
        return 200, "application/json", json.dumps(content)

    return answer


def firing(rule, starts_at):
    return {
        "annotations": {},
        "endsAt": (datetime.now(UTC) + timedelta(minutes=4)).isoformat(),
        "fingerprint": "0123456789abcdef",
        "receivers": [{"name": "a"}],
        "startsAt": starts_at.isoformat(),
        "status": {"inhibitedBy": [], "silencedBy": [], "state": "active"},
        "updatedAt": starts_at.isoformat(),
        "generatorURL": "",
        "labels": {"alertname": rule, "job": "shop"},
    }


def test_an_alert_that_fired_before_the_fault_is_no_detection(start_sandbox, tmp_path):
    """Nothing else fires, so the drill fails as undetected: that is known here, since Alertmanager could be read."""
    since = datetime.now(UTC) - timedelta(minutes=3)
    with serving(alertmanager(lambda: [firing("failed-purchases", since)])) as (_, url):
        held = held_with(start_sandbox, tmp_path, PIZZA_ALERTMANAGER_URL=url)
    assert (held.ran.code, held.document["verdict"]) == (1, "failed")
    assert held.document["detected_by"] is None
    assert "undetected for at least" in told(held)
    assert any("failed-purchases (Alertmanager): firing" in line["text"] for line in held.document["timeline"])


def test_alerting_that_is_lost_during_the_fault_leaves_the_detection_unknown(start_sandbox, tmp_path):
    """It answers until the shop has failed for a while, and then nobody is there any more."""
    asked = []

    def alerts():
        asked.append(1)
        return []

    with serving(alertmanager(alerts)) as (server, url):
        watcher = threading.Thread(target=close_when_the_fault_is_on, args=(tmp_path, server), daemon=True)
        watcher.start()
        held = held_with(start_sandbox, tmp_path, PIZZA_ALERTMANAGER_URL=url)
        watcher.join()
    assert asked
    assert (held.ran.code, held.document["verdict"]) == (3, "invalid")
    assert "whether an alert would have fired is unknown: Alertmanager could not be read" in told(held)


def close_when_the_fault_is_on(workplace, server):
    over = threading.Event()
    for _ in range(1200):
        journals = list(workplace.glob("reports/*/journal.jsonl"))
        if journals and '"fault_proven"' in journals[0].read_text():
            break
        over.wait(0.05)
    server.socket.close()


def test_a_port_that_somebody_has_refuses_the_drill(start_sandbox, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        held = held_with(start_sandbox, tmp_path, PIZZA_WEBHOOK_PORT=str(taken.getsockname()[1]))
    assert (held.ran.code, held.folder) == (2, None)
    assert "already in use; choose another with PIZZA_WEBHOOK_PORT" in held.ran.err
    assert len(held.ran.err.splitlines()) == 1


def test_a_drill_for_the_teams_alerting_is_refused_where_none_is_named(start_sandbox, tmp_path):
    experiment = tmp_path / "team.yaml"
    shipped = (EXPERIMENTS / "factory-fail.yaml").read_text()
    experiment.write_text(shipped.replace("detection: {rules:", "detection: {source: team, rules:"))
    held = hold(str(experiment), tmp_path, "--target", "env", env=start_sandbox().env)
    assert (held.ran.code, held.folder) == (2, None)
    assert "PIZZA_PROMETHEUS_URL" in held.ran.err
