"""What can go wrong when Prometheus and Alertmanager are started, with programs that do just that."""

import asyncio
import signal
import sys
import time
from pathlib import Path

import httpx
import pytest

from chaos_pizza.errors import UsageError
from chaos_pizza.sandbox.alerting_stack import AlertingPorts, running_alerting

from .command import start

ANY = AlertingPorts(0, 0)

SERVES = """
import http.server, json, sys
port = next(int(word.rpartition(":")[2]) for word in sys.argv if word.startswith("--web.listen-address="))
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"data": {"activeTargets": [{"health": "up"}]}}).encode())
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", port), Answer).serve_forever()
"""
TAKEN = 'print(\'level=error msg="can not listen" err="listen tcp 127.0.0.1:1: bind: address already in use"\')'
FAILS_ONCE = f"""
import pathlib
tries = pathlib.Path(__file__).with_suffix(".tries")
tries.write_text(tries.read_text() + "x" if tries.exists() else "x")
if tries.read_text() == "x":
    raise SystemExit({TAKEN})
{SERVES}"""


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Say what `prometheus` and `prometheus-alertmanager` do."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    def are(prometheus: str = SERVES, alertmanager: str = SERVES) -> Path:
        for name, program in {"prometheus": prometheus, "prometheus-alertmanager": alertmanager}.items():
            path = tmp_path / name
            path.write_text(f"#!{sys.executable}\n{program}")
            path.chmod(0o755)
        return tmp_path

    return are


def opened(ports: AlertingPorts = ANY) -> dict[str, str]:
    """Open it, look whether both answer, and close it again."""

    async def opening() -> dict[str, str]:
        async with running_alerting("http://127.0.0.1:1", "groups: []", ports) as stack:
            for url in (stack.prometheus_url, stack.alertmanager_url):
                answer = await asyncio.to_thread(httpx.get, f"{url}/-/ready", trust_env=False)
                assert answer.status_code == 200
            return stack.environment

    return asyncio.run(opening())


def test_where_any_port_will_do_another_is_tried(programs):
    folder = programs(alertmanager=FAILS_ONCE)
    assert list(opened()) == [
        "PIZZA_PROMETHEUS_URL",
        "PIZZA_ALERTMANAGER_URL",
        "PIZZA_WEBHOOK_PORT",
        "PIZZA_MONITOR_PORT",
    ]
    assert (folder / "prometheus-alertmanager.tries").read_text() == "xx"


def test_but_not_for_ever(programs):
    programs(prometheus=f"raise SystemExit({TAKEN})")
    with pytest.raises(UsageError, match=r"^Prometheus did not start: listen tcp 127\.0\.0\.1:1: bind: address alrea"):
        opened()


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("print('first'); print('no \\x1b[31mrules\\x07'); raise SystemExit(1)", "no  [31mrules ;"),
        ("raise SystemExit(1)", "it said nothing;"),
        ("print('z' * 10_000); raise SystemExit(1)", "z" * 300 + ";"),
        ('print(\'level=error err="one \\\\"two\\\\" three"\'); raise SystemExit(1)', r"one \"two\" three;"),
    ],
    ids=["unprintable", "silent", "long", "quoted"],
)
def test_a_start_that_fails_is_one_line_with_the_programs_last_word(programs, program, reason):
    programs(prometheus=program)
    with pytest.raises(UsageError) as complaint:
        opened()
    assert str(complaint.value).startswith(f"Prometheus did not start: {reason} does `")
    assert str(complaint.value).endswith("prometheus --version` work?")


def test_one_that_never_gets_ready_is_given_up_at_once_when_it_is_time_to_leave(programs):
    folder = programs(alertmanager="open(__file__ + '.up', 'w'); import signal; signal.pause()")
    with start("--with-prometheus", "--prometheus-port", "0", "--alertmanager-port", "0") as process:
        while not (folder / "prometheus-alertmanager.up").exists():
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 0
