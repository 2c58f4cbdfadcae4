"""The way that purchases go: connections are kept, nothing is sent twice, and nothing of the machine's mixes in."""

import asyncio
import threading
from contextlib import suppress

import pytest

from chaos_pizza.clients.authorities import trusting_authorities
from chaos_pizza.clients.kept_connections import KEPT_S
from chaos_pizza.clients.late_caller import LateCaller
from chaos_pizza.clients.quick_caller import QuickCaller
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import BadAnswer, TimedOut, Unreachable
from chaos_pizza.redaction import Redactor, Secret
from chaos_pizza.wire.message import Request

from hostile_server import answer, says, whole_request  # isort: skip

ORDER = Request("POST", "/api/order", {"items": []}, Secret("t0ken-0123456789"))
KEPT = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: crumb=1; Path=/\r\n\r\n{}"


def with_caller(url, work):
    """Do asynchronous work with a caller and return what it returns."""

    async def opened():
        caller = QuickCaller("the shop", url, AnchoredClock(), Redactor())
        try:
            return await work(caller)
        finally:
            await caller.close()

    return asyncio.run(opened())


def stays_after(raw):
    """Answer once, and keep the connection until the client ends it."""

    def behave(connection, _):
        connection.sendall(raw)
        connection.recv(1)

    return behave


class Shop:
    """Answers any number of requests on every connection, then does as it was told."""

    def __init__(self, hostile, after=1, then=lambda _: None):
        self.seen = []
        self.connections = 0
        self.closed = threading.Event()
        self.after, self.then = after, then
        self.url = hostile(self.behave).url

    def behave(self, connection, _):
        self.connections += 1
        connection.sendall(KEPT)
        for _ in range(self.after - 1):
            self.seen.append(whole_request(connection))
            connection.sendall(KEPT)
        self.then(connection)
        connection.close()
        self.closed.set()


def test_a_connection_is_kept_for_the_next_purchase(hostile):
    shop = Shop(hostile, after=3)

    async def buy_thrice(caller):
        return [(await caller.exchange(ORDER, 60)).status for _ in range(3)]

    assert with_caller(shop.url, buy_thrice) == [200, 200, 200]
    assert (shop.connections, len(shop.seen)) == (1, 2)


@pytest.mark.parametrize("asked", [ORDER, Request("PUT", "/api/auth", {}), Request("GET", "/api/order/menu")])
def test_what_may_have_been_sent_is_never_sent_again(hostile, asked):
    """The second one is read and never answered; a client that means well would send it once more."""
    shop = Shop(hostile, then=lambda connection: shop.seen.append(whole_request(connection)))

    async def ask_twice(caller):
        await caller.exchange(asked, 60)
        with pytest.raises(Unreachable, match="broke the connection"):
            await caller.exchange(asked, 60)

    with_caller(shop.url, ask_twice)
    assert (shop.connections, len(shop.seen)) == (1, 1)


def test_a_connection_that_the_shop_has_closed_is_no_unreachable_shop(hostile):
    """The loop can't have heard of it: it does nothing else until the purchase is sent."""
    shop = Shop(hostile)

    async def buy_behind_the_loops_back(caller):
        await caller.exchange(ORDER, 60)
        assert shop.closed.wait(60)
        return await caller.exchange(ORDER, 60)

    assert with_caller(shop.url, buy_behind_the_loops_back).status == 200
    assert shop.connections == 2


def test_a_shop_that_says_more_than_it_was_asked_is_not_believed_on_that_connection(hostile):
    bought, said = threading.Event(), threading.Event()

    def say_more(connection):
        bought.wait(60)
        connection.sendall(answer(b'{"jwt": "of somebody else"}'))
        said.set()
        connection.recv(1)

    shop = Shop(hostile, then=say_more)

    async def buy(caller):
        await caller.exchange(ORDER, 60)
        bought.set()
        assert said.wait(60)
        return await caller.exchange(ORDER, 60)

    assert with_caller(shop.url, buy).body == {}
    assert shop.connections == 2


def test_a_connection_that_was_idle_for_long_is_not_used_again(hostile):
    """The service would close it any moment, and what is sent then may be lost."""
    shop = Shop(hostile, after=3)

    async def buy_after_a_lull(caller):
        await caller.exchange(ORDER, 5)
        (kept,) = caller._connections._free
        assert kept.until_s <= asyncio.get_running_loop().time() + KEPT_S
        kept.until_s -= KEPT_S
        return await caller.exchange(ORDER, 5)

    assert with_caller(shop.url, buy_after_a_lull).status == 200
    assert shop.connections == 2


