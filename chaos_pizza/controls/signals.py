"""A signal ends a drill in order: it is noted, the method stops, calm is restored."""

import os
import signal
import sys
import threading
from types import FrameType
from typing import Any

from chaoslib.exceptions import InterruptExecution

from chaos_pizza.live.session import DrillSession
from chaos_pizza.model.incident import Stage
from chaos_pizza.model.result import Verdict

_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2") if hasattr(signal, name)
)
_ENOUGH = 2
"""Signals after which the drill leaves even the restoring of calm to its watchdog."""
_SHOW_CURSOR = "\x1b[?25h"


class AbortOnSignal:
    """Takes over the signals that end a process, for the length of a drill.

    The engine lets some of them skip the rollbacks, and its older version swallows SIGTERM within an activity; here
    each only asks for the drill's end, in order. The second leaves it to the watchdog, and says so.
    """

    def __init__(self) -> None:
        self._session: DrillSession | None = None
        self._former: dict[int, Any] = {}
        self._count = 0

    def install(self, session: DrillSession) -> None:
        """Take the signals over; does nothing outside the main thread, where Python has no signals."""
        if threading.current_thread() is not threading.main_thread():
            return
        self._session, self._count = session, 0
        self._former = {number: signal.signal(number, self._handle) for number in _SIGNALS}

    def uninstall(self) -> None:
        """Give the signals back to those who had them before."""
        for number, former in self._former.items():
            signal.signal(number, former)
        self._former, self._session = {}, None

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        session = self._session
        if session is None:
            return
        self._count += 1
        name = signal.Signals(number).name
        session.abort(f"{name} was received")
        if self._count >= _ENOUGH:
            _leave_to_the_watchdog(session)
        if session.stage not in {Stage.ROLLBACK, Stage.VERIFICATION} and not session.is_writing_here:
            raise InterruptExecution(f"{name} was received")


def _leave_to_the_watchdog(session: DrillSession) -> None:
    """End this process at once; the pipe to the watchdog ends with it, and that is its call."""
    cursor = _SHOW_CURSOR if sys.stderr.isatty() else ""
    sys.stderr.write(
        f"{cursor}\nchaos-pizza: leaving drill {session.folder.name} to its watchdog, which restores calm now. Should "
        f"it not come back, run: chaos-pizza calm --target {session.commission.target.name}\n"
    )
    sys.stderr.flush()
    os._exit(Verdict.CALM_NOT_RESTORED.exit_code)
