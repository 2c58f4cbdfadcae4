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
from chaos_pizza.engines.locust_traffic import LocustLoad
from chaos_pizza.engines.menu_digest import menu_digest
from chaos_pizza.engines.telling import CHANNEL
from chaos_pizza.engines.worker_target import WorkerTarget
from chaos_pizza.errors import UsageError
from chaos_pizza.model.load_event import LoadRefused, LoadWorkerJoined, LoadWorkerLost
from chaos_pizza.model.settings import MasterSettings, TrafficBy, TrafficSettings
from chaos_pizza.redaction import Redactor
from chaos_pizza.traffic.recent import RecentPurchases
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


READY = {"tell": "ready", "menu": menu_digest(MENU)}
FAILED = {"tell": "failed", "reason": "the shop is out of reach from here"}
ANOTHER_MENU = {"tell": "ready", "menu": "another"}


async def obey(peer, after=None, answer=READY):
    """Say hello once another one is heard to be waiting, and do what a worker has to do until its clock is known."""
    if after is not None:
        await after.heard(CHANNEL)
    hello(peer)
    while True:
        said = await peer.heard(CHANNEL)
        if said["do"] == "prepare":
            peer.send(CHANNEL, answer)
        elif said["do"] == "probe":
            peer.send(CHANNEL, {"tell": "probe", "id": said["id"], "clock_us": 1})
        elif said["do"] == "stop":
            peer.send(CHANNEL, {"tell": "last"})


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


def began_with(answers):
    """What is recorded when as many workers as there are answers say them and then a drill's traffic begins."""

    async def work(peers, port):
        recorded = []
        settings = TrafficSettings(engine=TrafficBy.LOCUST, rate_per_s=4)
        async with asyncio.TaskGroup() as group:
            obeying = [group.create_task(obey(peer, None, said)) for peer, said in zip(peers, answers, strict=True)]
            try:
                async with crew(port, workers=0, expect_workers=len(answers)) as opened:
                    clock = AnchoredClock()
                    traffic = LocustLoad(opened, MENU, settings, clock).traffic(RecentPurchases(), recorded.append)
                    running = asyncio.create_task(traffic.run())
                    await until(lambda: bool(recorded))
                    running.cancel()
                    await asyncio.wait({running})
            finally:
                for each in obeying:
                    each.cancel()
        return recorded

    port = free_port()
    with contextlib.ExitStack() as stack:
        peers = [Peer(stack, port, f"host-{number}") for number in range(len(answers))]
        return asyncio.run(work(peers, port))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (FAILED, "it can't buy: the shop is out of reach from here"),
        (ANOTHER_MENU, "it reads another menu than the drill"),
    ],
    ids=["out of reach", "another menu"],
)
def test_a_drill_goes_on_without_a_worker_that_can_t_buy_and_says_which_and_why(answer, why):
    recorded = began_with([READY, answer])
    (joined,) = [event for event in recorded if isinstance(event, LoadWorkerJoined)]
    (lost,) = [event for event in recorded if isinstance(event, LoadWorkerLost)]
    assert (joined.place, joined.workers) == ("host-0", 2)
    assert {joined.worker, lost.worker} == {1, 2}
    assert (lost.reason, lost.workers_left) == (f"{why} (at host-1)", 1)
    assert not [event for event in recorded if isinstance(event, LoadRefused)]


def test_where_no_worker_can_buy_nothing_begins():
    with pytest.raises(ExceptionGroup) as raised:
        began_with([FAILED, FAILED])
    (error,) = raised.value.exceptions
    assert isinstance(error, UsageError)
    assert str(error).startswith("none of 2 workers can buy; worker 1 (host-")
    assert str(error).endswith(": it can't buy: the shop is out of reach from here")


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
