"""Stop conditions end a drill in order, while its fault is on: aborted, calm restored, told as it was."""

import json
import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from chaos_pizza.journal.file import read_journal
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.purchase import Outcome

from .conftest import PIZZA, only_folder, run
from .quick import write_quick
from .under_way import DEADLINE_S, PLAIN, chaos_of, wait_for, wait_for_record

pytestmark = pytest.mark.drill

PATIENCE_S = 120


@pytest.fixture
def start_drill(start_sandbox, tmp_path):
    """Start factory-fail, which nobody mends, with some stop conditions; return its process, sandbox and clock."""
    sandbox = start_sandbox("--stall-s", "600")
    started = []

    def start(experiment="factory-fail", window_s=1.5, **stop):
        path = write_quick(experiment, tmp_path, window_s, stop=stop)
        env = {**sandbox.env, "PIZZA_RESPONDER": "people", "PIZZA_STATE_DIR": str(tmp_path / ".state")}
        pipe = subprocess.PIPE
        command = [*PIZZA, "drill", path, "--target", "env"]
        process = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=pipe, stderr=pipe, text=True)
        started.append(process)
        return process, sandbox

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=DEADLINE_S)


def reason_of_abort(process, sandbox, workplace, timeout_s=PATIENCE_S):
    """Wait for a drill's end, see that it was aborted in order, and return the reason that its report gives."""
    out, err = process.communicate(timeout=timeout_s)
    assert process.returncode == 4, out + err
    assert "Traceback" not in out + err
    assert chaos_of(sandbox) == "none"
    folder = only_folder(workplace / "reports")
    document = json.loads((folder / "drill.json").read_text())
    assert document["verdict"] == "aborted"
    reason = document["reasons"][0]
    assert reason.startswith("the drill was aborted: ")
    return reason.removeprefix("the drill was aborted: "), document, (folder / "report.md").read_text()


def assert_fault_was_ended_by_the_abort(document):
    assert document["ended_by"] == "abort"
    assert document["measures"]["ttm_s"]["censored"] is True


def test_a_drill_that_somebody_stops_by_command(start_drill, tmp_path):
    process, sandbox = start_drill()
    wait_for_record(tmp_path, '"fault_proven"', process)
    assert chaos_of(sandbox) == "fail"
    told = run(*PIZZA, "stop", "--reason", "the till is closed", cwd=tmp_path, env=sandbox.env)
    assert told.code == 0, told.said

    reason, document, report = reason_of_abort(process, sandbox, tmp_path)
    assert reason == "stopped by hand: the till is closed"
    assert "stopped by hand: the till is closed" in report
    assert_fault_was_ended_by_the_abort(document)
    again = run(*PIZZA, "stop", cwd=tmp_path, env=sandbox.env)
    assert again.code == 2
    assert "no drill is under way" in again.err


def test_a_drill_stopped_before_its_fault_breaks_nothing(start_drill, tmp_path):
    process, sandbox = start_drill(window_s=60)  # however long the command takes to start
    wait_for_record(tmp_path, '"purchases_observed"', process)
    assert run(*PIZZA, "stop", cwd=tmp_path, env=sandbox.env).code == 0
    reason, _, _ = reason_of_abort(process, sandbox, tmp_path)
    assert reason == "stopped by hand"
    assert '"fault_injected"' not in (only_folder(tmp_path / "reports") / "journal.jsonl").read_text()


def test_orders_that_fill_the_oven_are_taken_back(start_drill, tmp_path):
    """The sandbox stalls such an order for ten minutes; nobody waits that long for a drill that is to end."""
    process, sandbox = start_drill("oven-full")
    wait_for_record(tmp_path, '"fault_injected"', process)
    assert run(*PIZZA, "stop", cwd=tmp_path, env=sandbox.env).code == 0
    reason, _, _ = reason_of_abort(process, sandbox, tmp_path)
    assert reason == "stopped by hand"


def test_purchases_that_fail_for_too_long_stop_it(start_drill, tmp_path):
    process, sandbox = start_drill(greatest_impact_s=2)
    wait_for_record(tmp_path, '"fault_proven"', process)
    reason, document, _ = reason_of_abort(process, sandbox, tmp_path)
    told = re.fullmatch(r"purchases have failed for (\d+\.\d) s, longer than the 2 s allowed", reason)
    assert float(told[1]) >= 2
    assert_fault_was_ended_by_the_abort(document)


def test_an_alert_that_must_not_fire_stops_it(start_drill, tmp_path):
    process, sandbox = start_drill(alerts=["failed-purchases"])
    wait_for_record(tmp_path, '"fault_proven"', process)
    reason, document, _ = reason_of_abort(process, sandbox, tmp_path)
    assert reason == "alert failed-purchases fires, which must not"
    assert_fault_was_ended_by_the_abort(document)


@pytest.fixture
def health_page():
    """Somebody's health page; what it answers is in `status`."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(self.server.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        server.status = 200
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_url_that_stops_answering_stops_it(start_drill, health_page, tmp_path):
    url = f"http://127.0.0.1:{health_page.server_port}/health"
    process, sandbox = start_drill(url=url, url_interval_s=0.5)
    wait_for_record(tmp_path, '"fault_proven"', process)
    health_page.status = 503
    reason, document, _ = reason_of_abort(process, sandbox, tmp_path)
    assert reason == f"{url} stopped answering 2xx (503)"
    assert_fault_was_ended_by_the_abort(document)


def own_failures(folder):
    """How many purchases of the drill's own have failed so far, by its journal."""
    events = [recorded.event for recorded in read_journal(folder).records]
    observed = [event for event in events if isinstance(event, PurchasesObserved)]
    return sum(sample.outcome is Outcome.FAILED for event in observed for sample in event.samples)


def buy(sandbox):
    """Buy a pizza as a diner who is no part of the drill, and return the status of the answer."""
    variables = sandbox.variables
    with httpx.Client(base_url=variables["PIZZA_SHOP_URL"], trust_env=False, verify=PLAIN) as shop:
        login = {"email": variables["PIZZA_DINER_EMAIL"], "password": variables["PIZZA_DINER_PASSWORD"]}
        token = shop.put("/api/auth", json=login).json()["token"]
        pizza = shop.get("/api/order/menu").json()[0]
        item = {"menuId": pizza["id"], "description": pizza["title"], "price": pizza["price"]}
        order = {"franchiseId": 1, "storeId": 1, "items": [item]}
        return shop.post("/api/order", json=order, headers={"Authorization": f"Bearer {token}"}).status_code


def test_failed_purchases_of_real_diners_stop_it_and_its_own_do_not(start_drill, tmp_path):
    process, sandbox = start_drill(failed_real_purchases=2)
    folder = wait_for_record(tmp_path, '"fault_proven"', process)
    # Purchases of the drill's own fail meanwhile, ten times as many as are allowed.
    wait_for(lambda: own_failures(folder) >= 20 or process.poll() is not None)
    assert process.poll() is None
    assert [buy(sandbox) for _ in range(3)] == [500] * 3

    reason, document, _ = reason_of_abort(process, sandbox, tmp_path)
    assert reason == "3 purchases of real diners failed, more than the 2 allowed"
    assert_fault_was_ended_by_the_abort(document)
