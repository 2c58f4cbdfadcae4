"""A locustfile: PEER_DINERS users buy PEER_RATE pizzas a second together, by Locust's fast client.

Each user has the same share of the rate and begins at its own place in the interval, so that together they come as
evenly as Locust can have it. A purchase is good where it is a 200 with a `jwt`; it is not verified. When a purchase
failed after a good one, its time is added to the file PEER_TOLD.
"""

import itertools
import os
import time
from pathlib import Path

import gevent
from locust import FastHttpUser, constant_throughput, task

RATE, DINERS = float(os.environ["PEER_RATE"]), int(os.environ["PEER_DINERS"])
TOLD = Path(os.environ["PEER_TOLD"])
NUMBERS = itertools.count()


class State:
    was_good = True


class Diner(FastHttpUser):
    wait_time = constant_throughput(RATE / DINERS)
    connection_timeout = network_timeout = 30.0

    def on_start(self):
        number = next(NUMBERS)
        diner = {"name": f"locust-{number}", "email": f"locust-{number}@peers.invalid", "password": "peers"}
        self.token = self.client.post("/api/auth", json=diner).json()["token"]
        menu = self.client.get("/api/order/menu").json()
        franchise = self.client.get("/api/franchise").json()["franchises"][0]
        self.order = {
            "franchiseId": franchise["id"],
            "storeId": franchise["stores"][0]["id"],
            "items": [{"menuId": menu[0]["id"], "description": menu[0]["title"], "price": menu[0]["price"]}] * 2,
        }
        every_s = DINERS / RATE
        # At the next whole interval but one, each user at its own place within it.
        begins_s = (time.time() // every_s + 2) * every_s + number / RATE
        gevent.sleep(begins_s - time.time())

    @task
    def buy(self):
        headers = {"Authorization": f"Bearer {self.token}"}
        with self.client.post("/api/order", json=self.order, headers=headers, catch_response=True) as answer:
            is_good = answer.status_code == 200 and bool(answer.json().get("jwt"))
            answer.success() if is_good else answer.failure("no pizza")
        if State.was_good and not is_good:
            with TOLD.open("a") as told:
                told.write(f"{time.time()}\n")
        State.was_good = is_good
