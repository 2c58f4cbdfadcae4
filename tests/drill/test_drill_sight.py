"""What each alert rule saw of the fault."""

from dataclasses import replace

import pytest
from story import at, by_the_book, by_time, clock, with_settings

from chaos_pizza.drill.result import judge
from chaos_pizza.model.alert import AlertRule, AlertSource, Operator
from chaos_pizza.model.alert_event import AlertChanged, AlertingChosen, AlertSourceLost, SeriesScraped
from chaos_pizza.model.detection import Sight
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.settings import DetectionSettings

SHOP = AlertSource.SHOP_METRICS
FAILED = AlertRule("failed-purchases", "pizza_purchases_total", Operator.AT_LEAST, 2, 60, {"outcome": "failed"})
ERRORS = AlertRule("http-errors", "http_requests_total", Operator.AT_LEAST, 2, 60, {"status": "500"})
SALES = AlertRule("no-sales", "pizza_purchases_total", Operator.BELOW, 2, 5, {"outcome": "ok"})
MANY = AlertRule("many", "pizza_purchases_total", Operator.AT_LEAST, 20, 60, {"outcome": "failed"})
OK_KEY, FAILED_KEY = 'pizza_purchases_total{outcome="ok"}', 'pizza_purchases_total{outcome="failed"}'
ERRORS_KEY = 'http_requests_total{status="500"}'


def scraped(figures, seconds=range(1, 20), source=SHOP):
    return [(float(n), SeriesScraped(source, at(n), figures(n))) for n in seconds]


def sights(told, rules, chosen=(SHOP,)):
    drill = [pair for pair in by_the_book() if not isinstance(pair[1], AlertChanged)]
    drill[0] = (0.0, with_settings(drill[0][1], detection=DetectionSettings(rules=rules)))
    found = judge(by_time([*drill, (0.1, AlertingChosen(chosen)), *told])).sights
    return {sight.rule: sight.sight for sight in found}


def as_an_outage(n):
    """Sold two a second until 10; then two a second failed."""
    return {OK_KEY: 2.0 * min(n, 10), FAILED_KEY: 2.0 * max(0, n - 10)}


def as_bad_pizzas(n):
    """Sold on, as far as the shop can tell."""
    return {OK_KEY: 2.0 * n, FAILED_KEY: 0.0}


def test_a_rule_over_figures_that_never_moved_is_blind():
    """In by_the_book purchases fail from 10 on; these figures don't show it."""
    assert sights(scraped(as_bad_pizzas), (FAILED, SALES)) == {"failed-purchases": Sight.BLIND, "no-sales": Sight.BLIND}


def test_a_counter_that_was_never_raised_is_not_there_and_its_rule_is_blind():
    assert sights(scraped(as_bad_pizzas), (ERRORS,)) == {"http-errors": Sight.BLIND}


def test_a_rule_that_came_near_but_did_not_fire_is_not_blind():
    """In 9 s 18 failed, of 20 wanted; sales fell to none."""
    assert sights(scraped(as_an_outage), (MANY, SALES)) == {"many": Sight.MOVED, "no-sales": Sight.MOVED}


def test_a_rule_far_from_its_threshold_is_not_blind_if_its_figures_moved():
    """Two errors a second of 2,000 wanted: too loose, but it saw them."""
    rule = AlertRule("loose", "pizza_purchases_total", Operator.AT_LEAST, 2000, 60, {"outcome": "failed"})
    assert sights(scraped(as_an_outage), (rule,)) == {"loose": Sight.MOVED}


def test_errors_at_their_everyday_pace_are_no_sight_of_the_fault():
    assert sights(scraped(lambda n: {ERRORS_KEY: float(n)}), (ERRORS,)) == {"http-errors": Sight.BLIND}


def test_a_share_is_judged_as_a_share():
    """All that was tried failed from 10 on, though less was tried; with bad pizzas the share stays 0."""
    rule = AlertRule(
        "burn",
        "pizza_purchases_total",
        Operator.ABOVE,
        0.1,
        3600,
        {"outcome": "failed"},
        of_metric="pizza_purchases_total",
    )
    assert sights(scraped(as_an_outage), (rule,)) == {"burn": Sight.MOVED}
    assert sights(scraped(as_bad_pizzas), (rule,)) == {"burn": Sight.BLIND}


