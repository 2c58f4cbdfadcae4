"""A watch on a sandbox: everything that alerts are raised from is kept, and what alerts is counted."""

import asyncio
import itertools
import socket
from datetime import UTC, datetime, timedelta

import pytest

from chaos_pizza.alerting.exposition import series_key
from chaos_pizza.alerting.scrapes import recorded_scrapes
from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import ExperimentError, ServiceError, UsageError
from chaos_pizza.journal.rotation import Keeping, read_segment, segments_of
from chaos_pizza.live.watching import Watch, WatchOrder, check_meant, status_line, watch_settings
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.alert_event import AlertChanged, AlertingChosen
from chaos_pizza.model.event import DrillEnded, DrillStarted, PurchasesObserved, VendorSeen
from chaos_pizza.model.purchase import Outcome, Sample
from chaos_pizza.model.settings import DetectionFrom, FaultKind
from chaos_pizza.model.target import Target

OK = series_key("pizza_purchases_total", outcome="ok")
MONITOR, SHOP = AlertSource.SYNTHETIC_MONITOR, AlertSource.SHOP_METRICS


def target_of(scene, **changes):
    fields = Target.of_environment("sandbox", scene.sandbox.environment).to_fields()
    return Target.of_fields("sandbox", {**fields, "diner_email": "", **changes})


def order_of(scene, reports, lasts_s=None, keeping=None, **changes):
    target = target_of(scene, **changes)
    return WatchOrder(target, watch_settings(target, 20, 0.25, {}), reports, lasts_s, keeping or Keeping())


def watched(order, meanwhile=lambda _: None):
    """A watch that was held; `meanwhile` is called once everybody is at work."""

    async def hold():
        watch = Watch(order, AnchoredClock())
        await watch.hold(lambda: meanwhile(watch))
        return watch

    return asyncio.run(hold())


def records_of(watch):
    contents = [read_segment(path) for path in segments_of(watch.folder)]
    assert [(each.complaint, each.cut) for each in contents] == [(None, False)] * len(contents)
    return [each.records for each in contents]


def leave_once(holds):
    """For `watched`: leave as soon as something holds of what was recorded so far."""

    async def leave(watch):
        while not holds(watch, _recorded_so_far(watch)):  # noqa: ASYNC110 - the watch tells nobody what it records
            await asyncio.sleep(0.05)
        watch.leave()

    tasks = []
    return lambda watch: tasks.append(asyncio.create_task(leave(watch)))


def _recorded_so_far(watch):
    return [record for path in segments_of(watch.folder) for record in read_segment(path).records]


def both_count_purchases(_, records):
    return {scrape.source for scrape in recorded_scrapes(records) if scrape.series.get(OK, 0)} == {MONITOR, SHOP}


def two_alerts_fired(watch, _):
    return watch.alerts >= 2


def test_a_calm_watch_keeps_the_figures_and_no_good_purchase(scene, tmp_path):
    watch = watched(order_of(scene, tmp_path, lasts_s=60), leave_once(both_count_purchases))
    (records,) = records_of(watch)
    events = [record.event for record in records]
    assert isinstance(events[0], DrillStarted)
    assert (events[0].experiment, events[0].settings.fault, events[0].target) == ("watch", FaultKind.NONE, "sandbox")
    assert AlertingChosen((SHOP, MONITOR)) in events
    assert events[-1].toolkit_status == "ended"
    assert {event.samples for event in events if isinstance(event, PurchasesObserved)} == {()}
    for source in (MONITOR, SHOP):
        scrapes = [scrape for scrape in recorded_scrapes(records) if scrape.source is source]
        counted = [scrape.series[OK] for scrape in scrapes]
        assert counted == sorted(counted)
        assert counted[-1] > 0
    assert (watch.purchases.failed, watch.alerts, watch.failure) == (0, 0, None)
    assert watch.folder.parent == tmp_path / "watch"


def test_failures_are_written_and_what_fires_is_counted_and_the_factory_s_word_is_there(scene, tmp_path):
    """Chaos that is on already is no reason not to watch: its stretch can be left out afterwards."""
    scene.play(lambda services: services.factory.schedule_chaos("fail"))
    watch = watched(order_of(scene, tmp_path, lasts_s=60), leave_once(two_alerts_fired))
    (records,) = records_of(watch)
    events = [record.event for record in records]
    samples = [sample for event in events if isinstance(event, PurchasesObserved) for sample in event.samples]
    assert {sample.outcome for sample in samples} == {Outcome.FAILED}
    assert len(samples) == watch.purchases.failed - watch.purchases.unlisted > 0
    assert [event.chaos.type for event in events if isinstance(event, VendorSeen)] == ["fail"]
    fired = [(event.rule, event.source) for event in events if isinstance(event, AlertChanged)]
    assert ("failed-purchases", MONITOR) in fired
    assert watch.alerts == len(
        [event for event in events if isinstance(event, AlertChanged) and event.state == "firing"]
    )
    assert watch.alerts >= 2


