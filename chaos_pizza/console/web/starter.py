"""Commands that the coordinator sets to work: each a process of its own, in a session of its own."""

import asyncio
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

_LAST_WORDS_BYTES = 2_000
_OWN_WORD = "chaos-pizza: "


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code, and the last line that it said."""

    exit_code: int
    said: str


@dataclass(frozen=True, slots=True)
class Started:
    """A command at work, and the file that all it says goes to: one that nobody has to read for it to go on."""

    process: "subprocess.Popen[bytes]"
    words: IO[bytes]

    def end(self) -> "asyncio.Future[Ended]":
        """Return its end, as it will be known in this loop. Nobody waits for it: the console may end before it."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Ended] = loop.create_future()

        def wait() -> None:
            ended = self._ended()
            with suppress(RuntimeError):  # the console ended first
                loop.call_soon_threadsafe(future.set_result, ended)

        threading.Thread(target=wait, name="waiting for a command", daemon=True).start()
        return future

    def _ended(self) -> Ended:
        exit_code = self.process.wait()
        with self.words as words:
            words.seek(max(0, words.seek(0, 2) - _LAST_WORDS_BYTES))
            lines = [line for line in words.read().decode(errors="replace").splitlines() if line.strip()]
        return Ended(exit_code, lines[-1].strip().removeprefix(_OWN_WORD) if lines else "")


class Starter:
    """Starts our own commands.

    It does so from a thread that is there before the console makes itself less urgent: on Linux that is a thread's own
    affair, which its children inherit, and a drill is as urgent as can be.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="starter")
        self._thread.submit(threading.get_ident).result()

    def start(self, arguments: Sequence[str], environment: Mapping[str, str]) -> Started:
        """Start `chaos-pizza` with these arguments; raises `OSError` where that can't be."""
        return self._thread.submit(self._start, arguments, environment).result()

    def close(self) -> None:
        """Start nothing any more; what was started goes on."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _start(self, arguments: Sequence[str], environment: Mapping[str, str]) -> Started:
        words = tempfile.TemporaryFile()  # noqa: SIM115 - whoever waits for the command's end closes it
        try:
            process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "chaos_pizza", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                start_new_session=True,
            )
        except OSError:
            words.close()
            raise
        return Started(process, words)
