"""Locust's master, in a process of its own: hands on what the drill says to workers, and what they tell the drill.

It judges nothing. What comes over the network is kept from doing harm here: whatever can't be read is told of as
refused, and no message ends the process.
"""

import logging
import os
from typing import Any

import gevent
from locust.env import Environment
from locust.exception import RPCError, RPCReceiveError
from locust.rpc import Message
from locust.runners import MasterRunner

from chaos_pizza.engines.lifeline import Lifeline
from chaos_pizza.engines.telling import CHANNEL

_KNOWN = frozenset({"client_ready", "client_stopped", "heartbeat", "stats", "logs", "quit", CHANNEL})
"""The kinds of messages that a worker of ours sends. A locustfile, which Locust's own ask for, is given to nobody."""


class _Master(MasterRunner):
    """A master that hears only what its workers send, each in its own name."""

    def __init__(self, environment: Environment, bind: str, port: int, lifeline: Lifeline) -> None:
        super().__init__(environment, bind, port)
        self._lifeline = lifeline
        receive: Any = self.server.recv_from_client

        def received() -> Any:
            try:
                return receive()
            except RPCReceiveError:
                self._refuse()
                raise
            except RPCError:
                raise
            except Exception as error:
                # Anything at all may come over the network; Locust would stop listening.
                self._refuse()
                raise RPCReceiveError("a message that can't be read") from error

        self.server.recv_from_client = received  # type: ignore[method-assign]

    def handle_message(self, client_id: str, msg: Message) -> None:
        """Take in a message, whatever is in it."""
        if msg.type not in _KNOWN or msg.node_id != client_id:
            self._refuse()
            return
        try:
            if msg.type == CHANNEL:
                self._lifeline.tell({"from": client_id, "say": msg.data})
            else:
                super().handle_message(client_id, msg)
        except Exception:  # noqa: BLE001 - a worker may send anything at all
            self._refuse()

    def _refuse(self) -> None:
        self._lifeline.tell({"say": {"tell": "refused"}})


def run_master() -> int:
    """Listen where the orders say, and hand on until the drill is gone."""
    logging.disable(logging.CRITICAL)
    lifeline = Lifeline()
    lines = lifeline.lines()
    orders = next(lines, None)
    if orders is None:
        return 0
    try:
        master = _Master(Environment(), orders["bind"], orders["port"], lifeline)
    except (SystemExit, RPCError, OSError):
        reason = f"nothing can listen at {orders['bind']} port {orders['port']}; is another drill's master there?"
        lifeline.tell({"say": {"tell": "failed", "reason": reason}})
        return 1
    master.environment.runner = master
    lifeline.tell({"say": {"tell": "listening", "port": master.server.port}})
    for line in lines:
        to, said = line.get("to"), line.get("say")
        if to is None or to in master.clients:
            master.send_message(CHANNEL, said, to)
    _dismiss(master)
    return 0


def _dismiss(master: MasterRunner) -> None:
    """Tell every worker that it is over, and end."""
    for client_id in list(master.clients):
        master.server.send_to_client(Message("quit", None, client_id))  # type: ignore[no-untyped-call]
    gevent.sleep(0.1)
    os._exit(0)
