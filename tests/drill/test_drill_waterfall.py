"""The time to detect, split into parts that add up to it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from story import alert, at, by_the_book, by_time, clock, mark, with_settings

from chaos_pizza.drill.result import judge
from chaos_pizza.model.alert import AlertRule, AlertSource, AlertState, Operator
from chaos_pizza.model.alert_event import AlertChanged, AlertRuleDescribed, NotificationReceived, SeriesScraped
from chaos_pizza.model.detection import PartName
from chaos_pizza.model.incident import MarkKind, Peer
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import InstantName
from chaos_pizza.model.settings import DetectionSettings

PENDING, FIRING = AlertState.PENDING, AlertState.FIRING
SHOP, MANAGER, PROMETHEUS = AlertSource.SHOP_METRICS, AlertSource.ALERTMANAGER, AlertSource.PROMETHEUS
FAILED = 'pizza_purchases_total{outcome="failed"}'
RULE = AlertRule("failed-purchases", "pizza_purchases_total", Operator.AT_LEAST, 2, 60, {"outcome": "failed"}, for_s=2)


def scrapes(source=SHOP, ahead=0.0, peer=None, key=FAILED):
    """One a second from 1.5 on: nothing failed until 9.5, then 1 at 10.5 and 3 at 11.5."""
    shown = [(float(n) + 0.5, {}) for n in range(2, 10)]
    shown = [(1.5, {key: 0.0}), *shown, (10.5, {key: 1.0}), (11.5, {key: 3.0})]
    return [(second, SeriesScraped(source, at(second + ahead), values, (), peer)) for second, values in shown]


def judged(*more, drop=(), rules=(RULE,)):
    told = [(second, event) for second, event in by_the_book() if not isinstance(event, drop)]
    told[0] = (0.0, with_settings(told[0][1], detection=DetectionSettings(rules=rules)))
    return judge(by_time([*told, *more]))


def parts_of(result, *, within=True):
    return {part.name: part for part in result.waterfall if part.within_ttd is within}


def ends_of(result):
    """When each part ended, in seconds after the first failed purchase."""
    ends, at_s = {}, 0.0
    for part in result.waterfall:
        if part.name is not PartName.IMPACT_DELAY:
            at_s += part.took.value
            ends[part.name] = pytest.approx(at_s)
    return ends


def test_from_scrapes_every_part_is_measured():
    """Failing from 10.05 (10.0 to 10.1); first scraped at 10.5, two failures at 11.5, pending at 12, firing at 14."""
    result = judged(*scrapes())
    parts = parts_of(result)
    assert list(parts) == [PartName.IMPACT_DELAY, PartName.SCRAPE, PartName.WINDOW, PartName.EVALUATION, PartName.FOR]
    assert parts[PartName.WINDOW].took.value == pytest.approx(1.0)
    assert parts[PartName.EVALUATION].took.value == pytest.approx(0.5)
    assert parts[PartName.FOR].took.value == pytest.approx(2.0)
    assert all(part.measured for part in parts.values())


def test_no_scrape_took_longer_than_its_interval():
    """Failing from 10.05, first shown at 11.5: what is read every second can't have moved before 10.5."""
    result = judged(*(pair for pair in scrapes() if pair[0] != 10.5))
    parts, begun = parts_of(result), result.timeline.instants[InstantName.FAULT_START].when.midpoint
    scrape, delay = parts[PartName.SCRAPE], parts[PartName.IMPACT_DELAY]
    assert (scrape.took.earliest, scrape.took.value, scrape.took.latest) == (0.0, pytest.approx(1.0), 1.0)
    assert delay.took.value == pytest.approx((at(10.5) - begun).total_seconds())
    assert delay.took.latest >= (at(11.5) - begun).total_seconds()
    assert (delay.measured, scrape.measured, parts[PartName.EVALUATION].measured) == (False, False, True)
    assert sum(part.took.value for part in parts.values()) == pytest.approx(result.measures[MeasureName.TTD].value)


def test_a_scrape_within_its_interval_is_not_bounded_beyond_it():
    assert parts_of(judged(*scrapes()))[PartName.SCRAPE].took.latest <= 1.0


def test_the_parts_add_up_to_the_time_to_detect():
    for result in (judged(*scrapes()), judged(), judged(rules=())):
        ttd = result.measures[MeasureName.TTD]
        total_s = sum(part.took.value for part in parts_of(result).values())
        assert total_s == pytest.approx(ttd.value, abs=1e-6)
        assert ttd.earliest <= total_s <= ttd.latest


def test_without_scrapes_their_parts_are_computed_from_the_settings():
    """Half of each interval of 1 s is the guess: the scrape after 0.5 s, the evaluation 0.5 s before pending."""
    parts = parts_of(judged())
    assert (parts[PartName.SCRAPE].measured, parts[PartName.EVALUATION].measured) == (False, False)
    assert parts[PartName.EVALUATION].took.value == pytest.approx(0.5)
    assert parts[PartName.SCRAPE].took.latest >= 1.0
    assert parts[PartName.FOR].measured


def test_what_a_person_noticed_first_was_their_own_reaction():
    parts = parts_of(judged(*[(10.9, mark(10.9, MarkKind.NOTICED))]))
    assert list(parts) == [PartName.IMPACT_DELAY, PartName.REACTION]


