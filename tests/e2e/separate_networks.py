"""Network namespaces: machines with a network of their own, as far as the network goes. Only root makes them."""

import asyncio
import os
import secrets
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """Where this machine is found from `prefix`'s side: commands that begin with `prefix` run over there."""

    prefix: tuple[str, ...]
    host: str


@contextmanager
def networks(count: int) -> Iterator[list[Network] | None]:
    """So many networks, each joined to this machine by a pair of virtual cards; `None` where they can't be made."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        yield None
        return
    with ExitStack() as undo:
        made = []
        for _ in range(count):
            name, subnet = f"pizza-{secrets.token_hex(3)}", f"10.213.{secrets.randbelow(250)}"
            if not _ip("netns", "add", name):
                yield None
                return
            undo.callback(_ip, "netns", "del", name)
            card = name.replace("pizza-", "pz")
            steps = (
                ("link", "add", card, "type", "veth", "peer", "name", "eth0", "netns", name),
                ("addr", "add", f"{subnet}.1/24", "dev", card),
                ("link", "set", card, "up"),
                ("-n", name, "addr", "add", f"{subnet}.2/24", "dev", "eth0"),
                ("-n", name, "link", "set", "eth0", "up"),
                ("-n", name, "link", "set", "lo", "up"),
                ("-n", name, "route", "add", "default", "via", f"{subnet}.1"),
            )
            if not all(_ip(*step) for step in steps):
                yield None
                return
            undo.callback(_ip, "link", "del", card)
            made.append(Network(("ip", "netns", "exec", name), f"{subnet}.1"))
        yield made


def _ip(*words: str) -> bool:
    return subprocess.run(("ip", *words), capture_output=True, check=False).returncode == 0


@contextmanager
def relay(host: str, to_port: int) -> Iterator[int]:
    """A port at `host` behind which is the one on this machine's loopback, for those who can't see that."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward_reader, onward_writer = await asyncio.open_connection("127.0.0.1", to_port)
        await asyncio.gather(pipe(reader, onward_writer), pipe(onward_reader, writer), return_exceptions=True)

    async def cancel_all() -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(joined, host, 0), loop).result()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        asyncio.run_coroutine_threadsafe(cancel_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
