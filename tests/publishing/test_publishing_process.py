"""The process that tells the tools: what it may cost whoever started it."""

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from accounts import by_the_book

from chaos_pizza.configuration import TeamConfiguration
from chaos_pizza.errors import UsageError
from chaos_pizza.publishing.log import LOG_NAME
from chaos_pizza.publishing.order import Order, Outcome, outcomes_of
from chaos_pizza.publishing.process import make_order, publish_after, publish_detached, tell_tools
from chaos_pizza.publishing.settings import (
    GrafanaSettings,
    PublishSettings,
    SlackSettings,
    TextfileSettings,
    Tool,
    WebhookSettings,
)

from hostile_server import drips  # isort: skip

PROGRAM = [sys.executable, "-m", "chaos_pizza.publishing"]


def configuration(text=""):
    return TeamConfiguration(Path("team.yaml"), publish=yaml.safe_load(text) or {})


def after(text, folder):
    told = by_the_book()
    return publish_after(configuration(text), folder, told.result, told.settings)


def order_for(folder, publishing):
    told = by_the_book()
    return make_order(publishing, folder, told.result, told.settings)


def test_without_tools_nothing_is_done_and_nothing_is_loaded(tmp_path):
    assert after("", tmp_path) == []
    told = by_the_book()
    assert publish_detached(configuration(), tmp_path, told.result, told.settings) is None
    assert list(tmp_path.iterdir()) == []
    code = "import sys, chaos_pizza.publishing.process; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"opentelemetry", "httpx", "prometheus_client", "google.protobuf"} & set(loaded)


def test_what_was_told_and_what_was_not_is_returned_and_noted(receiver, tmp_path):
    text = f"""
        webhook: {{url: "{receiver.url}/hook"}}
        slack: {{url_env: NO_SUCH_VARIABLE}}
    """
    complaints = after(text, tmp_path)
    assert complaints == [
        "slack: the environment variable NO_SUCH_VARIABLE, which publish.slack.url_env names, is not set"
    ]
    assert [taken.path for taken in receiver.taken] == ["/hook"]
    noted = sorted(line.partition(" ")[2] for line in (tmp_path / LOG_NAME).read_text().splitlines())
    assert noted == [*complaints, "webhook: told"]


def test_a_mistake_in_the_configuration_is_a_complaint_and_no_error(tmp_path):
    assert after("slak: {}", tmp_path)[0].startswith(
        "nobody was told of the drill: team.yaml: `publish` has no 'slak'; it has "
    )
    told = by_the_book()
    complaint = publish_detached(configuration("slak: {}"), tmp_path, told.result, told.settings)
    assert complaint.startswith("nobody is told of the drill: team.yaml: `publish` has no 'slak'")


def test_a_folder_that_can_not_be_written_keeps_nobody_from_being_told(receiver, tmp_path):
    assert after(f'webhook: {{url: "{receiver.url}/hook"}}', tmp_path / "gone") == []
    assert len(receiver.taken) == 1


def test_the_caller_waits_no_longer_than_it_said(tmp_path):
    order = order_for(tmp_path, PublishSettings(textfile=TextfileSettings(str(tmp_path))))
    assert tell_tools(order, whole_s=0) == {Tool.TEXTFILE: "it was not told within 0 s"}


