"""Locust's master as a process of its own, spoken to by who means well and by who does not."""

import asyncio
import contextlib
import sys
from pathlib import Path

import msgpack
import pytest

sys.path.append(str(Path(__file__).parent))

from locust_peer import Peer, until

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.engines.locust_master_link import open_master
from chaos_pizza.engines.telling import CHANNEL
from chaos_pizza.errors import UsageError

HOSTILE = [
    b"\xc1",  # no MessagePack at all
    msgpack.packb(7),
    msgpack.packb(["quit"]),
    msgpack.packb(["locustfile", {"version": "2.0"}, "mallory"]),  # Locust's own master would die of it
    msgpack.packb(["stats", None, "mallory"]),
    msgpack.packb(["heartbeat", {}, "mallory"]),
    msgpack.packb([CHANNEL, {"tell": "batch"}, "worker"]),  # in another's name
    msgpack.packb([CHANNEL, {"tell": b"\xff"}, "mallory"]),
    msgpack.packb([CHANNEL, [1, 2], "mallory"]),
    msgpack.packb([CHANNEL, {"tell": float("nan")}, "mallory"]),
]


def run(work):
    async def opened():
        link = await open_master("127.0.0.1", 0, AnchoredClock())
        listening = asyncio.create_task(link.listen())
        try:
            with contextlib.ExitStack() as stack:
                async with asyncio.timeout(60):
                    return await work(stack, link)
        finally:
            await link.close()
            await listening

    return asyncio.run(opened())


def test_what_the_drill_says_reaches_the_worker_and_what_it_tells_comes_back():
    async def work(stack, link):
        told = []
        link.on_told = lambda sender, said, _: told.append((sender, said))
        worker = Peer(stack, link.port, "worker")
        worker.send("client_ready", "2.47.0")
        await worker.heard("ack")
        link.say({"do": "probe", "id": 7}, to="worker")
        assert await worker.heard(CHANNEL) == {"do": "probe", "id": 7}
        worker.send(CHANNEL, {"tell": "probe", "id": 7})
        await until(lambda: told)
        assert told == [("worker", {"tell": "probe", "id": 7})]
        assert link.refused == 0

    run(work)


def test_nothing_that_arrives_ends_the_master_or_is_believed_and_all_of_it_is_counted():
    async def work(stack, link):
        told = []
        link.on_told = lambda sender, said, _: told.append((sender, said))
        mallory, worker = Peer(stack, link.port, "mallory"), Peer(stack, link.port, "worker")
        for message in HOSTILE:
            mallory.socket.send(message)
        mallory.socket.send_multipart([b"a", b"b", b"c"])
        # All but two, of which Locust makes nothing: what a stranger says of its health, and of its users.
        await until(lambda: link.refused == len(HOSTILE) + 1 - 2)
        worker.send("client_ready", "2.47.0")
        await worker.heard("ack")
        worker.send(CHANNEL, {"tell": "hello"})
        await until(lambda: ("worker", {"tell": "hello"}) in told)
        assert told == [("worker", {"tell": "hello"})]

    run(work)


def test_what_is_told_and_not_believed_is_counted_and_ends_nothing():
    async def work(stack, link):
        def believe_nothing(*_):
            raise ValueError("no")

        link.on_told = believe_nothing
        worker = Peer(stack, link.port, "worker")
        worker.send("client_ready", "2.47.0")
        for _ in range(3):
            worker.send(CHANNEL, {"tell": "batch"})
        await until(lambda: link.refused == 3)

    run(work)


def test_a_message_that_meets_a_mistake_of_ours_is_counted_and_the_next_one_heard():
    async def work(stack, link):
        told = []

        def stumble(_sender, said, _):
            told.append(said["tell"].upper())

        link.on_told = stumble
        worker = Peer(stack, link.port, "worker")
        worker.send("client_ready", "2.47.0")
        for tells in (7, "batch"):
            worker.send(CHANNEL, {"tell": tells})
        await until(lambda: told)
        assert (told, link.refused) == (["BATCH"], 1)
        assert link.first_refused == "a message that nothing can be made of (AttributeError)"

    run(work)


def test_a_port_that_is_taken_is_named():
    async def work(_stack, link):
        with pytest.raises(UsageError, match=f"nothing can listen at 127.0.0.1 port {link.port}"):
            await open_master("127.0.0.1", link.port, AnchoredClock())

    run(work)
