"""Notifications: each recorded with the moment it was here, and nothing that is sent can hurt the drill."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaos_pizza.live.webhook_receiver import LARGEST_BODY, WebhookReceiver
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import NotificationReceived
from chaos_pizza.monitoring.counting import Counting
from chaos_pizza.redaction import Redactor
from chaos_pizza.serving.servers import bind, url_of

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class SteppingClock:
    """Goes on by a second whenever it is asked."""

    def __init__(self):
        self.at = NOON

    def now(self):
        self.at += timedelta(seconds=1)
        return self.at


class StandingClock:
    def now(self):
        return NOON


def alert(name, status="firing", **labels):
    return {"status": status, "labels": {"alertname": name, **labels}, "annotations": {}, "startsAt": "2026-01-01"}


def of_alertmanager(*alerts, status="firing"):
    return {"version": "4", "receiver": "drill", "status": status, "alerts": list(alerts)}


class Taking:
    """A receiver at work, and what it has recorded."""

    def __init__(self, clock=None, counting=None, body_timeout_s=60.0, record=None):
        self.recorded = []
        self.listener = bind(0, "PIZZA_WEBHOOK_PORT")
        redactor = Redactor(["hush-hush"])
        self.receiver = WebhookReceiver(
            self.listener,
            clock or SteppingClock(),
            redactor,
            record or self.recorded.append,
            counting,
            body_timeout_s=body_timeout_s,
        )

    def while_running(self, work):
        async def working():
            running = asyncio.create_task(self.receiver.run())
            try:
                async with httpx.AsyncClient(base_url=url_of(self.listener), trust_env=False) as client:
                    return await work(client)
            finally:
                assert not running.done()
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
                self.listener.close()

        return asyncio.run(working())

    def post(self, *bodies, path="/", content_type="application/json"):
        """Post each body, as JSON but for bytes, and return the statuses of the answers."""

        async def posting(client):
            return [
                (
                    await client.post(
                        path,
                        content=body if isinstance(body, bytes) else json.dumps(body),
                        headers={"content-type": content_type},
                    )
                ).status_code
                for body in bodies
            ]

        return self.while_running(posting)


def test_a_notification_is_recorded_with_the_moment_all_of_it_was_here():
    taking = Taking()
    assert taking.post(of_alertmanager(alert("failed-purchases"), alert("revenue-down"))) == [200]
    first = NOON + timedelta(seconds=1)
    rules = ("failed-purchases", "revenue-down")
    assert taking.recorded == [NotificationReceived(AlertSource.ALERTMANAGER, first, AlertState.FIRING, rules)]


def test_a_body_that_comes_in_pieces_is_dated_by_its_last_piece():
    async def work(client):
        body = json.dumps(of_alertmanager(alert("failed-purchases"))).encode()
        host, port = taking.listener.getsockname()
        reader, writer = await asyncio.open_connection(host, port)
        head = (
            f"POST /hook HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body[:10])
        await asyncio.sleep(0.05)
        clock.at = NOON + timedelta(hours=1)
        writer.write(body[10:])
        status = await reader.readline()
        writer.close()
        await writer.wait_closed()
        return status

    clock = SteppingClock()
    taking = Taking(clock)
    assert b" 200 " in taking.while_running(work)
    assert [event.at for event in taking.recorded] == [NOON + timedelta(hours=1, seconds=1)]


def test_grafana_s_is_told_apart_and_any_path_will_do():
    taking = Taking()
    body = {"orgId": 1, "title": "[FIRING:1]", "state": "alerting", "status": "firing", "alerts": [alert("x")]}
    assert taking.post(body, path="/a/b?c=d", content_type="application/json; charset=utf-8") == [200]
    assert [event.source for event in taking.recorded] == [AlertSource.GRAFANA]


def test_a_resolved_notification_says_that_the_alert_is_inactive():
    taking = Taking()
    taking.post(of_alertmanager(alert("x", "resolved"), status="resolved"))
    assert [event.state for event in taking.recorded] == [AlertState.INACTIVE]


def test_of_alerts_that_do_not_count_nothing_is_recorded():
    taking = Taking(counting=Counting(("failed-purchases",), {"service": "shop"}))
    other = of_alertmanager(alert("disk-full", service="shop"), alert("failed-purchases", service="other"))
    ours = of_alertmanager(alert("disk-full"), alert("failed-purchases", service="shop"))
    assert taking.post(other, ours) == [200, 200]
    assert [event.rules for event in taking.recorded] == [("failed-purchases",)]


def test_what_is_recorded_of_names_is_bounded_and_holds_no_secret():
    taking = Taking()
    names = ["hush-hush\x1b[31m", "x" * 300, *(f"rule {number}" for number in range(200))]
    assert taking.post(of_alertmanager(*map(alert, names))) == [200]
    (event,) = taking.recorded
    assert len(event.rules) == 100
    assert event.rules[:3] == ("*** [31m", "x" * 200, "rule 0")


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"<html>", b"\xff\xfe", b"[" * 100_000, b'{"a": NaN}', b'{"a": 1e999}', b"9" * 5000),
        *({}, [], None, "firing", {"status": "firing"}, {"status": "firing", "version": "4", "alerts": []}),
        of_alertmanager({"status": "firing", "labels": {}}),
        of_alertmanager({"status": "firing"}),
        of_alertmanager({"status": [], "labels": {"alertname": "x"}}),
        of_alertmanager("x"),
    ],
)
def test_what_is_no_notification_is_refused(body):
    taking = Taking()
    assert taking.post(body) == [400]
    assert taking.recorded == []


def test_a_form_from_a_page_in_a_browser_is_refused():
    taking = Taking()
    body = json.dumps(of_alertmanager(alert("x"))).encode()
    assert taking.post(body, content_type="text/plain") == [415]
    assert taking.recorded == []


def test_only_what_is_posted_is_taken():
    statuses = Taking().while_running(lambda client: _statuses(client, "GET", "PUT", "DELETE"))
    assert statuses == [405, 405, 405]


async def _statuses(client, *methods):
    return [(await client.request(method, "/")).status_code for method in methods]


def test_a_notification_as_large_as_allowed_is_read_and_a_larger_one_refused():
    body = json.dumps(of_alertmanager(alert("x"))).encode()
    taking = Taking()
    assert taking.post(body.ljust(LARGEST_BODY), body.ljust(LARGEST_BODY + 1)) == [200, 413]
    assert len(taking.recorded) == 1


def test_a_size_that_is_only_announced_is_refused_at_once():
    async def work(_):
        reader, writer = await asyncio.open_connection(*taking.listener.getsockname())
        head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99999999999\r\n\r\n"
        writer.write(head)
        status = await asyncio.wait_for(reader.readline(), 60)
        writer.close()
        await writer.wait_closed()
        return status

    taking = Taking()
    assert b" 413 " in taking.while_running(work)


def test_a_body_that_never_comes_is_given_up():
    async def work(_):
        reader, writer = await asyncio.open_connection(*taking.listener.getsockname())
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{")
        status = await asyncio.wait_for(reader.readline(), 60)
        writer.close()
        await writer.wait_closed()
        return status

    taking = Taking(body_timeout_s=0.05)
    assert b" 408 " in taking.while_running(work)
    assert taking.recorded == []


def test_a_sender_who_breaks_off_leaves_the_receiver_at_work():
    async def work(client):
        _, writer = await asyncio.open_connection(*taking.listener.getsockname())
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{")
        await writer.drain()
        writer.transport.abort()
        return (await client.post("/", json=of_alertmanager(alert("x")))).status_code

    taking = Taking()
    assert taking.while_running(work) == 200
    assert len(taking.recorded) == 1


def test_a_flood_is_not_recorded_beyond_ten_a_second():
    taking = Taking(StandingClock())
    statuses = taking.post(*[of_alertmanager(alert("x"))] * 12)
    assert statuses == [200] * 10 + [429] * 2
    assert len(taking.recorded) == 10


def test_ten_a_second_are_recorded_however_long():
    taking = Taking(SteppingClock())
    assert set(taking.post(*[of_alertmanager(alert("x"))] * 15)) == {200}
    assert len(taking.recorded) == 15


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["status", "version", "alerts", "labels", "alertname", "orgId", "title", "state"])
            | st.text(max_size=5),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=10)
@given(
    st.lists(
        JSON
        | st.builds(
            lambda status, alerts: {"version": "4", "status": status, "alerts": alerts},
            st.sampled_from(["firing", "resolved"]) | JSON,
            st.lists(st.fixed_dictionaries({"status": st.just("firing") | JSON, "labels": JSON}), max_size=3) | JSON,
        ),
        max_size=20,
    )
)
def test_whatever_json_is_sent_gets_an_answer_that_is_no_fault_of_ours(bodies):
    taking = Taking()
    assert set(taking.post(*bodies)) <= {200, 400}
