"""A program beside the sandbox, from before it answers until the sandbox ends, however that may be."""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from chaos_pizza.errors import UsageError
from chaos_pizza.sandbox import keeper

_READY_TIMEOUT_S = 30.0
_LOOK_EVERY_S = 0.05
_ANSWER_TIMEOUT_S = 2.0
_LONGEST_REASON = 300
_LOGGED_ERROR = re.compile(r'\berr(?:or)?="((?:[^"\\]|\\.)*)"')
_TAKEN = "address already in use"


class PortTaken(UsageError):  # noqa: N818 - it reads as what happened
    """Somebody else has taken the port between its choice and the program's start."""


@asynccontextmanager
async def kept_program(
    command: Sequence[str], folder: Path, ready_url: str, ready_timeout_s: float = _READY_TIMEOUT_S
) -> AsyncIterator[None]:
    """Run a program in a folder from before the body begins, when it answers at `ready_url` with 200, until its end.

    It is in a session of its own, so that a Ctrl-C in a terminal doesn't reach it, and it ends when this process does,
    be it by SIGKILL. The folder is removed at its end. `UsageError`, in one line with the program's last word, where it
    ends by itself or doesn't answer in time; `PortTaken` where that word is of a port.
    """
    process = _start(command, folder)
    try:
        await _readiness(process, Path(command[0]).name, ready_url, ready_timeout_s)
        yield
    finally:
        await asyncio.to_thread(_end, process)


def _start(command: Sequence[str], folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 - our own script, and a program that was looked up
        # Isolated and without site: the keeper needs nothing of what is installed.
        [sys.executable, "-I", "-S", keeper.__file__, str(folder), *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


async def _readiness(process: "subprocess.Popen[bytes]", name: str, url: str, timeout_s: float) -> None:
    give_up_s = time.monotonic() + timeout_s
    async with httpx.AsyncClient(trust_env=False, timeout=_ANSWER_TIMEOUT_S) as client:
        while process.poll() is None:
            if await _answers(client, url) and process.poll() is None:
                return
            if time.monotonic() > give_up_s:
                raise UsageError(f"{name} runs, but was not ready within {timeout_s:g} s; is this machine overloaded?")
            await asyncio.sleep(_LOOK_EVERY_S)
    raise _failure(name, _last_word(process))


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).status_code == 200
    except httpx.RequestError:
        return False


def _last_word(process: "subprocess.Popen[bytes]") -> str:
    said = process.stdout.read().decode(errors="replace").strip() if process.stdout else ""
    line = said.splitlines()[-1] if said else "it said nothing"
    error = _LOGGED_ERROR.search(line)
    reason = error[1].replace('\\"', '"') if error else line
    return "".join(char if char.isprintable() else " " for char in reason)[:_LONGEST_REASON]


def _failure(name: str, reason: str) -> UsageError:
    if _TAKEN in reason:
        return PortTaken(f"{name} did not start: {reason}; choose another port")
    return UsageError(f"{name} did not start: {reason}; does `{name} --version` work?")


def _end(process: "subprocess.Popen[bytes]") -> None:
    # The end of its standard input is the keeper's sign; it kills what doesn't heed it.
    if process.stdin:
        process.stdin.close()
    process.wait()
    if process.stdout:
        process.stdout.close()