def kept_after(shop, purchases=1):
    """For how many seconds each connection is kept after so many purchases at once, sooner first."""

    async def buy(caller):
        began_s = asyncio.get_running_loop().time()
        await asyncio.gather(*(caller.exchange(ORDER, 60) for _ in range(purchases)))
        ended_s = asyncio.get_running_loop().time()
        return [(kept.until_s - ended_s, kept.until_s - began_s) for kept in caller._connections._free]

    return with_caller(shop.url, buy)


@pytest.mark.parametrize(("said", "kept_s"), [("timeout=3", 2), ("timeout=5, max=9", 4), ("timeout=72", 4), ("", 4)])
def test_a_connection_is_kept_for_a_second_less_than_the_shop_says(hostile, said, kept_s):
    kept = KEPT.replace(b"\r\n\r\n", f"\r\nKeep-Alive: {said}\r\n\r\n".encode())
    ((at_most_s, at_least_s),) = kept_after(hostile(stays_after(kept)))
    assert at_most_s <= kept_s <= at_least_s


@pytest.mark.parametrize("said", ["timeout=1", "timeout=0"])
def test_a_connection_that_the_shop_hardly_keeps_is_not_kept(hostile, said):
    kept = KEPT.replace(b"\r\n\r\n", f"\r\nKeep-Alive: {said}\r\n\r\n".encode())
    assert kept_after(hostile(stays_after(kept))) == []


def test_whichever_connection_has_become_too_old_is_passed_over(hostile):
    """Each may be kept for another time, so that the one that was used last may be the first that is too old."""
    shop = hostile(stays_after(KEPT))

    async def buy_after_a_lull(caller):
        await asyncio.gather(*(caller.exchange(ORDER, 60) for _ in range(3)))
        first, second, third = caller._connections._free
        third.until_s -= KEPT_S
        taken = caller._connections.take()
        assert taken is second
        assert list(caller._connections._free) == [first]
        taken.abort()

    with_caller(shop.url, buy_after_a_lull)


@pytest.mark.parametrize("before", [0, 1], ids=["on a new connection", "on a kept one"])
def test_whoever_is_given_up_when_the_answer_is_there_leaves_the_connection_to_the_next(hostile, before):
    """The time-out of one and the next purchase may come in the very pass of the loop that brings the answer."""
    shop = Shop(hostile, after=before + 2)

    async def give_up_late(caller):
        keep, given_up, next_answers = caller._connections._keep, [], []

        def kept(connection):
            keep(connection)
            if given_up and not next_answers:
                given_up[0].cancel()
                next_answers.append(caller._connections.take().ask(caller._as_sent(ORDER)))

        caller._connections._keep = kept
        for _ in range(before):
            await caller.exchange(ORDER, 60)
        given_up.append(asyncio.create_task(caller.exchange(ORDER, 60)))
        with pytest.raises(asyncio.CancelledError):
            await given_up[0]
        return await next_answers[0]

    assert with_caller(shop.url, give_up_late).status == 200
    assert shop.connections == 1


def test_a_kept_connection_that_stays_silent_is_timed_out_and_not_used_again(hostile):
    shop = Shop(hostile, then=lambda connection: connection.recv(100_000) and shop.closed.wait(1))

    async def buy_thrice(caller):
        await caller.exchange(ORDER, 5)
        with pytest.raises(TimedOut, match=r"within 0\.1 s"):
            await caller.exchange(ORDER, 0.1)
        return await caller.exchange(ORDER, 5)

    assert with_caller(shop.url, buy_thrice).status == 200
    assert shop.connections == 2


def test_a_host_of_several_addresses_is_reached_by_the_one_that_answers(hostile):
    """The sandbox listens at 127.0.0.1 alone, and localhost is ::1 as well on most machines."""
    shop = Shop(hostile)
    url = shop.url.replace("127.0.0.1", "localhost")
    assert with_caller(url, lambda caller: caller.exchange(ORDER, 5)).status == 200


@pytest.mark.parametrize("path", ["/api/order/a b", "/api/order/\r\nX-Evil: 1", "/api/ä"])
def test_no_path_whatever_smuggles_a_header(hostile, path):
    shop = hostile(says(answer(b"{}")))
    with suppress(Unreachable):
        with_caller(shop.url, lambda caller: caller.exchange(Request("GET", path), 5))
    assert not any(line.startswith(b"X-Evil") for raw in shop.requests for line in raw.split(b"\r\n"))
    assert all(len(raw.split(b"\r\n")[0].split()) == 3 for raw in shop.requests)


