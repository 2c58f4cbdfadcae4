"""Who speaks Locust's protocol over the network without being Locust."""

import asyncio

import msgpack
import zmq


class Peer:
    """Somebody on the network who speaks Locust's protocol, or nearly."""

    def __init__(self, stack, port, name):
        self.name = name
        self.socket = stack.enter_context(stack.enter_context(zmq.Context()).socket(zmq.DEALER))
        self.socket.setsockopt(zmq.IDENTITY, name.encode())
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.connect(f"tcp://127.0.0.1:{port}")

    def send(self, kind, data):
        self.socket.send(msgpack.packb([kind, data, self.name]))

    async def heard(self, kind):
        """Wait for a message of a kind, and return what it says."""
        while True:
            await until(lambda: self.socket.poll(0))
            found, data, _ = msgpack.unpackb(self.socket.recv())
            if found == kind:
                return data


async def until(holds):
    while not holds():  # noqa: ASYNC110 - what it waits for is in another process
        await asyncio.sleep(0.01)
