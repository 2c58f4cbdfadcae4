"""A signal ends a drill in order: it is noted, the method stops, calm is restored."""

import logging
import signal
import threading
from types import FrameType
from typing import Any

from chaoslib.exceptions import InterruptExecution

from chaos_pizza.live.session import DrillSession
from chaos_pizza.model.incident import Stage

_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2") if hasattr(signal, name)
)
_ENOUGH = 3
"""Signals after which even the restoring of calm is given up."""

logger = logging.getLogger("chaostoolkit")


class AbortOnSignal:
    """Takes over the signals that end a process, for the length of a drill.

    The engine lets some of them skip the rollbacks, and its older version swallows SIGTERM within an activity; here
    each only asks for the drill's end. While calm is being restored a signal changes nothing, until the third.
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
        if session.stage in {Stage.ROLLBACK, Stage.VERIFICATION}:
            if self._count >= _ENOUGH:
                raise KeyboardInterrupt
            logger.warning("Calm is being restored; %s more of these would end even that", _ENOUGH - self._count)
            return
        if not session.is_writing_here:
            raise InterruptExecution(f"{name} was received")
