"""The drill's end of the line to its watchdog, a process of its own that restores calm when the drill can't."""

import contextlib
import json
import os
import subprocess
from types import MappingProxyType
from typing import IO, Any, Protocol

from chaos_pizza.errors import UsageError
from chaos_pizza.live.commission import Blind, Commission
from chaos_pizza.live.watchdog_process import start_watchdog, taken_ahead
from chaos_pizza.model.blind_event import Revealed
from chaos_pizza.model.conversion import to_mapping
from chaos_pizza.model.lease import Lease
from chaos_pizza.model.target import Target

SILENCE_S = 10.0
"""Seconds without a heartbeat after which the watchdog takes a drill for dead."""
_STOP_TIMEOUT_S = 5.0
_WORDS = MappingProxyType({"beat": b"beat\n", "released": b"released\n"})


class WatchdogProcess(Protocol):
    """What is asked of a watchdog's process: the pipes to it, and to wait for its end or to force it."""

    stdin: IO[bytes] | None
    stdout: IO[bytes] | None
    returncode: int | Any

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return its exit code; raises `subprocess.TimeoutExpired`."""

    def kill(self) -> None:
        """End it at once."""


_STANDING_BY: list[WatchdogProcess] = []


def stand_by(process: WatchdogProcess) -> None:
    """Have the next drill of this process take a watchdog that waits for its orders already, in place of a new one."""
    _STANDING_BY.append(process)


class WatchdogLink:
    """An armed watchdog; made by `arm_watchdog`.

    It lives in a session of its own, so that what kills the drill or its process group spares it, and hears of the
    drill's death by the end of the pipe between them. It gets all it needs, secrets too, through that pipe: neither its
    command line nor its environment shows any.
    """

    def __init__(self, process: WatchdogProcess) -> None:
        self._process = process

    def beat(self) -> bool:
        """Tell the watchdog that the drill lives; False where there is no watchdog any more."""
        return self._say("beat")

    def release(self) -> None:
        """Tell the watchdog that calm is proven: it ends the lease and itself."""
        self._say("released")
        self._hang_up()
        try:
            self._process.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def leave_to_it(self) -> None:
        """Hang up without a release: the watchdog takes over, and goes on when this process has ended."""
        self._hang_up()
        # It is to outlive this process; nothing here will ever wait for it.
        self._process.returncode = 0

    def _say(self, word: str) -> bool:
        pipe = self._process.stdin
        if pipe is None or pipe.closed:
            return False
        try:
            os.write(pipe.fileno(), _WORDS[word])
        except (BrokenPipeError, BlockingIOError):
            return False
        return True

    def _hang_up(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe and not pipe.closed:
                pipe.close()


class WatchdogTie:
    """What ties a drill to its watchdog: nothing before it is armed, and nothing once it is cut."""

    def __init__(self) -> None:
        self._link: WatchdogLink | None = None

    def arm(self, lease: Lease, commission: Commission) -> None:
        """Arm a watchdog over a drill's lease; raises `UsageError` where that can't be."""
        greatest_s = commission.declaration.settings.greatest_duration_s
        self._link = arm_watchdog(lease, commission.target, greatest_s, commission.blind)

    def beat(self) -> bool:
        """Tell the watchdog that the drill lives; False where one was armed and is gone."""
        return self._link is None or self._link.beat()

    def cut(self, *, is_calm: bool) -> None:
        """Release the watchdog where calm is proven or was never touched; else it goes on in the drill's place."""
        link, self._link = self._link, None
        if link is None:
            return
        if is_calm:
            link.release()
        else:
            link.leave_to_it()


def arm_watchdog(lease: Lease, target: Target, greatest_duration_s: float, blind: Blind | None = None) -> WatchdogLink:
    """Start a watchdog over a lease and return once it watches; raises `UsageError` where it doesn't come to that.

    It takes over when the drill falls silent, hangs up, or lasts longer than `greatest_duration_s` seconds; of a
    `blind` drill it goes on with the sealed journal, and reveals it once calm is back.
    """
    process = _STANDING_BY.pop() if _STANDING_BY else taken_ahead() or start_watchdog()
    link = WatchdogLink(process)
    if process.stdin is None or process.stdout is None:
        raise UsageError("the watchdog can't be spoken to")
    # A broken pipe: it has died already, and its silence says so next.
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(json.dumps(_orders(lease, target, greatest_duration_s, blind)).encode() + b"\n")
    answer = process.stdout.readline().decode(errors="replace").strip()
    if answer != "armed":
        link.release()
        raise UsageError(f"no drill without its watchdog, and that can't be armed: {answer or 'it died at once'}")
    os.set_blocking(process.stdin.fileno(), False)
    return link


def _orders(lease: Lease, target: Target, greatest_duration_s: float, blind: Blind | None) -> dict[str, Any]:
    return {
        "lease": to_mapping(lease),
        "target": target.to_fields(),
        "silence_s": SILENCE_S,
        "greatest_duration_s": greatest_duration_s,
        "reveal": to_mapping(Revealed(blind.draw, blind.key.hex())) if blind else None,
    }
