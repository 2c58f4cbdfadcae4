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
from chaos_pizza.model.result import InstantName, Verdict

_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2") if hasattr(signal, name)
)
_ENOUGH = 2
"""Signals after which the drill leaves even the restoring of calm to its watchdog."""
_HANG_UP = getattr(signal, "SIGHUP", None)
_SHOW_CURSOR = "\x1b[?25h"


class AbortOnSignal:
    """Takes over the signals that end a process, for the length of a drill.

    The engine lets some of them skip the rollbacks, and its older version swallows SIGTERM within an activity; here
    each only asks for the drill's end, in order. The second leaves it to the watchdog, and says so. A game day whose
    fault has not begun is left as it stands by SIGTERM, which comes before a restart of the machine.
    """

    def __init__(self) -> None:
        self._session: DrillSession | None = None
        self._former: dict[int, Any] = {}
        self._count = 0
        self._interrupts = False

    def install(self, session: DrillSession) -> None:
        """Take the signals over; does nothing outside the main thread, where Python has no signals.

        Until `let_interrupt` is called they are only noted: a drill that is being begun is not to stop half-way.
        """
        if threading.current_thread() is not threading.main_thread():
            return
        self._session, self._count, self._interrupts = session, 0, False
        self._former = {number: signal.signal(number, self._handle) for number in _SIGNALS}

    def let_interrupt(self) -> None:
        """Let signals interrupt whatever the main thread is at from now on, as far as that may be interrupted."""
        self._interrupts = True

    def uninstall(self) -> None:
        """Give the signals back to those who had them before."""
        for number, former in self._former.items():
            signal.signal(number, former)
        self._former, self._session = {}, None

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        session = self._session
        if session is None or (number == _HANG_UP and session.commission.blind):
            # A game day may wait for days, and goes on when its terminal is closed.
            return
        if number == signal.SIGTERM and session.commission.blind and self._count == 0:
            self._count += 1
            # In a thread of its own: this one may be looking at the timeline right now, which is locked then.
            threading.Thread(target=_leave_or_abort, args=(session,), daemon=True).start()
            return
        self._count += 1
        name = signal.Signals(number).name
        session.abort(f"{name} was received")
        if self._count >= _ENOUGH:
            _leave_to_the_watchdog(session)
        is_open = session.stage not in {Stage.ROLLBACK, Stage.VERIFICATION} and not session.is_writing_here
        if self._interrupts and is_open:
            raise InterruptExecution(f"{name} was received")


def _leave_or_abort(session: DrillSession) -> None:
    """Leave a game day whose fault has not begun, so that it goes on after a restart; else ask for its end."""
    has_room = session.interruption is None and session.stage in {Stage.BASELINE, Stage.METHOD}
    if has_room and not (session.has_begun and session.knows(InstantName.FAULT_START)):
        _leave_for_later(session)
    session.abort("SIGTERM was received")


def _leave_for_later(session: DrillSession) -> None:
    """End this process at once and leave a game day as it stands, sealed, to be gone on with."""
    sys.stderr.write("\nchaos-pizza: left as it stands; run the same command again to go on with this game day\n")
    sys.stderr.flush()
    session.leave()
    os._exit(Verdict.ABORTED.exit_code)


def _leave_to_the_watchdog(session: DrillSession) -> None:
    """End this process at once; the pipe to the watchdog ends with it, and that is its call."""
    cursor = _SHOW_CURSOR if sys.stderr.isatty() else ""
    sys.stderr.write(
        f"{cursor}\nchaos-pizza: leaving drill {session.folder.name} to its watchdog, which restores calm now. Should "
        f"it not come back, run: chaos-pizza calm --target {session.commission.target.name}\n"
    )
    sys.stderr.flush()
    os._exit(Verdict.CALM_NOT_RESTORED.exit_code)
