"""CloudWatch's answers: alarms, their history, log events."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.errors import BadAnswer
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertChanged, AlertRuleDescribed
from chaos_pizza.model.incident import Peer
from chaos_pizza.monitoring.cloudwatch import (
    SeenAlarm,
    Transition,
    changes,
    read_alarms,
    read_history,
    read_log_page,
    read_token,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
INACTIVE, FIRING = AlertState.INACTIVE, AlertState.FIRING
DESCRIBED = AlertRuleDescribed(AlertSource.CLOUDWATCH, "revenue")


def at(second):
    return NOON + timedelta(seconds=second)


def alarm(**changed):
    said = {
        "AlarmName": "failed",
        "StateValue": "OK",
        "StateUpdatedTimestamp": at(9),
        "StateTransitionedTimestamp": at(5),
        "Namespace": "Pizza",
        "MetricName": "Failed",
        "Statistic": "Sum",
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 2.0,
        "Period": 60,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
    }
    return {name: value for name, value in {**said, **changed}.items() if value is not None}


def read_one(**changed):
    (seen,) = read_alarms({"MetricAlarms": [alarm(**changed)]})
    return seen


def seen(state, since, touched=None):
    return SeenAlarm("revenue", state, at(since), at(since if touched is None else touched), DESCRIBED)


def told(found):
    return [((change.at - NOON).total_seconds(), change.state) for change in found]


@pytest.mark.parametrize(("said", "state"), [("ALARM", FIRING), ("OK", INACTIVE), ("INSUFFICIENT_DATA", INACTIVE)])
def test_an_alarm_is_firing_or_quiet_since_it_went_over(said, state):
    found = read_one(StateValue=said)
    assert (found.state, found.since_at, found.touched_at) == (state, at(5), at(9))


def test_without_the_date_of_the_transition_that_of_the_last_update_stands_for_it():
    assert read_one(StateTransitionedTimestamp=None).since_at == at(9)


def test_dates_come_out_in_utc():
    east = timezone(timedelta(hours=9))
    assert read_one(StateTransitionedTimestamp=at(5).astimezone(east)).since_at.tzinfo is UTC


def test_a_rule_is_described_by_what_the_alarm_waits_for():
    # two of three minutes must breach: the condition holds for one period longer than its first data point
    assert read_one().described == AlertRuleDescribed(
        AlertSource.CLOUDWATCH, "failed", None, 60.0, 60.0, 0.0, "Sum of Pizza/Failed >= 2 in 2 of 3 periods of 60 s"
    )


def test_an_alarm_of_short_periods_is_evaluated_every_ten_seconds():
    described = read_one(Period=10, EvaluationPeriods=1, DatapointsToAlarm=None).described
    assert (described.evaluation_interval_s, described.for_s) == (10.0, 0.0)


def test_the_period_of_an_alarm_over_several_metrics_is_the_longest_of_theirs():
    metrics = [{"MetricStat": {"Period": 30}}, {"Expression": "a/b", "Period": 60}, {"MetricStat": {}}, 7]
    found = read_one(Period=None, MetricName=None, Namespace=None, Statistic=None, Metrics=metrics).described
    assert (found.evaluation_interval_s, found.for_s) == (60.0, 60.0)


def test_a_composite_alarm_is_described_by_its_rule_and_nothing_else_is_known():
    composite = {"AlarmName": "c", "StateValue": "OK", "StateUpdatedTimestamp": at(1), "AlarmRule": 'ALARM("failed")'}
    (found,) = read_alarms({"CompositeAlarms": [composite]})
    assert found.described == AlertRuleDescribed(AlertSource.CLOUDWATCH, "c", None, None, None, 0.0, 'ALARM("failed")')


@pytest.mark.parametrize(
    "changed",
    [
        {"AlarmName": None},
        {"AlarmName": "x" * 256},
        {"StateValue": "MAYBE"},
        {"StateValue": ["OK"]},
        {"StateUpdatedTimestamp": None},
        {"StateUpdatedTimestamp": "2026-11-24T12:00:00Z"},
        {"StateUpdatedTimestamp": datetime(2026, 11, 24)},  # noqa: DTZ001 - of no zone, that is the point
        {"StateTransitionedTimestamp": 7},
    ],
)
def test_an_alarm_without_name_state_or_date_is_no_answer(changed):
    with pytest.raises(BadAnswer):
        read_one(**changed)


def test_the_history_is_told_by_time_and_only_of_states():
    def item(second, state, kind="StateUpdate"):
        data = json.dumps({"version": "1.0", "newState": {"stateValue": state}})
        return {"Timestamp": at(second), "HistoryItemType": kind, "HistoryData": data}

    body = {"AlarmHistoryItems": [item(3, "OK"), item(2, "ALARM"), item(1, "x", "ConfigurationUpdate")]}
    assert read_history(body) == (Transition(at(2), FIRING), Transition(at(3), INACTIVE))
    assert read_history({"AlarmHistoryItems": []}) == ()
    with pytest.raises(BadAnswer):
        read_history({"AlarmHistoryItems": [item(2, "ALARM") | {"HistoryData": "{"}]})


def test_at_the_first_look_a_firing_alarm_is_told_with_its_own_date_and_a_quiet_one_is_no_news():
    assert changes(None, seen(FIRING, 5), [], at(8)) == [
        AlertChanged("revenue", AlertSource.CLOUDWATCH, FIRING, at(5), None, Peer.CLOUDWATCH, at(8))
    ]
    assert changes(None, seen(INACTIVE, 5), [], at(8)) == []


def test_without_a_history_the_state_alone_tells():
    assert told(changes(seen(INACTIVE, 1), seen(FIRING, 5), [], at(8))) == [(5, FIRING)]
    assert told(changes(seen(FIRING, 1), seen(INACTIVE, 5), [], at(8))) == [(5, INACTIVE)]
    assert changes(seen(INACTIVE, 1), seen(INACTIVE, 5), [], at(8)) == []


def test_an_alarm_that_fired_and_resolved_between_two_looks_is_seen_in_the_history():
    history = [Transition(at(3), FIRING), Transition(at(5), INACTIVE)]
    assert told(changes(seen(INACTIVE, 1), seen(INACTIVE, 5), history, at(8))) == [(3, FIRING), (5, INACTIVE)]


def test_what_was_told_before_and_what_the_next_look_will_tell_is_left_out():
    history = [
        Transition(at(0.5), FIRING),
        Transition(at(1), INACTIVE),
        Transition(at(1.004), INACTIVE),  # the same change as the one before, dated a little otherwise
        Transition(at(5), FIRING),
        Transition(at(7), INACTIVE),
    ]
    assert told(changes(seen(INACTIVE, 1), seen(FIRING, 5), history, at(8))) == [(5, FIRING)]


def test_log_events_are_dated_in_milliseconds():
    # 2026-11-24 12:00 UTC: 20,781 days since 1970, so 20,781 * 86,400 + 43,200 s
    page = {"events": [{"timestamp": 1795521601000, "message": "secret"}], "nextToken": "more"}
    assert read_log_page(page) == (at(1),)
    assert read_token(page, "nextToken") == "more"
    assert read_log_page({"events": []}) == ()
    assert read_token({"nextToken": ""}, "nextToken") is None
    with pytest.raises(BadAnswer):
        read_log_page({"events": [{"message": "secret"}]})


@pytest.mark.parametrize("reader", [read_alarms, read_history, read_log_page])
def test_an_answer_without_any_list_is_none_for_boto3_makes_that_of_html(reader):
    with pytest.raises(BadAnswer):
        reader({"ResponseMetadata": {"HTTPStatusCode": 200}})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**400) | st.datetimes(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["HistoryData", "MetricStat", "Period", "Timestamp", "timestamp"]), inner)
    ),
    max_leaves=8,
)
NEARLY = st.fixed_dictionaries({}, optional={name: JSON | st.just(value) for name, value in alarm().items()})


@given(JSON | st.fixed_dictionaries({"MetricAlarms": st.lists(NEARLY | JSON, max_size=2), "events": JSON}), JSON)
def test_whatever_cloudwatch_answers_only_our_errors_are_raised(body, item):
    for reader in (read_alarms, read_history, read_log_page):
        for said in (body, {"AlarmHistoryItems": [{"HistoryItemType": "StateUpdate", "HistoryData": item}]}):
            with suppress(BadAnswer):
                reader(said)
    read_token(body, "nextToken")


@given(st.lists(st.sampled_from([INACTIVE, FIRING]), max_size=8), st.data())
def test_a_whole_history_tells_every_change_however_the_looks_fall(states, data):
    """Looked at after some of the transitions, the sum of what is told is every change of state there was."""
    history = [Transition(at(second), state) for second, state in enumerate(states, start=1)]
    cuts = sorted(data.draw(st.sets(st.integers(1, len(states)))) | {len(states)} if states else set())
    found, before = [], seen(INACTIVE, 0)
    for cut in cuts:
        now = seen(states[cut - 1], cut)
        found += told(changes(before, now, history, at(cut)))
        before = now
    expected, state = [], INACTIVE
    for transition in history:
        if transition.state is not state:
            state = transition.state
            expected.append(((transition.at - NOON).total_seconds(), state))
    assert found == expected
