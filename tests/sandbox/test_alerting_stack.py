"""Prometheus and Alertmanager beside a sandbox: there while it is, and gone with it."""

import signal
import socket
import subprocess
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml
from e2e.conftest import PIZZA
from e2e.real_alerting import asked, need_real_alerting, observed_sandbox

from chaos_pizza.errors import UsageError
from chaos_pizza.sandbox.alerting_config import alertmanager_config, prometheus_config
from chaos_pizza.sandbox.alerting_stack import find_program


def test_prometheus_scrapes_shop_and_monitor_and_tells_alertmanager_each_second():
    content = yaml.safe_load(prometheus_config("h:1", "h:2", "h:3", "/rules.yml"))
    assert content["global"]["scrape_interval"] == content["global"]["evaluation_interval"] == "1s"
    jobs = {job["job_name"]: job["static_configs"][0]["targets"] for job in content["scrape_configs"]}
    assert jobs == {"shop": ["h:1"], "synthetic-monitor": ["h:2"]}
    assert content["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] == ["h:3"]
    assert content["rule_files"] == ["/rules.yml"]


def test_alertmanager_sends_everything_to_the_drill():
    content = yaml.safe_load(alertmanager_config("http://h:4/alerts", 2))
    assert content["route"]["group_wait"] == "2s"
    assert content["receivers"][0]["webhook_configs"] == [{"url": "http://h:4/alerts", "send_resolved": True}]


@pytest.fixture(scope="module")
def sandboxes():
    """Two at once, since most of a start is Prometheus's waiting; the tests at the end end one each."""
    need_real_alerting()
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        yield list(pool.map(stack.enter_context, [observed_sandbox(), observed_sandbox()]))


@pytest.fixture(scope="module")
def sandbox(sandboxes):
    return sandboxes[0]


def test_the_shop_is_scraped_and_the_rules_are_loaded(sandbox):
    url = sandbox.variables["PIZZA_PROMETHEUS_URL"]
    rules = {
        rule["name"]: rule["health"]
        for group in asked(f"{url}/api/v1/rules")["data"]["groups"]
        for rule in group["rules"]
    }
    assert {"failed-purchases", "revenue-down", "http-errors", "bad-pizzas"} <= set(rules)
    targets = asked(f"{url}/api/v1/targets?state=active")["data"]["activeTargets"]
    assert sorted(target["labels"]["job"] for target in targets) == ["shop", "synthetic-monitor"]
    assert {target["scrapeInterval"] for target in targets} == {"1s"}
    managers = asked(f"{url}/api/v1/alertmanagers")["data"]["activeAlertmanagers"]
    assert [manager["url"] for manager in managers] == [f"{sandbox.variables['PIZZA_ALERTMANAGER_URL']}/api/v2/alerts"]


def test_a_port_in_use_is_told_in_a_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        options = ["--shop-port", "0", "--factory-port", "0", "--with-prometheus", "--alertmanager-port", port]
        ended = subprocess.run([*PIZZA, "sandbox", *options], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"port {port} is already in use; choose another with --alertmanager-port" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_without_the_programs_it_says_how_to_get_them(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="apt-get install prometheus-alertmanager"):
        find_program(("no-such-program",), "prometheus-alertmanager")


@pytest.mark.parametrize(("which", "number"), [(0, signal.SIGTERM), (1, signal.SIGKILL)])
def test_they_end_with_the_sandbox_however_it_dies_and_leave_nothing(sandboxes, which, number):
    running = sandboxes[which]
    url = running.variables["PIZZA_PROMETHEUS_URL"]
    folder = Path(asked(f"{url}/api/v1/status/flags")["data"]["storage.tsdb.path"]).parent
    assert (folder / "rules.yml").exists()
    running.process.send_signal(number)
    running.process.wait(60)
    assert comes_true(lambda: is_gone(url) and is_gone(running.variables["PIZZA_ALERTMANAGER_URL"]))
    assert comes_true(lambda: not folder.exists())


def comes_true(what):
    for _ in range(600):
        if what():
            return True
        time.sleep(0.1)
    return False


def is_gone(url):
    try:
        urllib.request.urlopen(f"{url}/-/healthy", timeout=1).close()
    except OSError:
        return True
    return False
