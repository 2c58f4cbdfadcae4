"""Stop conditions on a real sandbox: each holds when it should, and says why."""

import asyncio
import re
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chaos_pizza.alerting.exposition import read_exposition, series_key
from chaos_pizza.live.stop_watch import StopWatch
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertChanged
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.purchase import Outcome, Sample
from chaos_pizza.model.settings import DrillSettings, FaultKind, StopConditions
from chaos_pizza.stop_file import request_stop
from chaos_pizza.traffic.buyer import open_buyer

LOOKS = series_key("http_requests_total", method="GET", route="/metrics", status="200")
SETTINGS = DrillSettings(FaultKind.FAIL)


@pytest.fixture
def watching(scene, tmp_path):
    """Watch some conditions until one holds, or there was `enough`, and return the reasons given."""

    def watch(work=None, timeout_s=60.0, changes=None, enough=lambda: False, **conditions):
        settings = replace(SETTINGS, stop=StopConditions(**conditions))

        async def within(services):
            reasons, stopped = [], asyncio.Event()

            def stop(reason):
                reasons.append(reason)
                stopped.set()

            stop_watch = StopWatch(settings, tmp_path, services, stop)
            running = asyncio.create_task(stop_watch.run())
            done = asyncio.create_task(work(services, stop_watch)) if work else None
            try:
                async with asyncio.timeout(timeout_s):
                    while not (stopped.is_set() or enough()):  # noqa: ASYNC110 - others than this loop tell what is enough
                        await asyncio.sleep(0.05)
            except TimeoutError:
                pass
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
                if done:
                    await done
            return reasons

        return scene.play(within, **(changes or {}))

    return watch


@pytest.fixture
def page():
    """A small server; what it answers is in `page.status`."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.paths.append(self.path)
            self.send_response(self.server.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        server.status, server.paths = 200, []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def url_of(page, path="/health"):
    return f"http://127.0.0.1:{page.server_port}{path}"


def test_without_conditions_nothing_stops_a_drill(watching, tmp_path):
    assert watching(timeout_s=0.6) == []


def test_somebody_asks_for_it(watching, tmp_path):
    request_stop(tmp_path, "the till is closed")
    assert watching() == ["stopped by hand: the till is closed"]


def test_a_file_is_there(watching, tmp_path):
    path = tmp_path / "no drills today"
    path.touch()
    assert watching(file=str(path)) == [f"the file {path} is there"]


def test_an_alert_fires_that_must_not(watching):
    async def alerts(services, stop_watch):
        now = services.clock.now()
        for rule, state in (("mine", AlertState.PENDING), ("other", AlertState.FIRING), ("mine", AlertState.FIRING)):
            stop_watch.hear(AlertChanged(rule, AlertSource.SHOP_METRICS, state, now, 1.0))

    assert watching(alerts, alerts=("mine",)) == ["alert mine fires, which must not"]


def test_purchases_fail_for_too_long(watching):
    async def fail(services, stop_watch):
        now = services.clock.now()
        stop_watch.hear(PurchasesObserved((Sample(0, 0, now, now, now, Outcome.FAILED, 500, None, 0.01),)))

    (reason,) = watching(fail, greatest_impact_s=0.5)
    told = re.fullmatch(r"purchases have failed for (\d+\.\d) s, longer than the 0\.5 s allowed", reason)
    assert float(told[1]) >= 0.5


def test_a_url_that_answers_is_asked_again_and_again_and_one_that_stops_to_ends_it(watching, page):
    assert watching(url=url_of(page), url_interval_s=0.25, enough=lambda: len(page.paths) >= 3) == []
    assert set(page.paths) == {"/health"}
    page.status = 503
    assert watching(url=url_of(page), url_interval_s=0.25) == [f"{url_of(page)} stopped answering 2xx (503)"]


def test_a_redirect_is_no_2xx_and_is_not_followed(watching, page):
    page.status = 302
    assert watching(url=url_of(page, "/"), url_interval_s=0.25) == [f"{url_of(page, '/')} stopped answering 2xx (302)"]
    assert page.paths == ["/", "/", "/"]


def test_a_url_that_nobody_answers_stops_it(watching, nowhere):
    (reason,) = watching(url=nowhere, url_interval_s=0.25)
    assert reason.startswith(f"{nowhere} stopped answering 2xx (")


async def somebody_else_scraped(services):
    """Wait until the shop has counted more looks at its metrics than those of this very function."""
    looks, mine = 0, 0
    while mine == 0 or looks < mine:
        shown = read_exposition(await services.metrics.text("", 5.0))
        looks, mine = shown.get(LOOKS, 0), mine + 1
        await asyncio.sleep(0.05)


def failing_orders(count, of_the_drill):
    """The factory fails, and somebody buys: the drill itself, or another diner whose failures it does not see."""

    async def work(services, stop_watch):
        if not of_the_drill:
            services.shop.on_failed_order = lambda _: None
        buyer = await open_buyer(services, 1, "diner")
        await services.factory.schedule_chaos("fail")
        await somebody_else_scraped(services)
        for _ in range(count):
            bought = await buyer.buy(0, buyer.menu[:1], 2.0, 5.0)
            assert bought.classified.outcome is Outcome.FAILED

    return work


def test_purchases_of_real_diners_fail(watching):
    reasons = watching(failing_orders(3, of_the_drill=False), failed_real_purchases=2)
    assert reasons == ["3 purchases of real diners failed, more than the 2 allowed"]


def test_the_drills_own_failures_are_not_those_of_real_diners(watching):
    assert watching(failing_orders(5, of_the_drill=True), failed_real_purchases=0, timeout_s=5) == []


def test_a_shop_without_metrics_stops_it_at_once(watching, page):
    (reason,) = watching(failed_real_purchases=2, changes={"metrics_url": ""})
    assert reason == (
        "whether purchases of real diners fail is unknown, since the shop has no address for its metrics; "
        "set PIZZA_METRICS_URL"
    )
    (reason,) = watching(failed_real_purchases=2, changes={"metrics_url": url_of(page)})
    assert reason.endswith("since the shop's metrics don't show pizza_purchases_total")


def test_metrics_that_are_lost_in_mid_drill_stop_it_after_three_scrapes(watching, scene, page):
    async def lose(services, stop_watch):
        await somebody_else_scraped(services)
        services.metrics.base_url = url_of(page)
        page.status = 500

    reasons = watching(lose, failed_real_purchases=2)
    assert len(reasons) == 1
    assert "answered 500" in reasons[0]
    assert page.paths == ["/health"] * 3
