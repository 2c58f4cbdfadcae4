"""CloudWatch's alarms: by moto's server, and by one that says what moto does not know."""

import asyncio
import json
import logging
import sys
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from hostile_server import answer, says
from moto.server import ThreadedMotoServer
from scripted_aws import ScriptedAws, refusal

from chaos_pizza.clients.cloudwatch import CloudWatchAlarms
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import BadAnswer, Refused, ServiceError, TargetError, TimedOut, Unreachable
from chaos_pizza.model.alert import AlertRule, AlertSource, AlertState, Operator
from chaos_pizza.model.alert_event import AlertChanged, AlertRuleDescribed
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.settings import DetectionSettings
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor, Secret

KEY_ID, KEY, TOKEN = "AKIDPIZZAPIZZAPIZZA0", "wJalrXUtnFEMIK7MDENGbPxRfiCYPIZZAKEY", "a-session-of-ada"
REGION = "eu-west-1"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class SetClock:
    """A clock that stands where a test has put it."""

    def __init__(self):
        self.at = NOON

    def now(self):
        return self.at


@pytest.fixture(autouse=True)
def credentials(monkeypatch, tmp_path):
    for name, value in {
        "AWS_ACCESS_KEY_ID": KEY_ID,
        "AWS_SECRET_ACCESS_KEY": KEY,
        "AWS_SESSION_TOKEN": TOKEN,
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def moto_url():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def moto(moto_url, monkeypatch):
    """A CloudWatch on this machine, and a client that sets its alarms; no alarm there yet."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)
    client = boto3.client("cloudwatch", region_name=REGION)
    client.delete_alarms(AlarmNames=[alarm["AlarmName"] for alarm in client.describe_alarms()["MetricAlarms"]])
    return client


@pytest.fixture
def scripted(monkeypatch):
    server = ScriptedAws()
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    yield server
    server.close()


def target(**fields):
    return Target("t", "http://shop", "http://factory", Secret("vendor"), **fields)


def alarms(*names, clock=None, elsewhere=False, **settings):
    place = target(cloudwatch_region=REGION, prometheus_url="http://prometheus" if elsewhere else None)
    chosen = DetectionSettings(alerts=names, **settings)
    return CloudWatchAlarms(place, chosen, clock or AnchoredClock(), Redactor())


def look(watched):
    return asyncio.run(watched.look())


def put(client, name):
    client.put_metric_alarm(
        AlarmName=name,
        Namespace="Pizza",
        MetricName="Failed",
        Statistic="Sum",
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Threshold=2,
        Period=10,
        EvaluationPeriods=1,
    )


def set_state(client, name, state):
    client.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")
    (found,) = client.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return found["StateUpdatedTimestamp"].astimezone(UTC)


def test_an_alarm_that_fires_and_resolves_is_told_with_cloudwatchs_own_dates(moto):
    put(moto, "failed")
    watched = alarms("failed")
    first = look(watched)
    assert first.events == (
        AlertRuleDescribed(
            AlertSource.CLOUDWATCH, "failed", None, 10.0, 0.0, 0.0, "Sum of Pizza/Failed >= 2 in 1 of 1 periods of 10 s"
        ),
    )
    fired_at = set_state(moto, "failed", "ALARM")
    second = look(watched)
    (change,) = second.events
    assert isinstance(change, AlertChanged)
    assert (change.rule, change.source, change.state) == ("failed", AlertSource.CLOUDWATCH, AlertState.FIRING)
    assert (change.at, change.peer) == (fired_at, Peer.CLOUDWATCH)
    assert fired_at - timedelta(seconds=1) < change.seen_at
    assert look(watched).events == ()
    resolved_at = set_state(moto, "failed", "OK")
    (change,) = look(watched).events
    assert (change.state, change.at) == (AlertState.INACTIVE, resolved_at)


def test_looks_that_follow_each_other_miss_nothing_even_without_a_history(moto):
    put(moto, "failed")
    watched = alarms("failed")
    look(watched)
    set_state(moto, "failed", "ALARM")
    assert look(watched).nothing_missed
    assert look(watched).nothing_missed


def test_an_alarm_that_is_firing_already_is_told_at_the_first_look_with_the_date_it_began(moto):
    put(moto, "failed")
    fired_at = set_state(moto, "failed", "ALARM")
    described, change = look(alarms("failed")).events
    assert isinstance(described, AlertRuleDescribed)
    assert (change.state, change.at) == (AlertState.FIRING, fired_at)


def test_insufficient_data_is_no_alarm(moto):
    put(moto, "failed")
    watched = alarms("failed")
    look(watched)
    set_state(moto, "failed", "INSUFFICIENT_DATA")
    assert look(watched).events == ()


def test_the_date_of_an_answer_bounds_cloudwatchs_clock(moto):
    put(moto, "failed")
    (seen,) = look(alarms("failed")).clocks
    assert seen.peer is Peer.CLOUDWATCH
    # moto runs on this machine: its clock is ours
    assert seen.peer_earliest <= seen.received_at
    assert seen.sent_at <= seen.peer_latest


def test_an_alarm_that_is_not_there_is_an_error_that_names_those_that_are(moto):
    put(moto, "failed")
    put(moto, "revenue")
    with pytest.raises(Refused, match="CloudWatch in eu-west-1 has no alarm fialed; it has failed, revenue: name"):
        look(alarms("fialed", "failed"))


def test_a_name_may_be_another_systems_where_the_team_has_more_than_one(moto):
    put(moto, "failed")
    assert len(look(alarms("fialed", "failed", elsewhere=True)).events) == 1
    with pytest.raises(Refused, match="it has failed"):
        look(alarms("fialed", elsewhere=True))


def test_the_drills_own_rules_need_no_alarm_each_but_one_at_least(moto):
    rules = tuple(AlertRule(name, "m", Operator.ABOVE, 1, 60) for name in ("failed", "revenue"))
    with pytest.raises(Refused, match="has no alarm failed or revenue; it has none at all"):
        look(alarms(rules=rules))
    put(moto, "failed")
    assert len(look(alarms(rules=rules)).events) == 1


def test_labels_choose_no_alarm():
    with pytest.raises(Refused, match=r"have no labels .* detection\.alerts"):
        alarms(alert_labels={"team": "pizza"})


def test_without_a_region_there_is_nothing_to_read():
    with pytest.raises(TargetError, match="PIZZA_CLOUDWATCH_REGION"):
        CloudWatchAlarms(target(), DetectionSettings(alerts=("a",)), AnchoredClock(), Redactor())


def test_without_boto3_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(TargetError, match=r"pip install 'chaostoolkit-pizza\[cloudwatch\]'"):
        alarms("failed")


def described(state, since, name="failed", touched=None, kind="MetricAlarms"):
    dates = {"StateTransitionedTimestamp": at(since), "StateUpdatedTimestamp": at(touched or since)}
    return lambda _: (200, {kind: [{"AlarmName": name, "StateValue": state, **dates}]})


def history(*told, token=None):
    items = [
        {
            "AlarmName": "failed",
            "HistoryItemType": "StateUpdate",
            "Timestamp": at(second),
            "HistoryData": json.dumps({"newState": {"stateValue": state}}),
        }
        for second, state in told
    ]
    return 200, {"AlarmHistoryItems": items, **({"NextToken": token} if token else {})}


def at(second):
    return NOON + timedelta(seconds=second)


@pytest.fixture
def watched(scripted):
    """The alarm `failed`, looked at once at noon, when it was quiet; the next look comes a minute later."""
    clock = SetClock()
    watched = alarms("failed", clock=clock)
    scripted.answers["DescribeAlarms"] = described("OK", -60)
    first = look(watched)
    assert not first.nothing_missed
    assert [type(event) for event in first.events] == [AlertRuleDescribed]
    clock.at = at(60)
    return watched


def told(found):
    return [((change.at - NOON).total_seconds(), change.state) for change in found.events]


def test_an_alarm_that_fires_and_resolves_between_two_looks_is_seen_in_its_history(scripted, watched):
    scripted.answers["DescribeAlarms"] = described("OK", 30)
    pages = {None: history((-60, "OK"), (20, "ALARM"), token="more"), "more": history((30.4, "OK"))}
    scripted.answers["DescribeAlarmHistory"] = lambda asked: pages[asked.get("NextToken")]
    found = look(watched)
    assert told(found) == [(20, AlertState.FIRING), (30, AlertState.INACTIVE)]
    assert found.nothing_missed
    _, asked = scripted.asked[-1]
    assert asked["AlarmName"] == "failed"
    assert asked["StartDate"] == at(-60).timestamp()


def test_where_nothing_changed_no_history_is_asked_for_and_nothing_missed(scripted, watched):
    scripted.answers["DescribeAlarms"] = described("OK", -60, touched=30)
    found = look(watched)
    assert (found.events, found.nothing_missed) == ((), True)
    assert {operation for operation, _ in scripted.asked} == {"DescribeAlarms"}


@pytest.mark.parametrize(
    "answered",
    [refusal("AccessDenied", status=403), refusal("InvalidNextToken"), history(), history((20, "ALARM")), (200, b"{")],
    ids=["denied", "refused", "empty", "behind", "no JSON"],
)
def test_without_its_history_the_state_is_told_and_that_something_may_be_missing(scripted, watched, answered):
    scripted.answers["DescribeAlarms"] = described("ALARM", 30)
    scripted.answers["DescribeAlarmHistory"] = lambda _: answered
    found = look(watched)
    assert told(found) == [(30, AlertState.FIRING)]
    assert not found.nothing_missed


def test_a_history_that_is_denied_is_not_asked_for_again(scripted, watched):
    scripted.answers["DescribeAlarmHistory"] = lambda _: refusal("AccessDenied", status=403)
    for second, state in ((30, "ALARM"), (40, "OK")):
        scripted.answers["DescribeAlarms"] = described(state, second)
        look(watched)
    assert [operation for operation, _ in scripted.asked].count("DescribeAlarmHistory") == 1


def test_composite_alarms_count_too(scripted):
    scripted.answers["DescribeAlarms"] = described("ALARM", 5, name="shop is down", kind="CompositeAlarms")
    _, change = look(alarms("shop is down")).events
    assert (change.rule, change.at) == ("shop is down", at(5))
    assert scripted.asked[0][1]["AlarmTypes"] == ["MetricAlarm", "CompositeAlarm"]


@pytest.mark.parametrize(
    ("answered", "error", "words"),
    [
        (refusal("ExpiredToken", f"the token {TOKEN} has expired"), Refused, "credentials have expired"),
        (refusal("ExpiredTokenException"), Refused, "credentials have expired"),
        (refusal("UnrecognizedClientException"), Refused, "PIZZA_CLOUDWATCH_REGION"),
        (refusal("SignatureDoesNotMatch", f"x-amz-security-token:{TOKEN}", 403), Refused, "does not know"),
        (refusal("AccessDenied", status=403), Refused, "does not allow describe_alarms"),
        (refusal("RequestTimeTooSkewed", status=403), Refused, "clock"),
        (refusal("ValidationError", "1 error\nfound"), Refused, "can't make sense of describe_alarms: 1 error found"),
        (refusal("SomethingNew"), Refused, "refused describe_alarms: 400 SomethingNew"),
        ((200, {"MetricAlarms": [{}]}), BadAnswer, "without a name"),
        ((200, b"<html>Please log in</html>"), BadAnswer, "without any list of alarms"),
        ((200, b"[1]"), BadAnswer, "that AWS does not give|without the MetricAlarms"),
    ],
)
def test_each_refusal_says_in_one_line_what_to_do_and_nothing_of_the_credentials(scripted, answered, error, words):
    scripted.answers["DescribeAlarms"] = lambda _: answered
    with pytest.raises(error, match=words) as raised:
        look(alarms("failed"))
    text = str(raised.value)
    assert text.startswith("CloudWatch")
    assert not any(secret in text for secret in ("\n", KEY_ID, KEY, TOKEN, "123456789012"))


@pytest.mark.parametrize(
    ("answered", "error"),
    [(refusal("Throttling"), TimedOut), (refusal("InternalFailure", status=500), BadAnswer)],
)
def test_what_may_pass_is_tried_once_more(scripted, answered, error):
    scripted.answers["DescribeAlarms"] = lambda _: answered
    with pytest.raises(error):
        look(alarms("failed"))
    assert len(scripted.asked) == 2


def test_a_look_that_fails_is_made_good_by_the_next(scripted, watched):
    scripted.answers["DescribeAlarms"] = lambda _: refusal("ExpiredToken")
    with pytest.raises(ServiceError):
        look(watched)
    scripted.answers["DescribeAlarms"] = described("ALARM", 30)
    scripted.answers["DescribeAlarmHistory"] = lambda _: history((30, "ALARM"))
    found = look(watched)
    assert told(found) == [(30, AlertState.FIRING)]
    assert found.nothing_missed


def test_an_endpoint_that_nobody_answers_at_is_unreachable(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(Unreachable, match="CloudWatch in eu-west-1 can't be reached; is the region"):
        look(alarms("failed"))


def test_a_connection_that_breaks_before_any_answer_is_unreachable(hostile, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", hostile(says()).url)
    with pytest.raises(Unreachable, match="broke the connection"):
        look(alarms("failed"))


def test_an_answer_that_ends_too_soon_is_none(hostile, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", hostile(says(answer(b'{"MetricAlarms": [', length=99))).url)
    with pytest.raises(ServiceError):
        look(alarms("failed"))


@pytest.mark.parametrize("region", ["eu west", "-"])
def test_a_region_that_can_be_none_is_a_mistake_of_the_target(region):
    settings = DetectionSettings(alerts=("failed",))
    with pytest.raises(TargetError, match="PIZZA_CLOUDWATCH_REGION"):
        look(CloudWatchAlarms(target(cloudwatch_region=region), settings, AnchoredClock(), Redactor()))


def test_without_credentials_it_says_where_to_put_them(scripted, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    with pytest.raises(Refused, match="AWS_PROFILE"):
        look(alarms("failed"))


def test_no_log_shows_a_credential(scripted, everything_logged):
    scripted.answers["DescribeAlarms"] = described("OK", 0)
    look(alarms("failed"))
    assert not [said for said in everything_logged if KEY in said or TOKEN in said or KEY_ID in said]
