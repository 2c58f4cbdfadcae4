"""One shop of a fleet under way: its drill's process, and what becomes of the drill where that dies."""

import os
import signal
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic

from chaos_pizza.errors import PizzaError
from chaos_pizza.fleet.row import ShopRow, row_of
from chaos_pizza.folder import judge_folder
from chaos_pizza.lease_file import list_leases
from chaos_pizza.model.result import Verdict
from chaos_pizza.runner.drill_process import exit_code_of
from chaos_pizza.runner.fleet_drill import Begun, DrillOrder, hold_shop_drill
from chaos_pizza.stop_file import request_stop

OPENING_S = 300.0
"""So long a drill may take to log in and look around; what hangs later its watchdog ends."""
_OVERTIME_S = 300.0
"""So much longer than its experiment allows a drill's process may last before the fleet ends it itself."""
_WATCHDOG_PATIENCE_S = 60.0
"""So long a dead drill's watchdog is waited for; it goes on after that, too."""
_GLANCE_S = 0.5


@dataclass(slots=True)
class Lane:
    """A drill's process, from its start until its row is known.

    `line` is what it tells the fleet by, until its end; `drill` is the drill's folder once it has begun, and `row` what
    came of the shop, `None` until that is known.
    """

    order: DrillOrder
    process: BaseProcess
    line: Connection
    due_s: float
    drill: Path | None = None
    row: ShopRow | None = None
    is_stopped: bool = False
    _died_s: float | None = None
    _looked_s: float = 0.0
    _told: ShopRow | None = None

    @classmethod
    def begin(cls, context: ForkServerContext, order: DrillOrder) -> "Lane":
        """Start a shop's drill."""
        ours, theirs = context.Pipe()
        process = context.Process(target=hold_shop_drill, args=(order, theirs), name=f"drill of {order.shop}")
        process.start()
        theirs.close()
        return cls(order, process, ours, monotonic() + OPENING_S)

    @property
    def is_dead(self) -> bool:
        """Whether its process has ended."""
        return self._died_s is not None

    def hear(self) -> None:
        """Take what the drill says; never waits where it has said something, or has ended."""
        try:
            said = self.line.recv()
        except (EOFError, OSError):
            self._bury()
            return
        if isinstance(said, Begun):
            self.drill = self.order.folder / said.drill
            self.due_s = monotonic() + self.order.declaration.settings.greatest_duration_s + _OVERTIME_S
            return
        self._told = said
        self._bury()

    def look(self) -> None:
        """See to what the process does not tell: that it hangs, or what its watchdog has made of a dead one's drill."""
        now_s = monotonic()
        if self._died_s is None:
            if now_s > self.due_s:
                self.process.kill()
        elif self.row is None and now_s - self._looked_s > _GLANCE_S:
            self._looked_s = now_s
            waited_s = now_s - self._died_s
            if not self._is_watched_over() or waited_s > _WATCHDOG_PATIENCE_S:
                self.row = self._of_the_dead()

    def stop(self, reason: str) -> None:
        """Have the drill end in order; by its own STOP file where it has begun, so that its report says why."""
        self.is_stopped = True
        if self.drill is not None and not self.is_dead:
            with suppress(PizzaError):
                request_stop(self.drill, reason)
                return
        self.signal(signal.SIGINT)

    def signal(self, number: int) -> None:
        """Pass a signal on to the drill."""
        self.is_stopped = True
        if self.process.pid is not None and not self.is_dead:
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, number)

    def _bury(self) -> None:
        self._died_s = monotonic()
        self.line.close()
        self.process.join(_GLANCE_S)
        if self._told is not None:
            self.row = self._told

    def _is_watched_over(self) -> bool:
        """Whether a lease is left of the drill: calm is owed, and its watchdog at it."""
        if self.drill is None:
            return False
        folder = str(self.drill.resolve())
        return any(lease.folder == folder for lease in list_leases())

    def _of_the_dead(self) -> ShopRow:
        """Return the row of a drill whose process died without a word."""
        how = self._how_it_died()
        shop, is_owed = self.order.shop, self._is_watched_over()
        if self.drill is None:
            code = exit_code_of(self.process.exitcode or 0, False, self.is_stopped)
            # Nothing is broken before a drill has begun.
            code = code if code == Verdict.ABORTED.exit_code else Verdict.INVALID.exit_code
            return ShopRow(shop, code, (f"{how} before the drill began",))
        owed = "; its watchdog has not proven calm yet: chaos may still be on"
        try:
            result, _ = judge_folder(self.drill)
        except PizzaError as error:
            verdict = Verdict.CALM_NOT_RESTORED if is_owed else Verdict.INVALID
            return ShopRow(shop, verdict.exit_code, (f"{how}{owed if is_owed else ''}", str(error)), self.drill.name)
        verdict = Verdict.CALM_NOT_RESTORED if is_owed else result.judgement.verdict
        row = row_of(shop, verdict.exit_code, result)
        return replace(row, reasons=(f"{how}{owed if is_owed else '; its watchdog ended it'}", *row.reasons))

    def _how_it_died(self) -> str:
        code = self.process.exitcode
        if code is not None and code < 0:
            with suppress(ValueError):
                return f"its process was ended by {signal.Signals(-code).name}"
        return f"its process ended with exit code {code} and no result"
