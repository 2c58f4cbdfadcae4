"""`chaos-pizza publish` as a person runs it, on a copy of the kept example."""

import os
import shutil
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from chaos_pizza.cli.publish import publish as command
from chaos_pizza.errors import UsageError

PUBLISH = [sys.executable, "-m", "chaos_pizza", "publish"]
EXAMPLE = Path(__file__).parents[2] / "reports" / "examples" / "factory-fail"
SECRETS = {
    "CLI_GRAFANA_TOKEN": "glsa_cli-grafana-token",
    "CLI_HOOK_SECRET": "cli-hook-signing-secret",
    "CLI_HOOK_AUTHORIZATION": "Bearer cli-hook-bearer-token",
}


@pytest.fixture
def workplace(tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "reports" / "factory-fail")
    return tmp_path


@pytest.fixture
def taking():
    """A server that takes whatever is sent, and keeps it: (method, path, headers, body)."""
    taken = []

    class Handler(BaseHTTPRequestHandler):
        def take(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            taken.append((self.command, self.path, dict(self.headers), body))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"[]")

        do_GET = do_POST = do_PUT = take  # noqa: N815 - the server's own way to name them

        def log_message(self, *said):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", taken
    server.shutdown()
    thread.join()
    server.server_close()


def publish(workplace, *options, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIZZA_")}
    env = {**kept, "PIZZA_STATE_DIR": str(workplace / ".state"), **SECRETS, **more}
    return subprocess.run(
        [*PUBLISH, *options], cwd=workplace, env=env, capture_output=True, text=True, timeout=300, check=False
    )


def configure(workplace, text):
    (workplace / "chaos-pizza.yaml").write_text(text)


def everything(url):
    return f"""
publish:
  timeout_s: 2
  report_url: https://ci.example/{{drill}}/report.html
  grafana: {{url: "{url}", token_env: CLI_GRAFANA_TOKEN}}
  slack: {{url_env: CLI_SLACK_URL}}
  webhook:
    url: "{url}/hook/cli-secret-hook-path"
    secret_env: CLI_HOOK_SECRET
    headers_env: {{Authorization: CLI_HOOK_AUTHORIZATION}}
  trace: {{url: "{url}"}}
  pushgateway: {{url: "{url}"}}
  textfile: {{folder: text}}
"""


def test_all_tools_are_told_and_no_secret_is_shown_or_kept(workplace, taking):
    url, taken = taking
    (workplace / "text").mkdir()
    configure(workplace, everything(url))
    slack = f"{url}/services/T0CLI/B0CLI/cli-slack-hook-token"
    ran = publish(workplace, "latest", CLI_SLACK_URL=slack)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "told of factory-fail: grafana, slack, webhook, trace, pushgateway, textfile\n"
    assert {method for method, *_ in taken} == {"GET", "POST", "PUT"}
    assert any(b"https://ci.example/2026-11-24T02-05-40Z-factory-fail/report.html" in body for *_, body in taken)
    said = {str(headers) + path for _, path, headers, _ in taken}
    secrets = [*SECRETS.values(), "cli-slack-hook-token", "cli-secret-hook-path"]
    assert all(any(secret in each for each in said) for secret in secrets if secret != SECRETS["CLI_HOOK_SECRET"])

    texts = {"the terminal": ran.stdout + ran.stderr}
    texts |= {str(path): path.read_text(errors="replace") for path in workplace.rglob("*") if path.is_file()}
    del texts[str(workplace / "chaos-pizza.yaml")]  # the path of its webhook stands there
    assert {name for name, text in texts.items() for secret in secrets if secret in text} == set()
    assert "text/chaos-pizza.factory-fail.sandbox.prom" in str(sorted(texts))
    assert str(workplace / "reports" / "factory-fail" / "publishing.log") in texts


def test_tools_that_can_not_be_told_are_named_in_a_line_each_without_their_secrets(workplace):
    with socket.create_server(("127.0.0.1", 0)) as silent, socket.create_server(("127.0.0.1", 0)) as gone:
        hanging, refusing = (f"http://127.0.0.1:{each.getsockname()[1]}" for each in (silent, gone))
        gone.close()
        configure(workplace, everything(refusing))
        ran = publish(workplace, "latest", CLI_SLACK_URL=f"{hanging}/services/cli-slack-hook-token")
    assert (ran.returncode, ran.stdout) == (1, "")
    lines = ran.stderr.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["chaos-pizza", tool] for tool in ("grafana", "slack", "webhook", "trace", "pushgateway", "textfile")
    ]
    assert "within 2 s" in lines[1]
    assert "can't be reached" in lines[0]
    assert lines[5].endswith("sandbox.prom can't be written: No such file or directory")
    log = (workplace / "reports" / "factory-fail" / "publishing.log").read_text()
    for secret in (*SECRETS.values(), "cli-slack-hook-token", "cli-secret-hook-path"):
        assert secret not in ran.stderr + log


