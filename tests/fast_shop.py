"""A shop that does next to nothing, in a process of its own: every purchase gets the same pizza, really signed.

    python fast_shop.py [HOLD]

It prints the URL at which it is shop and factory in one, and ends with its standard input. The first HOLD orders are
answered all at once, when so many are there.
"""

import asyncio
import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import uvloop
from joserfc import jws
from joserfc.jwk import RSAKey

ITEMS = [{"menuId": 1, "description": "Veggie", "price": 0.0038}] * 2
ORDER = {"franchiseId": 1, "storeId": 1, "items": ITEMS, "id": 7}
DINER = {"id": 1, "name": "drill", "email": "drill@chaos-pizza.invalid"}


def answers():
    """Every answer, by method and path, as bytes."""
    key = RSAKey.generate_key(2048, {"kid": "fast", "use": "sig"})
    header = {"alg": "RS256", "kid": "fast", "iat": 1, "exp": 2**40, "iss": "cs329.click"}
    payload = json.dumps({"vendor": {"id": "fast", "name": "Fast"}, "diner": DINER, "order": ORDER})
    jwt = jws.serialize_compact(header, payload, key, registry=jws.JWSRegistry(strict_check_header=False))
    told = {
        b"POST /api/order": {"order": ORDER, "jwt": jwt},
        b"POST /api/order/verify": {"message": "valid", "payload": {}},
        b"POST /api/auth": {"user": {**DINER, "roles": [{"role": "diner"}]}, "token": "token-0123456789"},
        b"PUT /api/auth": {"user": {**DINER, "roles": [{"role": "diner"}]}, "token": "token-0123456789"},
        b"GET /api/order/menu": [{"id": 1, "title": "Veggie", "price": 0.0038}],
        b"GET /api/franchise": {"franchises": [{"id": 1, "name": "fast", "stores": [{"id": 1, "name": "one"}]}]},
        b"GET /.well-known/jwks.json": {"keys": [key.as_dict(private=False)]},
    }
    return {asked: as_bytes(json.dumps(body).encode()) for asked, body in told.items()}


def as_bytes(body):
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nDate: Tue, 24 Nov 2026 20:52:00 GMT\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Till(asyncio.Protocol):
    """One connection; what it can't answer at once waits in `held`, which all share."""

    def __init__(self, told, held, hold):
        self.told, self.held, self.hold = told, held, hold
        self.raw = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.raw += data
        while (request := self.whole()) is not None:
            asked, answer = request, self.told[request]
            if asked != b"POST /api/order" or self.held is None:
                self.transport.write(answer)
                continue
            self.held.append((self.transport, answer))
            if len(self.held) == self.hold[0]:
                for transport, held in self.held:
                    transport.write(held)
                self.hold[0] = -1
                self.held.clear()
            elif self.hold[0] < 0:
                self.held.pop()
                self.transport.write(answer)

    def whole(self):
        """Take a whole request off what has come, and return its method and path; `None` while there is none."""
        head, end, rest = self.raw.partition(b"\r\n\r\n")
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if not end or len(rest) < length:
            return None
        self.raw = rest[length:]
        return head[: head.index(b" HTTP/")]


async def serve(hold):
    told, held = answers(), [] if hold else None
    loop = asyncio.get_running_loop()
    shared = [hold]
    server = await loop.create_server(lambda: Till(told, held, shared), "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def fast_shop(hold=0):
    """Start the shop in a process of its own and give its URL; it ends with the block."""
    command = [sys.executable, str(Path(__file__).resolve()), str(hold)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.stdin.close()
        process.wait(60)


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
