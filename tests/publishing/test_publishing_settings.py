"""What may stand under `publish`, and what is said of what may not."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.configuration import TeamConfiguration, read_configuration
from chaos_pizza.errors import UsageError
from chaos_pizza.publishing.settings import (
    GrafanaSettings,
    PublishSettings,
    SlackSettings,
    TextfileSettings,
    Tool,
    WebhookSettings,
    checked_report_url,
    read_publishing,
)

EXAMPLE = Path(__file__).parents[2] / "chaos-pizza.example.yaml"


def read(text):
    return read_publishing(TeamConfiguration(Path("team.yaml"), publish=yaml.safe_load(text) or {}))


def test_a_file_that_names_no_tool_tells_nobody():
    assert read("") == PublishSettings()
    assert read("").tools == ()


def test_every_tool_is_read_with_what_it_has():
    settings = read(
        """
        timeout_s: 3
        report_url: https://ci.example/drills/{drill}/report.html?view=raw
        grafana: {url: "https://g.example/sub/", token_env: G_TOKEN, dashboard_uid: d1, panel_id: 4, tags: [pizza]}
        slack: {url_env: SLACK_URL}
        webhook: {url: "https://hook.example/x", secret_env: HOOK, headers: {X-Team: pizza}, headers_env: {X-Key: KEY}}
        textfile: {folder: /var/lib/textfile}
        """
    )
    assert settings.timeout_s == 3.0
    assert settings.grafana == GrafanaSettings("https://g.example/sub", "G_TOKEN", "d1", 4, ("pizza",))
    assert settings.slack == SlackSettings("SLACK_URL")
    assert settings.webhook == WebhookSettings(
        "https://hook.example/x", None, "HOOK", {"X-Team": "pizza"}, {"X-Key": "KEY"}
    )
    assert settings.textfile == TextfileSettings("/var/lib/textfile")
    assert settings.tools == (Tool.GRAFANA, Tool.SLACK, Tool.WEBHOOK, Tool.TEXTFILE)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("grafanna: {}", "`publish` has no 'grafanna'; it has timeout_s, report_url, grafana, slack, webhook"),
        ("slack: https://hooks.slack.com/s3cret", "`publish.slack` is to be a mapping"),
        ("slack:", "`publish.slack` is to be a mapping"),
        ("slack: {url: https://hooks.slack.com/s3cret}", "has no 'url' (a secret never stands in this file"),
        (
            "slack: {url_env: https://hooks.slack.com/s3cret}",
            "`publish.slack.url_env` is to be the name of environment",
        ),
        ("slack: {url_env: 123}", "`publish.slack.url_env` is to be the name of environment"),
        ("slack: {}", "`publish.slack` needs `url_env`"),
        ("grafana: {token_env: T}", "`publish.grafana` needs `url`"),
        ("grafana: {url: 'ftp://s3cret', token_env: T}", "`publish.grafana.url` is no http or https URL"),
        ("grafana: {url: 'https://u:s3cret@g.example', token_env: T}", "`publish.grafana.url` holds credentials"),
        ("grafana: {url: 'https://g.example', token: s3cret}", "has no 'token' (a secret never stands in this file"),
        ("grafana: {url: 'https://g.example', token_env: T, panel_id: s3cret}", "panel_id` is to be a whole number"),
        ("grafana: {url: 'https://g.example', token_env: T, tags: s3cret}", "tags` is to be a list of texts"),
        ("webhook: {}", "`publish.webhook` needs either `url` or, where the URL is a secret, `url_env`"),
        ("webhook: {url: 'https://h.example', url_env: HOOK}", "`publish.webhook` needs either `url` or"),
        ("webhook: {url_env: H, headers: {Host: s3cret}}", "`publish.webhook.headers` sets Host, which is set already"),
        ('webhook: {url_env: H, headers: {X: "a\\nb: s3cret"}}', "`publish.webhook.headers` holds what is no HTTP"),
        ("webhook: {url_env: H, headers: {'X Y': s3cret}}", "`publish.webhook.headers` holds what is no HTTP header"),
        ("webhook: {url_env: H, headers: [s3cret]}", "`publish.webhook.headers` is to be a mapping of texts to texts"),
        (
            "trace: {url: 'http://c:4318', headers_env: {Authorization: 'Bearer s3cret'}}",
            "headers_env` is to map headers",
        ),
        ("timeout_s: 0", "`publish.timeout_s` is to be more than 0 and at most 8"),
        ("timeout_s: 60", "`publish.timeout_s` is to be more than 0 and at most 8"),
        ("timeout_s: .nan", "`publish.timeout_s` is to be more than 0 and at most 8"),
        ("timeout_s: soon", "`publish.timeout_s` is to be a number"),
        ("report_url: 'javascript:alert(1)'", "`publish.report_url` is no http or https URL"),
        ("report_url: 'https://ci.example/?a=<b>'", "`publish.report_url` holds a character that no URL has"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_without_its_value(text, complaint):
    with pytest.raises(UsageError) as raised:
        read(text)
    said = str(raised.value)
    assert complaint in said
    assert said.startswith("team.yaml: ")
    assert "s3cret" not in said
    assert "\n" not in said


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["timeout_s", "report_url", "url", "url_env", "token_env", "headers", "headers_env", "tags"])


@given(st.dictionaries(KEYS | st.sampled_from([tool.value for tool in Tool]) | st.integers(), VALUES, max_size=4))
def test_whatever_stands_there_is_read_or_refused_in_one_line(mapping):
    check_refused_in_one_line(mapping)


@given(st.sampled_from(list(Tool)), st.dictionaries(KEYS, VALUES, max_size=5))
def test_whatever_stands_at_a_tool_is_read_or_refused_in_one_line(tool, mapping):
    check_refused_in_one_line({tool.value: mapping})


def check_refused_in_one_line(mapping):
    complaint = None
    try:
        settings = read_publishing(TeamConfiguration(Path("team.yaml"), publish=mapping))
    except UsageError as error:
        complaint = str(error)
    if complaint is None:
        assert set(settings.tools) == {tool for tool in Tool if tool.value in mapping}
    else:
        assert len(complaint.splitlines()) == 1


@pytest.mark.parametrize(
    "url", ["https://ci.example/a?b=c&d=e#f", "http://127.0.0.1:8000/{drill}/", "https://ä.example"]
)
def test_the_address_of_a_report_may_have_what_a_link_has(url):
    if url.isascii():
        assert checked_report_url(url, "--report-url") == url
    else:
        with pytest.raises(UsageError, match="--report-url holds a character that no URL has"):
            checked_report_url(url, "--report-url")


def test_the_example_names_every_tool():
    lines = EXAMPLE.read_text().splitlines()
    begin = lines.index("# publish:")
    block = [line.removeprefix("# ") for line in lines[begin:] if line.startswith("# ")]
    publish = yaml.safe_load("\n".join(block))["publish"]
    assert read_publishing(TeamConfiguration(EXAMPLE, publish=publish)).tools == tuple(Tool)
    assert read_configuration(EXAMPLE).publish == {}