def test_a_process_that_hangs_is_ended_by_the_system_and_not_by_us():
    """Here it waits for an order that never comes; nobody ends it."""
    with subprocess.Popen([*PROGRAM, "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.read() == b""
        assert process.wait() == -signal.SIGALRM


def test_a_process_that_died_is_a_complaint_on_every_tool(tmp_path):
    """Its order is none: it dies of that."""
    settings = PublishSettings(textfile=TextfileSettings("x"), grafana=GrafanaSettings("http://x", "T"))
    order = replace(order_for(tmp_path, settings), tools=(Tool.TEXTFILE, "telegraph"))
    assert tell_tools(order) == dict.fromkeys(order.tools, "the process that was to tell it has died")


DETACHING = """
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
from accounts import by_the_book
from chaos_pizza.configuration import TeamConfiguration
from chaos_pizza.publishing.process import publish_detached
told = by_the_book()
publish = {{"timeout_s": 2, "webhook": {{"url_env": "HOOK_URL"}}}}
print(publish_detached(TeamConfiguration(Path("x"), publish=publish), Path({folder!r}), told.result, told.settings))
"""


def test_a_detached_process_holds_nothing_of_its_starter_s_open_and_outlives_it(hostile_server, tmp_path):
    """A CI step ends when its output closes: that is, while the webhook still has not answered."""
    server = hostile_server(drips(b"", b"", 0.02))
    code = DETACHING.format(here=str(Path(__file__).parent), folder=str(tmp_path))
    environment = {**os.environ, "HOOK_URL": f"{server.url}/s3cret-path-0123"}
    command = [sys.executable, "-c", code]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "start_new_session": True}
    with subprocess.Popen(command, env=environment, text=True, **pipes) as starter:
        # Reads until the last holder of the pipe has closed it.
        assert starter.stdout.read() == "None\n"
        assert starter.wait() == 0
    assert not (tmp_path / LOG_NAME).exists()
    # A CI step that is over has its whole process group ended, too.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(starter.pid, signal.SIGKILL)
    noted = wait_for_log(tmp_path / LOG_NAME)
    assert (
        noted.partition(" ")[2] == (f"webhook: the webhook ({server.url}, POST) did not answer within 2 s\n")
        or noted.partition(" ")[2] == "webhook: it did not answer within 2 s\n"
    )
    assert "s3cret" not in noted


def test_ctrl_c_ends_the_telling_and_not_the_caller_who_was_told_stays_told(receiver, hostile_server, tmp_path):
    """Slack never answers; once the webhook is known to have, Ctrl-C comes."""
    log, pid = tmp_path / LOG_NAME, os.getpid()

    def interrupt(_, closing):
        while not log.exists():
            closing.wait(0.02)
        os.kill(pid, signal.SIGINT)
        closing.wait()

    slack = SlackSettings("HANGING_SLACK")
    settings = PublishSettings(timeout_s=60, webhook=WebhookSettings(f"{receiver.url}/hook"), slack=slack)
    os.environ["HANGING_SLACK"] = hostile_server(interrupt).url
    try:
        complaints = tell_tools(order_for(tmp_path, settings))
    finally:
        del os.environ["HANGING_SLACK"]
    assert complaints == {Tool.SLACK: "it was interrupted before it was told"}
    assert len(receiver.taken) == 1
    assert log.read_text().endswith(" webhook: told\n")


def test_an_order_comes_back_as_it_was_sent(tmp_path):
    order = order_for(tmp_path, PublishSettings(grafana=GrafanaSettings("http://x", "T", tags=("a",))))
    assert Order.of_json(order.to_json()) == order


def test_lines_that_were_cut_off_count_for_nothing():
    whole = Outcome(Tool.SLACK, None).to_json() + Outcome(Tool.TRACE, "it\nbroke").to_json()
    assert outcomes_of(whole.encode() + b'{"tool":"graf') == {Tool.SLACK: None, Tool.TRACE: "it\nbroke"}


def test_a_tool_that_the_file_does_not_name_can_not_be_told(tmp_path):
    told = by_the_book()
    publishing = PublishSettings(slack=SlackSettings("S"), textfile=TextfileSettings("x"))
    with pytest.raises(UsageError, match=r"grafana is not named under `publish`.*named are: slack, textfile"):
        make_order(publishing, tmp_path, told.result, told.settings, tools=(Tool.GRAFANA,))


def wait_for_log(path):
    """Wait for what the detached process notes at its end."""
    reader = "import sys, time\nwhile not __import__('os').path.exists(sys.argv[1]): time.sleep(0.05)"
    subprocess.run([sys.executable, "-c", reader, str(path)], check=True, timeout=300)
    return path.read_text()
