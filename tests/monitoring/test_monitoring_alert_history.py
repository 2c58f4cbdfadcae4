"""Prometheus's alerts, from the samples of its evaluations. Expected instants are read off the tables by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.errors import BadAnswer
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertChanged
from chaos_pizza.model.incident import Peer
from chaos_pizza.monitoring import alert_history
from chaos_pizza.monitoring.alert_history import AlertHistory
from chaos_pizza.monitoring.counting import Counting
from chaos_pizza.monitoring.prometheus import RawSeries
from chaos_pizza.monitoring.rules import LoadedRule

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PENDING, FIRING, INACTIVE = AlertState.PENDING, AlertState.FIRING, AlertState.INACTIVE


def at(second):
    return NOON + timedelta(seconds=second)


def rule(evaluated=1000.0, interval_s=1.0, name="slow"):
    return LoadedRule(name, "x > 1", {}, interval_s, 0.0, at(evaluated), "")


def samples(states, active=None, job="shop", shift=0.0):
    """Return what Prometheus keeps of one alert; `states` is a letter a second: pending, firing, or nothing."""
    labels = {"alertname": "slow", "job": job}
    found = []
    for letter, word in (("p", "pending"), ("f", "firing")):
        seconds = [second for second, state in enumerate(states) if state == letter]
        if seconds:
            points = tuple((at(second + shift), 1.0) for second in seconds)
            found.append(RawSeries({"__name__": "ALERTS", "alertstate": word, **labels}, points))
    if active is not None:
        points = tuple(
            (at(second + shift), at(active[second]).timestamp())
            for second in range(len(states))
            if states[second] != " " and second in active
        )
        found.append(RawSeries({"__name__": "ALERTS_FOR_STATE", **labels}, points))
    return found


def since(states, second):
    """Return since when an alert is active at each second from one on, where it is so without a break."""
    return dict.fromkeys(range(second, len(states)), second)


def told(history, series, server, rules=None):
    changes = history.fold(series, rules if rules is not None else [rule(server)], at(server), at(server))
    return [(change.state, (change.at - NOON).total_seconds()) for change in changes]


def followed(clean=str):
    return AlertHistory(Counting(("slow",)), clean)


def test_each_state_is_dated_by_the_evaluation_that_made_it():
    states = "   pppffff      "
    assert told(followed(), samples(states, since(states, 3)), 16) == [(PENDING, 3), (FIRING, 6), (INACTIVE, 10)]


def test_a_change_names_the_alert_whose_clock_it_is_and_when_it_was_read():
    (change,) = followed().fold(samples("f", {0: 0}), [rule(0)], at(0), at(0.2))
    assert change == AlertChanged(
        "slow", AlertSource.PROMETHEUS, FIRING, at(0), None, Peer.PROMETHEUS, at(0.2), "job=shop"
    )


def test_what_was_told_is_not_told_again():
    history, states = followed(), "   pppffff"
    assert told(history, samples(states, since(states, 3)), 9) == [(PENDING, 3), (FIRING, 6)]
    assert told(history, samples(states, since(states, 3)), 9.5) == []


def test_an_end_is_told_only_once_an_evaluation_without_the_alert_is_over():
    history, states = followed(), "ffff"
    assert told(history, samples(states, since(states, 0)), 3) == [(FIRING, 0)]
    # Time passes, but nothing is evaluated: that is no news of the alert.
    assert told(history, samples(states, since(states, 0)), 60, [rule(3.4)]) == []
    # The evaluation at 4 is over; a sample that is late is still waited for.
    assert told(history, samples(states, since(states, 0)), 5, [rule(4.0)]) == []
    assert told(history, samples(states, since(states, 0)), 6, [rule(5.0)]) == [(INACTIVE, 4)]
    assert told(history, samples(states, since(states, 0)), 9, [rule(8.0)]) == []


def test_an_alert_that_fired_and_ended_between_two_looks_is_seen():
    history = followed()
    assert told(history, [], 0) == []
    assert told(history, samples("  f ", {2: 2}), 60) == [(FIRING, 2), (INACTIVE, 3)]


def test_one_that_fired_twice_between_two_looks_is_seen_twice():
    states = " ff  ff  "
    active = {1: 1, 2: 1, 5: 5, 6: 5}
    assert told(followed(), samples(states, active), 60) == [(FIRING, 1), (INACTIVE, 3), (FIRING, 5), (INACTIVE, 7)]


def test_evaluations_that_were_missed_end_no_alert():
    """The alert is active since the same instant: in between it was not evaluated."""
    states = "ff     ff"
    assert told(followed(), samples(states, since(states, 0)), 8) == [(FIRING, 0)]


def test_without_since_when_it_is_active_a_gap_ends_an_alert():
    assert told(followed(), samples("ff     ff"), 8) == [(FIRING, 0), (INACTIVE, 2), (FIRING, 7)]


def test_an_alert_that_has_been_pending_since_before_the_first_look_is_dated_by_its_own_word():
    states = "pp"
    assert told(followed(), samples(states, {0: -20, 1: -20}), 1) == [(PENDING, -20)]


def test_an_alert_that_was_firing_already_is_told_as_such():
    states = "ffff"
    assert told(followed(), samples(states, dict.fromkeys(range(4), -600)), 3) == [(PENDING, -600), (FIRING, 0)]


def test_samples_that_come_late_revoke_an_end_and_keep_the_date():
    """A reading of the end was wrong, so the alert fires as long as it did: nothing of it is new."""
    history, states = followed(), "ff      ff"
    assert told(history, samples(states[:2], since(states, 0)), 5) == [(FIRING, 0), (INACTIVE, 2)]
    assert told(history, samples(states, since(states, 0)), 9) == [(FIRING, 0)]


def test_alerts_of_one_rule_are_followed_apart():
    series = [*samples("ff", {0: 0, 1: 0}), *samples(" f", {1: 1}, job="other")]
    changes = followed().fold(series, [rule(1)], at(1), at(1))
    assert [(change.instance, change.at) for change in changes] == [("job=shop", at(0)), ("job=other", at(1))]


def test_what_does_not_count_is_not_told():
    assert told(AlertHistory(Counting(("fast",)), str), samples("ff"), 1) == []


def test_texts_are_cleaned():
    (change,) = followed(lambda text: text.upper()).fold(samples("f"), [rule(0)], at(0), at(0))
    assert (change.rule, change.instance) == ("SLOW", "JOB=SHOP")


def test_of_two_rules_of_one_name_the_slower_one_ends_an_alert():
    history = followed()
    rules = [rule(9, 1.0), rule(3, 5.0)]
    assert told(history, samples("f"), 9, rules) == [(FIRING, 0)]
    assert told(history, samples("f"), 9, [rule(9, 1.0), rule(8, 5.0)]) == [(INACTIVE, 5)]


def test_alerts_that_ended_long_ago_are_forgotten():
    history = followed()
    assert told(history, samples("f", {0: 0}), 10) == [(FIRING, 0), (INACTIVE, 1)]
    assert told(history, [], 3700) == []
    assert history._followed == {}


def test_more_alerts_than_anybody_can_follow_are_refused():
    series = [samples("f", job=str(number))[0] for number in range(alert_history._MOST_FOLLOWED + 1)]
    with pytest.raises(BadAnswer, match="narrow them down"):
        followed().fold(series, [rule(0)], at(0), at(0))


EPISODES = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 3), st.integers(1, 6)), max_size=5)


@given(EPISODES, st.lists(st.integers(1, 9), min_size=1))
def test_however_often_one_looks_the_same_is_told(episodes, steps):
    """Each episode is a calm, a time pending and a time firing; the oracle adds them up."""
    states, active, expected = "", {}, []
    for calm, pending, firing in episodes:
        states += " " * calm
        begin = len(states)
        if pending:
            expected.append((PENDING, begin))
        expected += [(FIRING, begin + pending), (INACTIVE, begin + pending + firing)]
        states += "p" * pending + "f" * firing
        active |= dict.fromkeys(range(begin, len(states)), begin)
    end = len(states) + 3
    history, changes, now, looks = followed(), [], 0, 0
    while now < end:
        now = min(now + steps[looks % len(steps)], end)
        looks += 1
        visible = states[: now + 1]
        changes += told(history, samples(visible, active), now, [rule(now)])
    assert changes == expected
