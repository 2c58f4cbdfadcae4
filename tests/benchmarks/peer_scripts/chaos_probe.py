"""What a plain experiment of the Chaos Toolkit asks: can somebody buy a pizza? And a method that waits."""

import os
import time
from pathlib import Path

import httpx

SHOP = os.environ.get("PIZZA_SHOP_URL", "")
CLIENT = httpx.Client(base_url=SHOP, timeout=30, trust_env=False)
MADE: dict[str, object] = {}


def somebody_can_buy() -> bool:
    """Buy a pizza and tell whether that was a 200 with a `jwt`; it is not verified."""
    if not MADE:
        _log_in()
    answer = CLIENT.post("/api/order", json=MADE["order"], headers={"Authorization": f"Bearer {MADE['token']}"})
    return answer.status_code == 200 and bool(answer.json().get("jwt"))


def wait_for_file(path: str) -> bool:
    """Wait until a file is there: then enough was seen."""
    while not Path(path).exists():
        time.sleep(0.1)
    return True


def _log_in() -> None:
    diner = {"name": "chaos", "email": "chaos@peers.invalid", "password": "peers"}
    MADE["token"] = CLIENT.post("/api/auth", json=diner).json()["token"]
    dish = CLIENT.get("/api/order/menu").json()[0]
    franchise = CLIENT.get("/api/franchise").json()["franchises"][0]
    item = {"menuId": dish["id"], "description": dish["title"], "price": dish["price"]}
    store_id = franchise["stores"][0]["id"]
    MADE["order"] = {"franchiseId": franchise["id"], "storeId": store_id, "items": [item, item]}
