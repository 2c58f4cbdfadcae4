"""The console as a process: everything that works in it, put together."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from chaos_pizza.console.web.app import Parts, addresses
from chaos_pizza.console.web.connection import protocol_for
from chaos_pizza.console.web.coordinating import Coordinating
from chaos_pizza.console.web.crowd import Crowd
from chaos_pizza.console.web.following import Following
from chaos_pizza.console.web.guard import Guard
from chaos_pizza.console.web.keys import ConsoleKeys
from chaos_pizza.console.web.marking import Marking
from chaos_pizza.console.web.onlookers import Onlookers
from chaos_pizza.console.web.refusal import RefusalLog
from chaos_pizza.console.web.sessions import Sessions
from chaos_pizza.console.web.settings import ConsoleSettings
from chaos_pizza.console.web.starter import Starter
from chaos_pizza.console.web.stream import Streams
from chaos_pizza.console.web.writing_anew import WritingAnew
from chaos_pizza.serving.servers import serve_until_cancelled

NICENESS = 10
_LOG_INTERVAL_S = 10.0

Say = Callable[[str], object]


def serve_console(listener: socket.socket, settings: ConsoleSettings, keys: ConsoleKeys) -> None:
    """Serve the console at a socket that listens already, until a signal ends it.

    It makes itself less urgent than any drill; what it starts for the coordinator is as urgent as ever.
    """
    starter = Starter()
    with suppress(OSError):
        os.nice(NICENESS)
    try:
        asyncio.run(_until_signalled(console_at_work(listener, settings, keys, starter, _to_stderr)))
    finally:
        starter.close()


async def console_at_work(
    listener: socket.socket, settings: ConsoleSettings, keys: ConsoleKeys, starter: Starter, say: Say
) -> None:
    """Serve the console until cancelled; `say` hears of every refusal, and of what goes wrong, a line each."""
    redactor = keys.redactor()

    def tell(text: str) -> None:
        say(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC  {redactor.line(text)}")

    log, following = RefusalLog(tell), Following(settings.reports, tell)
    parts = Parts(
        settings,
        keys,
        sessions=Sessions(keys, settings),
        streams=Streams(following),
        onlookers=Onlookers(share_an_address=settings.is_behind_proxy),
        marking=Marking(following, WritingAnew(settings.config, tell).ask),
        coordinating=Coordinating(following, settings, starter, tell),
        tell=tell,
    )
    app = Guard(addresses(parts), settings, parts.sessions, log)
    protocol = protocol_for(Crowd(tell, share_an_address=settings.is_behind_proxy))
    await following.glance(looks_around=True)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(following.run(), name="following")
            group.create_task(_tell_refusals(log), name="refusals")
            group.create_task(serve_until_cancelled(listener, app, protocol=protocol), name="server")
    finally:
        parts.marking.close()


async def _until_signalled(work: Coroutine[Any, Any, None]) -> None:
    """Work until SIGINT or SIGTERM comes, and then end in order."""
    task, loop = asyncio.create_task(work), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


async def _tell_refusals(log: RefusalLog) -> None:
    while True:
        await asyncio.sleep(_LOG_INTERVAL_S)
        log.tell_left_out()


def _to_stderr(line: str) -> None:
    # Where nobody can hear it, the console goes on all the same.
    with suppress(OSError, ValueError):
        print(line, file=sys.stderr, flush=True)