def test_one_tool_can_be_told_alone_and_where_the_report_is(workplace, taking):
    url, taken = taking
    configure(workplace, everything(url))
    ran = publish(workplace, "factory-fail", "--to", "webhook", "--report-url", "http://127.0.0.1:8000/{drill}")
    assert (ran.returncode, ran.stdout) == (0, "told of factory-fail: webhook\n")
    ((_, path, _, body),) = taken
    assert path == "/hook/cli-secret-hook-path"
    assert b'"report_url":"http://127.0.0.1:8000/2026-11-24T02-05-40Z-factory-fail"' in body


@pytest.mark.parametrize(
    ("text", "options", "complaint"),
    [
        ("", ["latest"], "chaos-pizza.yaml names no tool under `publish`; docs/publishing.md says how"),
        ("publish: {slack: {url_env: X}}", ["yesterday"], "there is no drill 'yesterday' in reports"),
        ("publish: {slack: {url_env: X}}", ["latest", "--to", "trace"], "trace is not named under `publish`"),
        ("publish: {slack: {url_env: X}}", ["latest", "--to", "telegraph"], "'telegraph' is not one of 'grafana'"),
        ("publish: {slack: {url_env: X}}", ["latest", "--report-url", "here"], "--report-url is no http or https URL"),
        ("publish: {slack: {url: s3cret}}", ["latest"], "`publish.slack` has no 'url' (a secret never stands"),
        ("publish: [slack]", ["latest"], "`publish` is to be a mapping of the tools"),
        (
            "publish: {slack: {url_env: X}}",
            ["latest", "--config", "nowhere.yaml"],
            "there is no configuration nowhere.yaml",
        ),
    ],
)
def test_a_mistake_is_a_line_and_exit_code_2_and_nobody_is_told(workplace, monkeypatch, text, options, complaint):
    configure(workplace, text)
    monkeypatch.chdir(workplace)
    refused = CliRunner().invoke(command, options)
    assert isinstance(refused.exception, UsageError) or refused.exit_code == 2
    said = f"{refused.output} {refused.exception}"
    assert complaint in said
    assert "s3cret" not in said
    assert not list(workplace.rglob("publishing.log"))


def test_a_drill_that_was_cut_off_or_broken_is_told_of_as_far_as_it_is_known(workplace, taking):
    url, taken = taking
    configure(workplace, f'publish: {{webhook: {{url: "{url}/hook"}}}}')
    journal = workplace / "reports" / "factory-fail" / "journal.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(lines[: len(lines) // 2]))
    assert publish(workplace, "latest").returncode == 0
    assert b'"cut_off":true' in taken[0][3]
    journal.write_text("{}\n")
    broken = publish(workplace, "latest")
    assert broken.returncode == 2
    assert len(broken.stderr.splitlines()) == 1
    assert len(taken) == 1
