"""Workers gathered: who may buy, and who is left alone."""

import asyncio
import contextlib
import os
import socket
import sys
from pathlib import Path

import msgpack
import pytest

sys.path.append(str(Path(__file__).parent))

from locust_peer import Peer, until

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.engines.locust_crew import open_locust_crew
from chaos_pizza.engines.menu_digest import menu_digest
from chaos_pizza.engines.telling import CHANNEL
from chaos_pizza.engines.worker_target import WorkerTarget
from chaos_pizza.errors import UsageError
from chaos_pizza.model.settings import MasterSettings, TrafficBy, TrafficSettings
from chaos_pizza.redaction import Redactor
from chaos_pizza.wire.shop import Dish

SHOP = "http://127.0.0.1:9"
"""Where nobody listens: these workers buy nothing."""
MENU = (Dish(1, "Veggie", 0.0038),)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


@contextlib.asynccontextmanager
async def crew(port, **workers):
    settings = TrafficSettings(engine=TrafficBy.LOCUST, master=MasterSettings(port=port), **workers)
    target = WorkerTarget(SHOP, SHOP)
    async with asyncio.timeout(50), open_locust_crew(target, settings, AnchoredClock(), Redactor(), MENU) as opened:
        yield opened


def hello(peer, shop_url=SHOP, token=""):
    peer.send("client_ready", "2.47.0")
    peer.send(CHANNEL, {"tell": "hello", "shop_url": shop_url, "place": peer.name, "token": token})


async def obey(peer, after):
    """Say hello once another one is heard to be waiting, and do what a worker has to do until its clock is known."""
    await after.heard(CHANNEL)
    hello(peer)
    while True:
        said = await peer.heard(CHANNEL)
        if said["do"] == "prepare":
            peer.send(CHANNEL, {"tell": "ready", "menu": menu_digest(MENU)})
        elif said["do"] == "probe":
            peer.send(CHANNEL, {"tell": "probe", "id": said["id"], "clock_us": 1})


def test_strangers_who_say_hello_end_no_drill_and_no_more_join_it_than_are_waited_for():
    async def work(foreign, friend, port):
        hello(foreign, shop_url="http://elsewhere.example")
        async with asyncio.TaskGroup() as group:
            obeying = group.create_task(obey(friend, foreign))
            async with crew(port, workers=0, expect_workers=1) as opened:
                hello(foreign)
                await until(lambda: opened.link.refused == 2)
                assert [worker.place for worker in opened.workers] == ["friend"]
                refused = opened.link.first_refused
                assert refused == f"the worker at foreign would buy at http://elsewhere.example, not at {SHOP}"
            obeying.cancel()

    port = free_port()
    with contextlib.ExitStack() as stack:
        asyncio.run(work(Peer(stack, port, "foreign"), Peer(stack, port, "friend"), port))


def test_nobody_takes_the_place_of_a_worker_that_the_drill_started():
    async def work(stranger, port):
        hello(stranger, token="guessed")
        # The drill's own comes all the same, and finds no shop there.
        with pytest.raises(UsageError, match="can't buy"):
            async with crew(port, workers=1):
                pass
        said = []
        while stranger.socket.poll(0):
            said.append(msgpack.unpackb(stranger.socket.recv())[1])
        assert {"do": "wait"} in said
        assert not [each for each in said if isinstance(each, dict) and each.get("do") == "prepare"]

    port = free_port()
    with contextlib.ExitStack() as stack:
        asyncio.run(work(Peer(stack, port, "stranger"), port))


def test_a_worker_for_another_shop_is_told_so_and_ends():
    async def work(port):
        environment = {**os.environ, "PIZZA_SHOP_URL": "http://elsewhere.example", "PIZZA_FACTORY_URL": SHOP}
        command = (sys.executable, "-m", "chaos_pizza", "worker", "--master", f"127.0.0.1:{port}")
        foreign = await asyncio.create_subprocess_exec(
            *command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        async with asyncio.TaskGroup() as group:
            drill = group.create_task(never_gathered(port))
            said = (await foreign.communicate())[0].decode()
            drill.cancel()
        assert foreign.returncode == 2
        looking, why = said.splitlines()
        assert looking.startswith("Looking for a drill at 127.0.0.1 port")
        reason = f"that drill is held at {SHOP}, and this machine would buy at http://elsewhere.example"
        assert why == f"chaos-pizza: refused: {reason}; set PIZZA_SHOP_URL, or --target"

    async def never_gathered(port):
        async with crew(port, workers=0, expect_workers=1):
            pass

    asyncio.run(work(free_port()))
