"""Buys at a sandbox as fast as it sells, over connections that are kept busy: `sandbox_buyer.py SECONDS [awake]`.

It is told where by the sandbox's own `PIZZA_…` variables, and prints one line of JSON. To cost less than the sandbox it
sends the same bytes for every purchase and looks at the answers by one regular expression; a pizza in a thousand is
proven by the factory's public key once time is up.

That leaves it asleep nearly all of the time, and the system charges it to who writes an answer that somebody has to be
woken for it: on a virtual machine a tenth of a purchase. With `awake` it doesn't sleep, as those do not who are kept
busy by buying.
"""

import asyncio
import json
import os
import re
import sys
import time
import urllib.request

import uvloop
from joserfc import jws
from joserfc.jwk import KeySet

CONNECTIONS = 32
ORDER = b'{"franchiseId":1,"storeId":1,"items":[{"menuId":1,"description":"Veggie","price":0.0038}]}'
_ANSWER = re.compile(
    rb"HTTP/1\.1 200 OK\r\n(?:[^\r]+\r\n)+\r\n"
    rb'\{"order":\{[^}]+\}\],"id":\d+\},"jwt":"(eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{342})"\}'
)


class Buyer(asyncio.Protocol):
    """Buys one pizza after the other over one connection, as long as its turn to buy comes."""

    def __init__(self, request: bytes, turns: "Turns") -> None:
        self._request = request
        self._turns = turns
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        answer = _ANSWER.fullmatch(self._answer)
        if answer is not None:
            self._answer = b""
            self._turns.bought(answer[1])
            self._next()
        elif self._answer[9:12] not in {b"", b"200"}:
            self._turns.give_up(self._answer)

    def connection_lost(self, _: Exception | None) -> None:
        if not self._turns.all_bought.done():
            self._turns.give_up(b"a connection was closed")

    def _next(self) -> None:
        if self._turns.take():
            self._transport.write(self._request)
        else:
            self._turns.look()


class Turns:
    """Until when there is buying, and what was bought."""

    def __init__(self, seconds: float) -> None:
        self.all_bought = asyncio.get_running_loop().create_future()
        self.tasted: list[str] = []
        self.made = 0
        self._under_way = 0
        self._until_s = time.monotonic() + seconds

    def take(self) -> bool:
        if time.monotonic() > self._until_s:
            return False
        self._under_way += 1
        return True

    def bought(self, jwt: bytes) -> None:
        if self.made % 1000 == 0:
            self.tasted.append(jwt.decode())
        self.made += 1
        self._under_way -= 1

    def look(self) -> None:
        if not self._under_way and not self.all_bought.done():
            self.all_bought.set_result(None)

    def give_up(self, said: bytes) -> None:
        if not self.all_bought.done():
            self.all_bought.set_exception(AssertionError(said[:300]))


def call(url: str, method: str = "GET", body: object = None) -> bytes:
    """One exchange, past any proxy of the machine's."""
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, content, {"Content-Type": "application/json"}, method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
        return answer.read()


def order_of(environment: dict[str, str]) -> bytes:
    """The bytes of a purchase by the sandbox's own diner."""
    known = {"email": environment["PIZZA_DINER_EMAIL"], "password": environment["PIZZA_DINER_PASSWORD"]}
    token = json.loads(call(environment["PIZZA_SHOP_URL"] + "/api/auth", "PUT", known))["token"]
    return purchase_of(environment["PIZZA_SHOP_URL"].removeprefix("http://"), token)


def purchase_of(host: str, token: str) -> bytes:
    """The bytes of a purchase."""
    lines = ["POST /api/order HTTP/1.1", f"Host: {host}", "Content-Type: application/json"]
    lines += [f"Authorization: Bearer {token}", f"Content-Length: {len(ORDER)}", "\r\n"]
    return "\r\n".join(lines).encode() + ORDER


async def buy(request: bytes, port: int, seconds: float, *, awake: bool) -> Turns:
    """Buy for so long, and until what is under way has come."""
    loop, turns = asyncio.get_running_loop(), Turns(seconds)
    for _ in range(CONNECTIONS):
        await loop.create_connection(lambda: Buyer(request, turns), "127.0.0.1", port)
    while awake and not turns.all_bought.done():  # noqa: ASYNC110 - not to sleep is what is asked for
        await asyncio.sleep(0)
    await turns.all_bought
    return turns


def main() -> None:
    seconds, awake, shop = float(sys.argv[1]), sys.argv[2:] == ["awake"], os.environ["PIZZA_SHOP_URL"]
    request, port = order_of(dict(os.environ)), int(shop.rpartition(":")[2])
    begun_s, begun_cpu_s = time.monotonic(), time.process_time()
    turns = uvloop.run(buy(request, port, seconds, awake=awake))
    took_s, cpu_s = time.monotonic() - begun_s, time.process_time() - begun_cpu_s
    keys = KeySet.import_key_set(json.loads(call(os.environ["PIZZA_FACTORY_URL"] + "/.well-known/jwks.json")))
    registry = jws.JWSRegistry(algorithms=["RS256"], strict_check_header=False)
    for jwt in turns.tasted:
        jws.deserialize_compact(jwt, keys, registry=registry)  # raises where it isn't one
    print(json.dumps({"bought": turns.made, "took_s": took_s, "cpu_s": cpu_s, "proven": len(turns.tasted)}))


if __name__ == "__main__":
    main()