def test_a_counter_that_starts_anew_rose_by_what_it_shows():
    """Restarted at 12: 4 and then 2 a second; no less than before, so sales did not fall."""
    restarted = scraped(lambda n: {OK_KEY: 2.0 * n if n < 12 else 2.0 * (n - 10)})
    assert sights(restarted, (SALES,)) == {"no-sales": Sight.BLIND}


def test_without_figures_it_is_unknown():
    assert sights([], (FAILED,)) == {"failed-purchases": Sight.UNKNOWN}
    assert sights(scraped(as_an_outage, range(1, 9)), (FAILED,)) == {"failed-purchases": Sight.UNKNOWN}


def test_a_rule_that_fired_says_after_how_long():
    change = next(pair for pair in by_the_book() if isinstance(pair[1], AlertChanged))
    told = by_the_book()
    told[0] = (0.0, with_settings(told[0][1], detection=DetectionSettings(rules=(FAILED,))))
    found = judge(by_time([*told, (0.1, AlertingChosen((SHOP,)))])).sights
    assert change[1].rule == found[0].rule == "failed-purchases"
    assert found[0].sight is Sight.FIRED
    assert found[0].after.earliest <= 4.25 <= found[0].after.latest


def test_the_teams_rules_are_judged_by_what_their_prometheus_scraped():
    """Alertmanager says nothing of figures; Prometheus's scrapes do, else the drill's own of the shop."""
    chosen = (AlertSource.ALERTMANAGER,)
    assert sights(scraped(as_bad_pizzas), (FAILED,), chosen) == {"failed-purchases": Sight.BLIND}


def test_where_no_purchase_failed_there_was_nothing_to_see():
    drill = [pair for pair in by_the_book() if pair[0] < 9]
    assert judge(by_time(drill)).sights == ()


def test_each_job_of_a_prometheus_is_judged_by_itself_and_one_that_moved_is_enough():
    """The shop sells on as far as it can tell, fifty a second; the monitor's two a second fail from 10 on."""

    def figures(n):
        monitor = {
            'pizza_purchases_total{job="synthetic-monitor",outcome="ok"}': 2.0 * min(n, 10),
            'pizza_purchases_total{job="synthetic-monitor",outcome="failed"}': 2.0 * max(0, n - 10),
        }
        return {'pizza_purchases_total{job="shop",outcome="ok"}': 50.0 * n, **monitor}

    chosen = (AlertSource.ALERTMANAGER,)
    looks = [(0.5, clock(0.5, 0.5, 0.5, 0.5, Peer.PROMETHEUS))]
    told = [
        (at_s, replace(event, peer=Peer.PROMETHEUS)) for at_s, event in scraped(figures, source=AlertSource.PROMETHEUS)
    ]
    assert sights([*looks, *told], (SALES, ERRORS), chosen) == {"no-sales": Sight.MOVED, "http-errors": Sight.BLIND}


def test_scrapes_from_before_the_drill_bought_anything_are_no_day_as_usual():
    """Long nothing was sold, then two a second, and none from 10 on: that is a fall."""
    early = [(0.01, SeriesScraped(SHOP, at(-60 + n), {OK_KEY: 0.0})) for n in range(60)]
    assert sights([*early, *scraped(as_an_outage)], (SALES,)) == {"no-sales": Sight.MOVED}


@pytest.mark.parametrize("second", [9.0, 12.0])
def test_a_gap_in_the_scrapes_is_no_restart_of_the_counters(second):
    """Two errors a second as always, but for a second in which nobody could read them."""
    lost = (second, AlertSourceLost(SHOP, at(second), "timed out"))
    told = [pair for pair in scraped(lambda n: {ERRORS_KEY: 2.0 * n}) if pair[0] != second]
    assert sights([*told, lost], (ERRORS,)) == {"http-errors": Sight.BLIND}