def test_what_a_person_noticed_before_a_purchase_failed_waited_for_no_impact():
    result = judged(*[(9.85, mark(9.85, MarkKind.NOTICED))])  # the first is known to fail from 9.70 to 10.1
    (part,) = parts_of(result).values()
    assert (part.name, part.took.value) == (PartName.REACTION, pytest.approx(0.10))
    assert result.measures[MeasureName.IMPACT_DELAY].value == pytest.approx(0.15)


def test_undetected_there_is_nothing_to_split():
    assert judged(drop=(AlertChanged, type(mark(1, MarkKind.NOTE)))).waterfall == ()


def team_alert(second=14.0):
    """Prometheus is 90 s ahead; Alertmanager names no pending state, and says what it waits."""
    by_prometheus = AlertChanged(RULE.name, PROMETHEUS, PENDING, at(102), None, Peer.PROMETHEUS, at(12.2), "job=shop")
    fired_at = at(90 + second)
    by_manager = AlertChanged(RULE.name, MANAGER, FIRING, fired_at, None, Peer.ALERTMANAGER, at(14.3), "job=shop")
    return [
        (1.0, clock(1.0, 1.0, 91.0, 91.0, Peer.PROMETHEUS)),
        (1.0, AlertRuleDescribed(PROMETHEUS, "failed-purchases", 1.0, 1.0, 2.0)),
        (1.0, AlertRuleDescribed(MANAGER, "failed-purchases", group_wait_s=1.0)),
        (12.2, by_prometheus),
        (14.3, by_manager),
        (15.5, NotificationReceived(MANAGER, at(15.5), FIRING, ("failed-purchases",))),
    ]


def test_the_teams_alert_is_split_by_what_its_own_systems_show():
    key = 'pizza_purchases_total{job="shop",outcome="failed"}'
    result = judged(*team_alert(), *scrapes(PROMETHEUS, 90.0, Peer.PROMETHEUS, key), drop=(AlertChanged,))
    assert result.timeline.detected_by == "alert failed-purchases (Alertmanager)"
    parts = parts_of(result)
    assert parts[PartName.WINDOW].took.value == pytest.approx(1.0)
    assert parts[PartName.FOR].took.value == pytest.approx(2.0)
    assert all(part.measured for part in parts.values())
    later = parts_of(result, within=False)
    assert later[PartName.GROUP_WAIT].took.value == pytest.approx(1.0)
    assert later[PartName.NOTIFICATION].took.value == pytest.approx(0.5)
    assert later[PartName.REACTION].took.value == pytest.approx(0.5)


def test_the_drills_own_scrapes_do_not_date_a_teams_alert():
    """They are at other times than those of its Prometheus, which were not read."""
    result = judged(*team_alert(), *scrapes(), drop=(AlertChanged,))
    assert not parts_of(result)[PartName.WINDOW].measured


def test_where_no_interval_is_told_all_until_pending_is_the_windows():
    told = [pair for pair in team_alert() if not isinstance(pair[1], AlertRuleDescribed)]
    result = judged(*told, drop=(AlertChanged,), rules=())
    parts = parts_of(result)
    felt_at = result.timeline.instants[InstantName.FIRST_IMPACT].when.midpoint
    assert PartName.SCRAPE not in parts
    assert parts[PartName.WINDOW].took.value == pytest.approx((at(12.0) - felt_at).total_seconds())
    assert parts[PartName.EVALUATION].took.value == 0


def test_figures_of_another_job_do_not_count():
    key = 'pizza_purchases_total{job="elsewhere",outcome="failed"}'
    result = judged(*team_alert(), *scrapes(PROMETHEUS, 90.0, Peer.PROMETHEUS, key), drop=(AlertChanged,))
    assert not parts_of(result)[PartName.WINDOW].measured


def test_a_for_that_no_pending_state_shows_is_computed():
    told = [pair for pair in team_alert() if not (isinstance(pair[1], AlertChanged) and pair[1].state is PENDING)]
    held = parts_of(judged(*told, drop=(AlertChanged,)))[PartName.FOR]
    assert not held.measured
    assert held.took.earliest <= 2.0 <= held.took.latest


@given(
    pending=st.floats(9.0, 20.0),
    lasts=st.floats(0.0, 5.0),
    notified=st.floats(9.0, 40.0),
    acknowledged=st.floats(9.0, 40.0),
)
def test_whatever_the_order_no_part_is_negative_and_they_add_up(pending, lasts, notified, acknowledged):
    more = [
        (pending, alert(pending, PENDING)),
        (pending + lasts, alert(pending + lasts, FIRING)),
        (notified, NotificationReceived(MANAGER, at(notified), FIRING, ("failed-purchases",))),
        (acknowledged, mark(acknowledged, MarkKind.ACKNOWLEDGED)),
    ]
    result = judged(*more, *scrapes(), drop=(AlertChanged,))
    for part in result.waterfall:
        assert 0 <= part.took.earliest <= part.took.value <= part.took.latest
    ttd = result.measures[MeasureName.TTD]
    if ttd is not None and not ttd.censored:
        assert sum(part.took.value for part in parts_of(result).values()) == pytest.approx(ttd.value, abs=1e-5)


def test_a_rule_of_another_name_than_the_drills_is_split_by_its_description():
    told = [
        (second, replace(event, rule="theirs") if hasattr(event, "rule") else event) for second, event in team_alert()
    ]
    parts = parts_of(judged(*told, drop=(AlertChanged,)))
    assert not parts[PartName.WINDOW].measured
    assert parts[PartName.FOR].measured
