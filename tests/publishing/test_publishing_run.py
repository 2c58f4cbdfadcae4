"""All tools told at once, each by what it really arrives as."""

import json
from dataclasses import replace

import pytest
from accounts import by_the_book, hostile
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from chaos_pizza.publishing.settings import (
    GrafanaSettings,
    PublishSettings,
    PushgatewaySettings,
    SlackSettings,
    TextfileSettings,
    Tool,
    TraceSettings,
    WebhookSettings,
)

from hostile_server import drips  # isort: skip

SECRETS = {
    "G_TOKEN": "glsa_grafana-token-0123",
    "HOOK_SECRET": "hook-signing-secret-0123",
    "HOOK_KEY": "Bearer hook-bearer-0123",
    "OTLP_KEY": "Basic b3RscC1rZXktMDEyMw",
    "PUSH_KEY": "Basic cHVzaC1rZXktMDEyMw",
}


def settings_of(url, folder):
    return PublishSettings(
        grafana=GrafanaSettings(url, "G_TOKEN"),
        slack=SlackSettings("SLACK_URL"),
        webhook=WebhookSettings(
            f"{url}/hook?a=b", None, "HOOK_SECRET", {"X-Team": "pizza"}, {"Authorization": "HOOK_KEY"}
        ),
        trace=TraceSettings(f"{url}/v1/traces", {"Authorization": "OTLP_KEY"}),
        pushgateway=PushgatewaySettings(url, {"Authorization": "PUSH_KEY"}),
        textfile=TextfileSettings(str(folder)),
    )


def environment_of(url):
    return {**SECRETS, "SLACK_URL": f"{url}/services/T0/B0/slack-hook-0123"}


@pytest.fixture
def told(receiver, tell, tmp_path):
    settings = settings_of(receiver.url, tmp_path)
    assert tell(by_the_book(), settings, environment_of(receiver.url)) == dict.fromkeys(Tool)
    return receiver


def test_grafana_is_asked_what_it_knows_and_given_the_rest(told):
    asked, *given = told.at("/api/annotations")
    assert (asked.method, {each.method for each in given}) == ("GET", {"POST"})
    assert {each.headers["authorization"] for each in (asked, *given)} == {"Bearer glsa_grafana-token-0123"}
    assert asked.query["tags"] == ["chaos-pizza", "drill:2026-11-23T19-34-40Z-factory-fail"]
    assert {tag for each in given for tag in each.json["tags"] if tag.startswith("kind:")} == {
        *("kind:fault", "kind:detection", "kind:cure", "kind:recovery"),
    }


def test_slack_is_sent_json_at_its_secret_path(told):
    (message,) = told.at("/services")
    assert message.path == "/services/T0/B0/slack-hook-0123"
    assert message.headers["content-type"] == "application/json"
    assert message.json["blocks"][0]["text"]["text"] == "\u2705 passed: factory-fail on staging"


def test_the_webhook_is_sent_its_headers_its_query_and_a_signature(told):
    (message,) = told.at("/hook")
    assert message.query == {"a": ["b"]}
    assert (message.headers["x-team"], message.headers["authorization"]) == ("pizza", "Bearer hook-bearer-0123")
    assert message.headers["x-chaos-pizza-signature"].startswith("sha256=")
    assert message.headers["idempotency-key"] == message.json["id"]


def test_the_collector_is_sent_a_trace_that_decodes(told):
    (message,) = told.at("/v1")
    assert message.path == "/v1/traces"
    assert message.headers["content-type"] == "application/x-protobuf"
    (resource,) = ExportTraceServiceRequest.FromString(message.body).resource_spans
    assert len(resource.scope_spans[0].spans) == 6


def test_the_gateway_and_the_file_get_the_same_metrics(told, tmp_path):
    (message,) = told.at("/metrics")
    assert (message.method, message.path) == (
        *("PUT", "/metrics/job/chaos-pizza/experiment/factory-fail/target/staging"),
    )
    text = message.body.decode()
    assert list(text_string_to_metric_families(text))
    assert (tmp_path / "chaos-pizza.factory-fail.staging.prom").read_text() == text


