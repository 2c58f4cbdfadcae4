"""The reports of a fleet's drills, written by one process for all of them: what draws has been loaded once, then."""

import os
import signal
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic

from chaos_pizza.errors import DrawingError
from chaos_pizza.report.chart import Chart
from chaos_pizza.results import complaint_of, judge_drill, write_report

_LONGEST_S = 60.0
"""So long one report may take."""


def write_reports(line: Connection) -> None:
    """Write the report of each drill whose folder comes by the line, and answer with what is missing; ends with it."""
    os.setsid()
    for name in ("SIGINT", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    with suppress(EOFError, OSError):
        while True:
            line.send(_complaints(line.recv()))


def _complaints(folder: Path) -> tuple[str, ...]:
    missing: list[str] = []
    complaint = complaint_of(lambda: missing.extend(write_report(judge_drill(folder), draw=_draw).complaints))
    return (*missing, *([complaint] if complaint else []))


def _draw(charts: Sequence[Chart]) -> dict[str, str]:
    """Return the charts' pictures by the names of their files, drawn in this process."""
    from chaos_pizza.charting import draw  # noqa: PLC0415 - slow

    try:
        return {f"{chart.name}.svg": draw(chart) for chart in charts}
    except ValueError as error:
        raise DrawingError(f"a picture can't be drawn: {error}") from None


Written = Callable[[tuple[str, ...]], None]
"""Is told what is missing from a report."""


@dataclass(slots=True)
class ReportDesk:
    """Has reports written, one after the other; a process that died over one is replaced for the next.

    `context` is what processes are forked by.
    """

    context: ForkServerContext
    _waiting: deque[tuple[Path, Written]] = field(default_factory=deque)
    _at_work: tuple[Path, Written] | None = None
    _process: BaseProcess | None = None
    _line: Connection | None = None
    _due_s: float = 0.0

    @property
    def line(self) -> Connection | None:
        """What the next answer comes by; `None` while nothing is being written."""
        return self._line if self._at_work else None

    @property
    def is_idle(self) -> bool:
        """Whether all reports are written."""
        return self._at_work is None and not self._waiting

    def order(self, folder: Path, written: Written) -> None:
        """Have the report of a drill's folder written, and `written` told of it then."""
        self._waiting.append((folder, written))

    def go_on(self) -> None:
        """Take an answer that is there, and hand out the next order; never waits."""
        if self._at_work is not None and self._line is not None:
            if self._line.poll():
                try:
                    self._conclude(self._line.recv())
                except (EOFError, OSError):
                    self._replace("the process that wrote the report has died")
            elif monotonic() > self._due_s:
                self._replace(f"the report was not written within {_LONGEST_S:g} s")
        if self._at_work is None and self._waiting:
            self._begin()

    def close(self) -> None:
        """End the process; a report that is being written is left as it is."""
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.join(1.0)
            self._process.kill()
            self._process.join()
        self._process = self._line = None

    def _begin(self) -> None:
        if self._process is None or self._line is None:
            self._line, theirs = self.context.Pipe()
            self._process = self.context.Process(target=write_reports, args=(theirs,), name="reports")
            self._process.start()
            theirs.close()
        self._at_work = self._waiting.popleft()
        self._due_s = monotonic() + _LONGEST_S
        with suppress(OSError):
            # It has died; the answer that never comes says so.
            self._line.send(self._at_work[0])

    def _conclude(self, complaints: tuple[str, ...]) -> None:
        if self._at_work is not None:
            self._at_work[1](complaints)
        self._at_work = None

    def _replace(self, reason: str) -> None:
        folder = self._at_work[0] if self._at_work else None
        self.close()
        self._conclude((f"{reason}; chaos-pizza report {folder} writes it",))
