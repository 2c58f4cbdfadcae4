"""One of Locust's workers, in a process of its own: buys its share of the plan and tells the drill what it saw.

It gets no secret over the network and sends none: where to buy and as whom stand in its orders.
"""

import contextlib
import logging
import os
import socket
from typing import Any

import gevent
from locust.env import Environment
from locust.exception import RPCError
from locust.runners import WorkerRunner

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.engines.buying import Buying
from chaos_pizza.engines.gevent_buyer import GeventBuyer
from chaos_pizza.engines.lifeline import Lifeline
from chaos_pizza.engines.menu_digest import menu_digest
from chaos_pizza.engines.telling import CHANNEL
from chaos_pizza.engines.worker_target import WorkerTarget
from chaos_pizza.errors import PizzaError
from chaos_pizza.model.conversion import from_mapping
from chaos_pizza.model.micros import micros_of
from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.versions import tool_version

_SILENCE_S = 5.0
"""A drill says something every second; one that has been silent for so long is gone, or out of reach."""
_SPARE = 16
"""Connections beyond the purchases in flight."""


class _Worker:
    """What the drill says, done."""

    def __init__(self, runner: WorkerRunner, target: WorkerTarget, token: str, lifeline: Lifeline) -> None:
        self._runner = runner
        self._lifeline = lifeline
        self._target = target
        self._token = token
        self._clock = AnchoredClock()
        self._buyer: GeventBuyer | None = None
        self._prepared: dict[str, Any] = {}
        self._buying: Buying | None = None
        self._heard_at = self._clock.now()

    def hello(self) -> None:
        """Tell the drill that this worker is here, where that is, and where it would buy."""
        hello = {
            "tell": "hello",
            "version": tool_version(),
            "shop_url": self._target.shop_url,
            "place": f"{socket.gethostname()}, process {os.getpid()}",
            "token": self._token,
        }
        self._tell(hello)

    def hear(self, environment: Environment, msg: Any) -> None:  # noqa: ARG002 - Locust names them so
        # Before anything else: the drill learns our clock from it.
        if msg.data["do"] == "probe":
            self._tell({"tell": "probe", "id": msg.data["id"], "clock_us": micros_of(self._clock.now())})
        self._heard_at = self._clock.now()
        act = {"prepare": self._prepare, "begin": self._begin, "stop": self._stop, "refuse": self._leave}.get(
            msg.data["do"]
        )
        if act is not None:
            gevent.spawn(act, msg.data)

    def watch_the_drill(self) -> None:
        """End this process when nothing has been heard for too long, once there was something to do."""
        while True:
            gevent.sleep(1)
            if self._prepared and (self._clock.now() - self._heard_at).total_seconds() > _SILENCE_S:
                os._exit(1)

    def _prepare(self, said: dict[str, Any]) -> None:
        if self._prepared:
            return
        self._prepared = said
        self._lifeline.tell({"tell": "connected"})
        try:
            settings = from_mapping(said["traffic"], TrafficSettings)
            concurrency = settings.max_in_flight // said["workers"] + _SPARE
            self._buyer = GeventBuyer(self._target, self._clock, said["own_diners"], said["name"], concurrency)
        except (PizzaError, ValueError) as error:
            self._tell({"tell": "failed", "reason": str(error)})
            return
        self._tell({"tell": "ready", "menu": menu_digest(self._buyer.menu)})

    def _begin(self, said: dict[str, Any]) -> None:
        if self._buyer is None or self._buying is not None:
            return
        prepared = self._prepared
        settings = from_mapping(prepared["traffic"], TrafficSettings)
        share = (prepared["worker"], prepared["workers"], said["first_number"])
        self._buying = Buying(self._buyer, settings, self._clock, share, prepared["diners"], self._tell)
        self._buying.run(said["start_us"])

    def _stop(self, _: dict[str, Any]) -> None:
        if self._buying is not None:
            self._buying.stop()
        self._tell({"tell": "last"})

    def _leave(self, said: dict[str, Any]) -> None:
        # Whoever takes part stays: it is refused before that, or not at all.
        if not self._prepared:
            self._lifeline.tell({"tell": "refused", "reason": str(said.get("reason"))[:1000]})
            os._exit(2)

    def _tell(self, told: dict[str, Any]) -> None:
        # Who is out of reach hears nothing; the drill counts what it does not hear.
        with contextlib.suppress(RPCError):
            self._runner.send_message(CHANNEL, told)


def run_worker() -> int:
    """Buy what the drill behind the master wants bought, until it is over or whoever gave the orders is gone."""
    logging.disable(logging.CRITICAL)
    lifeline = Lifeline()
    lines = lifeline.lines()
    orders = next(lines, None)
    if orders is None:
        return 0
    gevent.spawn(_end_with, lines)
    try:
        target = WorkerTarget.of_fields(orders["target"])
        runner = WorkerRunner(Environment(), orders["host"], orders["port"])
    except PizzaError as error:
        lifeline.tell({"tell": "failed", "reason": str(error)})
        return 2
    except (ConnectionError, RPCError, OSError):
        lifeline.tell({"tell": "failed", "reason": f"no drill listens at {orders['host']} port {orders['port']}"})
        return 1
    runner.environment.runner = runner
    worker = _Worker(runner, target, str(orders.get("token") or ""), lifeline)
    runner.register_message(CHANNEL, worker.hear)
    worker.hello()
    gevent.spawn(worker.watch_the_drill)
    runner.greenlet.join()
    return 0


def _end_with(lines: Any) -> None:
    for _ in lines:
        continue
    os._exit(0)