def test_told_twice_nothing_is_doubled_that_need_not_be(receiver, tell, tmp_path):
    settings, environment = settings_of(receiver.url, tmp_path), environment_of(receiver.url)
    tell(by_the_book(), settings, environment)
    once = json.loads(json.dumps(receiver.annotations))
    tell(replace(by_the_book(), report_url=None), settings, environment)
    assert [each["id"] for each in receiver.annotations] == [1, 2, 3, 4]
    assert "Report" in str(once)
    assert "Report" not in str(receiver.annotations)
    first, second = (ExportTraceServiceRequest.FromString(each.body).resource_spans[0] for each in receiver.at("/v1"))
    assert {span.span_id for span in first.scope_spans[0].spans} == {
        span.span_id for span in second.scope_spans[0].spans
    }
    assert len({each.path for each in receiver.at("/metrics")}) == 1
    assert len({each.headers["idempotency-key"] for each in receiver.at("/hook")}) == 1
    assert [path.suffix for path in tmp_path.iterdir()] == [".prom"]


def test_one_tool_that_hangs_keeps_no_other_from_being_told(receiver, hostile_server, tell, tmp_path):
    server = hostile_server(drips(b"", b"", 0.02))
    settings = replace(settings_of(receiver.url, tmp_path), timeout_s=0.5, slack=SlackSettings("HANGING"))
    complaints = tell(by_the_book(), settings, {**environment_of(receiver.url), "HANGING": f"{server.url}/s3cret-0123"})
    assert {tool for tool, complaint in complaints.items() if complaint} == {Tool.SLACK}
    assert len(server.requests) == 1


def test_a_grafana_that_is_slow_over_several_answers_has_no_more_time_for_them_together(hostile_server, tell):
    """Each answer comes in time; all of them together would not."""
    body = b"[]"

    def slow(connection, closing):
        closing.wait(0.2)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n" + body)

    settings = PublishSettings(timeout_s=0.3, grafana=GrafanaSettings(hostile_server(slow).url, "G_TOKEN"))
    complaint = tell(by_the_book(), settings, SECRETS)[Tool.GRAFANA]
    assert complaint == "it did not answer within 0.3 s"


@pytest.mark.parametrize("variable", ["G_TOKEN", "SLACK_URL", "HOOK_SECRET", "HOOK_KEY", "OTLP_KEY", "PUSH_KEY"])
def test_a_variable_that_is_not_set_is_named_and_its_tool_sent_nothing(receiver, tell, tmp_path, variable):
    environment = environment_of(receiver.url)
    del environment[variable]
    complaints = tell(by_the_book(), settings_of(receiver.url, tmp_path), environment)
    (complaint,) = filter(None, complaints.values())
    assert complaint.startswith(f"the environment variable {variable}, which publish.")
    assert complaint.endswith(", is not set")


def test_a_secret_that_is_no_url_or_no_header_is_refused_without_being_shown(receiver, tell, tmp_path):
    environment = {**environment_of(receiver.url), "SLACK_URL": "T0/s3cret", "HOOK_KEY": "s3cret\r\nX: y"}
    complaints = tell(by_the_book(), settings_of(receiver.url, tmp_path), environment)
    assert complaints[Tool.SLACK] == "SLACK_URL is no http or https URL"
    assert complaints[Tool.WEBHOOK] == (
        "the environment variable HOOK_KEY, which publish.webhook.headers_env names, holds no header's value"
    )
    assert len(receiver.at("/services") + receiver.at("/hook")) == 0


def test_hostile_texts_reach_every_tool_as_texts(receiver, tell, tmp_path):
    complaints = tell(hostile(), settings_of(receiver.url, tmp_path), environment_of(receiver.url))
    assert complaints == dict.fromkeys(Tool)
