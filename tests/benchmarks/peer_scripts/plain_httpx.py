"""Buys by httpx's own transport, open-loop, as a careful person would write it: no purchase waits for another's answer.

PEER_RATE purchases a second by PEER_DINERS diners, until SIGINT; what would go beyond PEER_AT_ONCE is dropped. The
RS256 of every pizza is checked against the factory's keys. When a purchase failed after a good one, its time is added
to the file PEER_TOLD.
"""

import asyncio
import os
import signal
import time
from pathlib import Path

import httpx
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

RATE, DINERS, AT_ONCE = (int(float(os.environ[f"PEER_{name}"])) for name in ("RATE", "DINERS", "AT_ONCE"))
SHOP, FACTORY = os.environ["PIZZA_SHOP_URL"], os.environ["PIZZA_FACTORY_URL"]
REGISTRY = JWSRegistry(algorithms=["RS256"], strict_check_header=False)
LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=100)


class Shopper:
    def __init__(self, client: httpx.AsyncClient, told: Path) -> None:
        self.client, self.told, self.was_good, self.good = client, told, True, 0

    async def log_in(self) -> None:
        self.keys = KeySet.import_key_set((await self.client.get(f"{FACTORY}/.well-known/jwks.json")).json())
        menu = (await self.client.get(f"{SHOP}/api/order/menu")).json()
        franchise = (await self.client.get(f"{SHOP}/api/franchise")).json()["franchises"][0]
        self.order = {
            "franchiseId": franchise["id"],
            "storeId": franchise["stores"][0]["id"],
            "items": [{"menuId": menu[0]["id"], "description": menu[0]["title"], "price": menu[0]["price"]}] * 2,
        }
        self.tokens = []
        for number in range(DINERS):
            diner = {"name": f"httpx-{number}", "email": f"httpx-{number}@peers.invalid", "password": "peers"}
            self.tokens.append((await self.client.post(f"{SHOP}/api/auth", json=diner)).json()["token"])

    async def buy(self, number: int) -> None:
        token = self.tokens[number % DINERS]
        try:
            answer = await self.client.post(
                f"{SHOP}/api/order", json=self.order, headers={"Authorization": f"Bearer {token}"}
            )
            is_good = answer.status_code == 200 and self.verifies(answer.json().get("jwt"))
        except (httpx.HTTPError, ValueError):
            is_good = False
        self.good += is_good
        if self.was_good and not is_good:
            with self.told.open("a") as told:
                told.write(f"{time.time()}\n")
        self.was_good = is_good

    def verifies(self, jwt: str) -> bool:
        try:
            jws.deserialize_compact(jwt, self.keys, registry=REGISTRY)
        except (JoseError, ValueError, TypeError):
            return False
        return True


async def main() -> None:
    over, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, over.set)
    async with httpx.AsyncClient(timeout=30, limits=LIMITS, trust_env=False) as client:
        shopper = Shopper(client, Path(os.environ["PEER_TOLD"]))
        await shopper.log_in()
        under_way: set[asyncio.Task[None]] = set()
        began_s, number = loop.time(), 0
        while not over.is_set():
            await asyncio.sleep(max(0.0, began_s + number / RATE - loop.time()))
            if len(under_way) < AT_ONCE:
                task = asyncio.create_task(shopper.buy(number))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
            number += 1
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
    print(shopper.good)


if __name__ == "__main__":
    asyncio.run(main())
