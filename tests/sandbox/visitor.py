"""Somebody who uses a sandbox: every key, an HTTP client, and patience."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from chaos_pizza.sandbox.embedded import SandboxThread

VEGGIE = {"menuId": 1, "description": "Veggie", "price": 0.0038}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@dataclass
class Visitor:
    """Somebody with every key, and an HTTP client."""

    sandbox: SandboxThread
    http: httpx.Client

    def __post_init__(self) -> None:
        self.env = self.sandbox.environment
        self.shop, self.factory = self.env["PIZZA_SHOP_URL"], self.env["PIZZA_FACTORY_URL"]
        self.vendor = bearer(self.env["PIZZA_VENDOR_KEY"])

    def log_in(self, who: str = "DINER") -> dict[str, str]:
        known = {"email": self.env[f"PIZZA_{who}_EMAIL"], "password": self.env[f"PIZZA_{who}_PASSWORD"]}
        return bearer(self.http.put(f"{self.shop}/api/auth", json=known).json()["token"])

    def buy(self, auth: dict[str, str], *items: Any, **also: Any) -> httpx.Response:
        order = {"franchiseId": 1, "storeId": 1, "items": list(items) or [VEGGIE], **also}
        return self.http.post(f"{self.shop}/api/order", json=order, headers=auth)

    def order_at_factory(self, **headers: str) -> httpx.Response:
        order = {"items": [VEGGIE], "storeId": 1, "franchiseId": 1, "id": 7}
        diner = {"id": 9, "name": "d", "email": "d@jwt.com"}
        body = {"diner": diner, "order": order}
        return self.http.post(f"{self.factory}/api/order", json=body, headers={**self.vendor, **headers})

    def begin(self, kind: str) -> None:
        answer = self.http.put(f"{self.factory}/api/vendor/chaos/{kind}", headers=self.vendor)
        assert answer.json() == {"message": "Chaos initiated"}

    def chaos(self) -> dict[str, str] | None:
        return self.http.get(f"{self.factory}/api/vendor", headers=self.vendor).json().get("chaos")

    def follow(self, link: str) -> httpx.Response:
        return self.http.get(self.factory + link[link.index("/api/support/") :])

    def metric(self, sample: str) -> float:
        lines = self.http.get(self.env["PIZZA_METRICS_URL"]).text.splitlines()
        return float(next(line for line in lines if line.startswith(sample + " ")).split()[-1])


def until(holds: Callable[[], object], within_s: float = 60.0) -> bool:
    """Wait until something holds; false where it doesn't in time."""
    deadline = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > deadline:
            return False
        threading.Event().wait(0.01)
    return True