def test_as_many_are_under_way_at_once_as_are_wanted(hostile):
    everybody = threading.Barrier(150)

    def behave(connection, closing):
        everybody.wait(60)
        connection.sendall(KEPT)

    async def buy_all(caller):
        return await asyncio.gather(*(caller.exchange(ORDER, 60) for _ in range(150)))

    assert {got.status for got in with_caller(hostile(behave).url, buy_all)} == {200}


def test_no_cookie_proxy_or_netrc_of_this_machine_goes_along(hostile, monkeypatch, tmp_path):
    shop, proxy = Shop(hostile, after=2), hostile(says(KEPT))
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password netrc-passw0rd\n")
    netrc.chmod(0o600)
    for name, value in {"NETRC": str(netrc), "HTTP_PROXY": proxy.url, "http_proxy": proxy.url}.items():
        monkeypatch.setenv(name, value)

    async def look_twice(caller):
        for _ in range(2):
            await caller.exchange(Request("GET", "/"), 60)

    with_caller(shop.url, look_twice)
    assert proxy.requests == []
    assert b"cookie" not in shop.seen[0].lower()
    assert b"authorization" not in shop.seen[0].lower()


def test_a_purchase_that_is_given_up_leaves_no_connection(hostile):
    ended = threading.Event()

    def behave(connection, closing):
        if connection.recv(1) == b"":
            ended.set()

    async def give_up(caller):
        buying = asyncio.create_task(caller.exchange(ORDER, 60))
        await asyncio.sleep(0.1)
        buying.cancel()
        await asyncio.gather(buying, return_exceptions=True)
        return await asyncio.to_thread(ended.wait, 5)

    assert with_caller(hostile(behave).url, give_up)


def test_whoever_gives_it_a_turn_gets_it_after_the_answer_and_before_its_reading(hostile):
    shop = Shop(hostile)
    waited = []

    async def buy(caller):
        async def turn():
            waited.append(caller._clock.now())
            await asyncio.sleep(0)

        return await caller.exchange(ORDER, 5, turn)

    got = with_caller(shop.url, buy)
    assert got.received_at <= waited[0]


def test_an_answer_without_a_length_is_read_to_its_end_and_bounded(hostile):
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 1_000_001

    async def buy(caller):
        return await caller.exchange(ORDER, 60)

    assert with_caller(hostile(says(chunked)).url, buy).body == {}
    assert with_caller(hostile(says(b"HTTP/1.1 200 OK\r\n\r\n{}")).url, buy).body == {}
    with pytest.raises(BadAnswer, match="over 1,000,000 bytes"):
        with_caller(hostile(says(endless)).url, buy)


def test_a_shop_that_stays_silent_over_tls_is_timed_out_all_the_same(hostile):
    async def buy(caller):
        return await caller.exchange(ORDER, 0.2)

    silent = hostile(lambda _, closing: closing.wait(5)).url.replace("http:", "https:")
    with pytest.raises(TimedOut, match=r"within 0\.2 s"):
        with_caller(silent, buy)


def test_a_late_caller_that_is_open_has_read_the_authorities_and_shares_them(hostile):
    async def open_two():
        callers = [LateCaller("the shop", "https://127.0.0.1:1", AnchoredClock(), Redactor()).open() for _ in range(2)]
        first, second = (vars(caller)["_door"]._context for caller in callers)
        assert first is second is trusting_authorities()

    asyncio.run(open_two())


def test_what_is_wrong_with_an_address_is_told_by_the_first_exchange_and_no_sooner():
    async def buy():
        late = LateCaller("the shop", "ftp://127.0.0.1", AnchoredClock(), Redactor())
        late.open()
        with pytest.raises(Unreachable, match="no http or https URL"):
            await late.exchange(ORDER, 60)
        await late.close()

    asyncio.run(buy())


def test_all_connections_read_to_one_place(hostile):
    shop = hostile(stays_after(KEPT))

    async def buy_two(caller):
        await asyncio.gather(*(caller.exchange(ORDER, 60) for _ in range(2)))
        first, second = caller._connections._free
        return first.get_buffer(-1) is second.get_buffer(-1)

    assert with_caller(shop.url, buy_two)


def test_a_late_caller_opens_when_it_is_needed_and_closes_once(hostile):
    shop = Shop(hostile)

    async def buy():
        late = LateCaller("the shop", shop.url, AnchoredClock(), Redactor())
        await late.close()
        assert late.open() is late.open()
        got = await late.exchange(ORDER, 60)
        await late.close()
        await late.close()
        return got

    assert asyncio.run(buy()).status == 200
