"""The console as a process: everything that works in it, put together."""

import asyncio
import os
import signal
import socket
import sys
from contextlib import suppress
from datetime import UTC, datetime

from chaos_pizza.console.web.app import addresses
from chaos_pizza.console.web.connection import MOST_CONNECTIONS, ImpatientProtocol
from chaos_pizza.console.web.coordinating import Coordinating
from chaos_pizza.console.web.following import Following
from chaos_pizza.console.web.guard import Guard
from chaos_pizza.console.web.keys import ConsoleKeys
from chaos_pizza.console.web.marking import Marking
from chaos_pizza.console.web.refusal import RefusalLog
from chaos_pizza.console.web.sessions import Sessions
from chaos_pizza.console.web.settings import ConsoleSettings
from chaos_pizza.console.web.starter import Starter
from chaos_pizza.console.web.stream import Streams
from chaos_pizza.console.web.writing_anew import WritingAnew
from chaos_pizza.serving.servers import serve_until_cancelled

NICENESS = 10
_LOG_INTERVAL_S = 10.0


def serve_console(listener: socket.socket, settings: ConsoleSettings, keys: ConsoleKeys) -> None:
    """Serve the console at a socket that listens already, until a signal ends it.

    It makes itself less urgent than any drill; what it starts for the coordinator is as urgent as ever.
    """
    starter = Starter()
    with suppress(OSError):
        os.nice(NICENESS)
    try:
        asyncio.run(_serve(listener, settings, keys, starter))
    finally:
        starter.close()


async def _serve(listener: socket.socket, settings: ConsoleSettings, keys: ConsoleKeys, starter: Starter) -> None:
    redactor = keys.redactor()
    log = RefusalLog(redactor)
    following = Following(settings.reports, lambda text: _say(redactor.line(text)))
    writing = WritingAnew(settings.config, lambda text: _say(redactor.line(text)))
    sessions, marking = Sessions(keys, settings), Marking(following, writing.ask)
    coordinating = Coordinating(following, settings, starter, lambda text: _say(redactor.line(text)))
    app = Guard(addresses(settings, keys, sessions, Streams(following), marking, coordinating), settings, sessions, log)
    await following.glance(looks_around=True)
    works = [
        asyncio.create_task(following.run(), name="following"),
        asyncio.create_task(_tell_refusals(log), name="refusals"),
        asyncio.create_task(serve_until_cancelled(listener, app, MOST_CONNECTIONS, ImpatientProtocol), name="server"),
    ]
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, works[-1].cancel)
    try:
        await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for work in works:
            work.cancel()
        done = await asyncio.gather(*works, return_exceptions=True)
        marking.close()
    for error in done:
        if isinstance(error, Exception):
            raise error


async def _tell_refusals(log: RefusalLog) -> None:
    while True:
        await asyncio.sleep(_LOG_INTERVAL_S)
        log.tell_left_out()


def _say(text: str) -> None:
    with suppress(OSError, ValueError):
        print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC  {text}", file=sys.stderr, flush=True)
