"""How much memory a sandbox has after many purchases: `sandbox_memory.py EARLY LATE`, a program.

It prints the MB after so many, and after so many; where the second takes too long, after as many as there were.

The shop and its factory are the real ones, with their HTTP, but two things are left out, or a million would take six
minutes: the sockets (each purchase's bytes are handed to a connection, and its answer dropped), and the long key (of
1,024 bits here, the shortest there is).
"""

import gc
import json
import os
import sys
import time
import warnings

import psutil
import uvloop
from joserfc.jwk import RSAKey
from sandbox_buyer import purchase_of

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.sandbox.chaos import VendorChaos
from chaos_pizza.sandbox.drawing import Draws
from chaos_pizza.sandbox.endpoint import Service
from chaos_pizza.sandbox.factory_app import Factory
from chaos_pizza.sandbox.factory_vendors import Vendors
from chaos_pizza.sandbox.kitchen import Kitchen, Supplier
from chaos_pizza.sandbox.log import JsonLog
from chaos_pizza.sandbox.settings import SandboxSettings
from chaos_pizza.sandbox.signing import PizzaSigner
from chaos_pizza.sandbox.site import shop_sites
from chaos_pizza.sandbox.stall import Stalls
from chaos_pizza.sandbox.true_date import TrueDate
from chaos_pizza.serving.connection import HttpConnection, OpenConnections

BITS = 1024
DINERS = 300
"""So many buy in turn: three times as many orders as are kept of each could be kept of all."""
PATIENCE_S = 180.0
"""A million take some 140 s, of which signing is two thirds; on a machine that is busy with other things, more."""


class Taking:
    """The other end of a connection, which keeps the last answer alone."""

    def __init__(self) -> None:
        self.said = b""

    def write(self, data: bytes) -> None:
        self.said = data

    def is_closing(self) -> bool:
        return False

    def is_reading(self) -> bool:
        return True


def open_connection() -> tuple[HttpConnection, Taking]:
    """A connection to a shop whose factory is calm."""
    clock, log, (site,) = AnchoredClock(), JsonLog(), shop_sites(1, JsonLog(), seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the key is too short, and that is said
        signer = PizzaSigner(RSAKey.generate_key(BITS))
    vendors, delay = Vendors(), SandboxSettings().chaos_delay
    chaos = VendorChaos(clock, Draws(1, "chaos"), delay, site.ledger)
    vendors.add(site.vendor_id, site.vendor_name, site.secrets.vendor_key, clock.now(), chaos)
    factory = Factory(Service("factory", clock, log, lambda *_: None), vendors, signer, Stalls(1.0))
    kitchen = Kitchen(Supplier(factory.orders.take, site.secrets.vendor_key), None, signer.proves)
    shop = site.shop(kitchen, signer, clock, lambda count: Service("service", clock, log, count), "http://127.0.0.1:1")
    connection, taking = HttpConnection(shop.app(), TrueDate(clock), OpenConnections()), Taking()
    connection.connection_made(taking)
    return connection, taking


def registered(connection: HttpConnection, taking: Taking, number: int) -> bytes:
    """The bytes of a purchase by a new diner."""
    body = json.dumps({"name": "n", "email": f"{number}@jwt.com", "password": "p"})
    head = f"POST /api/auth HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    connection.data_received((head + body).encode())
    return purchase_of("127.0.0.1", json.loads(taking.said.partition(b"\r\n\r\n")[2])["token"])


def memory_mb() -> float:
    """This process's memory that is in the machine's, in MB."""
    gc.collect()
    return psutil.Process(os.getpid()).memory_info().rss / 2**20


async def main() -> None:
    connection, taking = open_connection()
    purchases = [registered(connection, taking, number) for number in range(DINERS)]
    made, early, late, begun_s = 0, int(sys.argv[1]), int(sys.argv[2]), time.monotonic()
    early_mb = 0.0
    while made < early or (made < late and time.monotonic() < begun_s + PATIENCE_S):
        connection.data_received(purchases[made % DINERS])
        made += 1
        assert taking.said.startswith(b"HTTP/1.1 200 OK"), taking.said[:300]
        if made == early:
            early_mb = memory_mb()
    took_s = time.monotonic() - begun_s
    print(json.dumps({"made": made, "took_s": took_s, "early_mb": early_mb, "late_mb": memory_mb()}))


if __name__ == "__main__":
    uvloop.run(main())
