"""Commands that the coordinator sets to work: each a process of its own, in a session of its own."""

import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

_LAST_WORDS_BYTES = 2_000
_OWN_WORD = "chaos-pizza: "


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code, and the last line that it said."""

    exit_code: int
    said: str


class Starter:
    """Starts our own commands.

    It does so from a thread that is there before the console makes itself less urgent: on Linux that is a thread's own
    affair, which its children inherit, and a drill is as urgent as can be.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="starter")
        self._thread.submit(threading.get_ident).result()

    def start(self, arguments: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        """Start `chaos-pizza` with these arguments, and return its process; what it says comes out of its stdout."""
        return self._thread.submit(self._start, arguments, environment).result()

    def close(self) -> None:
        """Start nothing any more; what was started goes on."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _start(self, arguments: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "chaos_pizza", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            start_new_session=True,
        )


def ended(process: "subprocess.Popen[bytes]") -> Ended:
    """Wait for a command's end, taking from it all that it says, and return how it ended."""
    tail = b""
    if process.stdout is not None:
        with process.stdout as stream:
            for line in stream:
                tail = (tail + line)[-_LAST_WORDS_BYTES:]
    lines = [line for line in tail.decode(errors="replace").splitlines() if line.strip()]
    return Ended(process.wait(), lines[-1].strip().removeprefix(_OWN_WORD) if lines else "")
