"""docs/publishing.md shows what is really sent for the kept example."""

import hashlib
import hmac
import json
import re
from dataclasses import fields
from pathlib import Path

import yaml

from chaos_pizza.configuration import TeamConfiguration
from chaos_pizza.publishing.grafana import annotations
from chaos_pizza.publishing.open_metrics import metrics_text, pushgateway_message, textfile_name
from chaos_pizza.publishing.process import WHOLE_S
from chaos_pizza.publishing.settings import (
    _RECORDS,
    LONGEST_TIMEOUT_S,
    GrafanaSettings,
    PublishSettings,
    Tool,
    read_publishing,
)
from chaos_pizza.publishing.slack import slack_document
from chaos_pizza.publishing.trace import drill_attributes, phases
from chaos_pizza.publishing.webhook import webhook_document

PAGE = (Path(__file__).parents[2] / "docs" / "publishing.md").read_text()


def block(language, mark=""):
    start = PAGE.index(f"<!-- {mark} -->") if mark else 0
    return re.search(rf"```{language}\n(.*?)\n```", PAGE[start:], re.DOTALL)[1]


def test_what_is_shown_is_what_is_sent(kept):
    assert json.loads(block("json", "grafana")) == annotations(kept, GrafanaSettings("http://x", "T"))
    assert json.loads(block("json", "slack")) == slack_document(kept)
    assert json.loads(block("json", "webhook")) == webhook_document(kept)
    lines = metrics_text(kept).splitlines()
    shown = block("text", "metrics").splitlines()
    assert [line for line in lines if line in shown] == shown
    assert pushgateway_message(kept, {}).path in PAGE
    assert textfile_name(kept) in PAGE


def test_the_phases_shown_are_those_of_the_trace(kept):
    table = {row[0]: row[1:] for row in re.findall(r"^\| `(.+?)` \| ([\d:.]+) \| ([\d:.]+) \|$", PAGE, re.MULTILINE)}
    spans = [("drill factory-fail", kept.result.started_at, kept.result.ended_at), *phases(kept)]
    assert table == {name: (f"{begin:%H:%M:%S.%f}", f"{end:%H:%M:%S.%f}") for name, begin, end in spans}
    named = set(re.findall(r"`(chaos_pizza\.\w+)`", PAGE))
    assert named
    assert named <= set(drill_attributes(kept))


def test_the_configuration_shown_is_understood():
    publish = yaml.safe_load(block("yaml"))["publish"]
    assert read_publishing(TeamConfiguration(Path("x"), publish=publish)).tools == (Tool.GRAFANA, Tool.SLACK)


def test_every_key_is_in_the_table_and_no_other():
    section = PAGE.partition("## Every key")[2].partition("##")[0]
    rows = re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)
    named = {key for row in rows for key in re.findall(r"`([\w.]+)`", row)}
    tools = {f"{tool.value}.{each.name}" for tool, record in _RECORDS.items() for each in fields(record)}
    plain = {each.name for each in fields(PublishSettings)} - {tool.value for tool in Tool}
    assert named == tools | plain
    assert f"| `timeout_s` | `{PublishSettings().timeout_s:g}` |" in section
    assert f"{LONGEST_TIMEOUT_S:g} at the most" in PAGE
    assert WHOLE_S == 10
    assert "after ten seconds" in PAGE


def test_the_check_of_a_signature_that_is_shown_works():
    code = {}
    exec(block("python"), code)
    signature = f"sha256={hmac.new(b'k', b'body', hashlib.sha256).hexdigest()}"
    assert code["is_from_us"](b"k", b"body", signature)
    assert not code["is_from_us"](b"k", b"another", signature)