def test_every_segment_of_a_watch_begins_with_everything(scene, tmp_path):
    keeping = Keeping(segment=timedelta(seconds=0.5))
    segments = records_of(watched(order_of(scene, tmp_path, lasts_s=1.4, keeping=keeping)))
    assert len(segments) >= 2
    for records in segments:
        events = [record.event for record in records]
        assert isinstance(events[0], DrillStarted)
        assert isinstance(events[-1], DrillEnded)
        assert any(isinstance(event, VendorSeen) for event in events)
        # A segment may be over before a source was scraped in it.
        first = {scrape.source: scrape for scrape in reversed(list(recorded_scrapes(records)))}
        assert all(OK in scrape.series for scrape in first.values())
    totals = [scrape.series[OK] for scrape in recorded_scrapes(itertools.chain(*segments)) if scrape.source is MONITOR]
    assert totals == sorted(totals)


def test_who_is_told_to_leave_leaves(scene, tmp_path):
    watch = watched(order_of(scene, tmp_path), lambda watch: watch.leave())
    assert (watch.failure, len(segments_of(watch.folder))) == (None, 1)


def test_a_stop_file_ends_a_watch(scene, tmp_path):
    watch = watched(order_of(scene, tmp_path), lambda watch: (watch.folder / "STOP").touch())
    assert watch.failure is None


def test_a_record_that_can_not_be_written_ends_the_watch_and_says_why(scene, tmp_path):
    keeping = Keeping(segment=timedelta(seconds=0.4))
    order = order_of(scene, tmp_path, keeping=keeping)
    watch = watched(order, lambda watch: (watch.folder / "journal-000002.jsonl").touch())
    assert "can't be created: File exists" in watch.failure


def test_a_shop_that_rejects_everything_ends_the_watch_and_says_so(scene, tmp_path):
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    rejected = Sample(0, 0, now, now, now, Outcome.REJECTED, 401, None, 0.1)
    watch = watched(order_of(scene, tmp_path), lambda watch: watch._record(PurchasesObserved((rejected,) * 50)))
    assert "the shop has rejected the last 50 purchases" in watch.failure


def test_a_shop_out_of_reach_refuses_a_watch_and_nothing_is_left(scene, tmp_path, nowhere):
    with pytest.raises(ServiceError):
        watched(order_of(scene, tmp_path, shop_url=nowhere))
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port_refuses_a_watch_and_names_its_variable(scene, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(UsageError, match=f"port {port} is already in use; choose another with PIZZA_MONITOR_PORT"):
            watched(order_of(scene, tmp_path, monitor_port=port))
    assert list(tmp_path.iterdir()) == []


def plain_target(**changes):
    fields = {"shop_url": "http://127.0.0.1:1", "factory_url": "http://127.0.0.1:2", "vendor_key": "key-of-vendor"}
    return Target.of_fields("env", {**fields, **changes})


@pytest.mark.parametrize(
    ("changes", "source"),
    [
        ({}, DetectionFrom.SYNTHETIC_MONITOR),
        ({"metrics_url": "http://127.0.0.1:1/metrics"}, DetectionFrom.BOTH),
        ({"prometheus_url": "http://127.0.0.1:9090"}, DetectionFrom.AUTO),
    ],
)
def test_the_shipped_rules_are_watched_wherever_there_is_something_to_read(changes, source):
    settings = watch_settings(plain_target(**changes), 0.2, 15, {})
    assert settings.detection.source is source
    assert settings.detection.rules == tuple(shipped_rules().values())
    assert (settings.traffic.rate_per_s, settings.detection.scrape_interval_s) == (0.2, 15)


def test_what_the_team_says_of_its_alerting_goes_before():
    settings = watch_settings(plain_target(), 0.2, 15, {"alert_labels": {"team": "pizza"}, "rules": ["bad-pizzas"]})
    assert settings.detection.alert_labels == {"team": "pizza"}
    assert [rule.name for rule in settings.detection.rules] == ["bad-pizzas"]
    with pytest.raises(ExperimentError, match="no alert rule is called 'x'"):
        watch_settings(plain_target(), 0.2, 15, {"rules": ["x"]})


def test_buying_in_public_has_to_be_meant():
    public = plain_target(factory_url="https://pizza-factory.cs329.click")
    with pytest.raises(UsageError, match="chaos-pizza watch --production"):
        check_meant(public, production=False)
    check_meant(public, production=True)
    check_meant(plain_target(), production=False)


def test_how_a_watch_goes_is_told_in_a_line():
    watch = Watch(WatchOrder(plain_target(), watch_settings(plain_target(), 1, 1, {}), None), AnchoredClock())
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert status_line(watch, now) == "2026-01-01 12:00:00Z  0 purchases, 0 failed; 0 alerts fired; nothing recorded"
    watch.purchases.ended, watch.purchases.rejected, watch.purchases.dropped, watch.alerts = 7, 2, 1, 1
    assert status_line(watch, now) == (
        "2026-01-01 12:00:00Z  7 purchases, 0 failed, 2 rejected, 1 dropped; 1 alert fired; nothing recorded"
    )
