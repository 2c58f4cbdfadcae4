"""A process of an engine's, whose life hangs on a pipe: it ends when the drill does, however the drill ends."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from typing import Any

from chaos_pizza.engines.telling import LONGEST_LINE
from chaos_pizza.model.target import without_target

_GRACE_S = 1.0


async def start_child(module: str, *arguments: str, orders: Mapping[str, Any]) -> Process:
    """Start a module of ours as a process, in a session of its own, and give it its orders.

    Its environment shows nothing of the target, and its command line no secret: those stand in the orders.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env=bare_environment(),
        start_new_session=True,
        limit=2 * LONGEST_LINE,
    )
    say(child, orders)
    return child


def bare_environment() -> dict[str, str]:
    """Return this process's environment without anything of a target."""
    return without_target(os.environ)


def say(child: Process, said: Mapping[str, Any]) -> None:
    """Say something to a process, as a line of JSON; nothing happens where it is gone."""
    if child.stdin is not None and not child.stdin.is_closing():
        with contextlib.suppress(OSError):
            child.stdin.write(json.dumps(said, separators=(",", ":")).encode() + b"\n")


async def line_of(child: Process) -> bytes:
    """Return the next line that a process writes, "" once it has ended; `ValueError` for one that is too long."""
    return await child.stdout.readline() if child.stdout else b""


async def end_child(child: Process) -> None:
    """Hang up on a process, and kill it and all that it started where it does not end by itself."""
    if child.stdin is not None:
        child.stdin.close()
    try:
        async with asyncio.timeout(_GRACE_S):
            await child.wait()
    except TimeoutError:
        pass
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    await child.wait()
