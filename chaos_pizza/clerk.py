"""A process that writes a drill's report and keeps its row, ready before there is anything to write.

What a report and a history need takes longer to load than to use. So the process is started while the drill still
goes on, and waits for its orders; where it is not there, all is done here, and comes out the same.
"""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from chaos_pizza.configuration import TeamConfiguration
from chaos_pizza.errors import PizzaError, UsageError
from chaos_pizza.results import JudgedDrill, WrittenDrill, complaint_of, write_report

_NEEDED = ("chaos_pizza.report.charts.drill", "chaos_pizza.history.store", "sqlalchemy.dialects.sqlite")
"""What is loaded late by whoever needs it, besides what is named below."""
_LAST_PATIENCE_S = 1.0
"""So long one that is to stop may take to tidy up what it has begun."""


@dataclass(frozen=True, slots=True)
class FiledDrill:
    """A drill whose results the process has written, and knows; `complaints` says what is missing from them."""

    judged: JudgedDrill
    complaints: tuple[str, ...]


class Clerk:
    """Writes one drill's results, and lets others know of it, by a process that got ready before.

    A context manager, at whose end the process is gone. Whatever ends it, a signal to this one too, what it has
    written is whole, and what it has not is not there.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Clerk":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._let_go()

    def get_ready(self) -> None:
        """Start the process, which gets ready meanwhile; a second call, or one that fails, does nothing."""
        if self._process is not None:
            return
        pipe = subprocess.PIPE
        with suppress(OSError):  # all is done here then
            self._process = subprocess.Popen(
                [sys.executable, "-m", "chaos_pizza.clerk"],
                stdin=pipe,
                stdout=pipe,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def write_report(self, judged: JudgedDrill) -> WrittenDrill | FiledDrill:
        """Write a drill's report as `results.write_report` does; raises `PizzaError` with what that complained of."""
        answer = self._asked(judged)
        return write_report(judged) if answer is None else FiledDrill(judged, answer)

    def conclude(
        self, written: WrittenDrill | FiledDrill, configuration: TeamConfiguration, reports: Path, *, owes_calm: bool
    ) -> Sequence[str]:
        """Let the history and the team's tools know of it as `aftermath.conclude` does; raises as `write_report`."""
        if isinstance(written, FiledDrill):
            answer = self._asked((configuration, reports, owes_calm))
            if answer is not None:
                return answer
            written = _as_written(written)
        from chaos_pizza.aftermath import conclude  # noqa: PLC0415 - a drill's start need not wait for it

        return conclude(written, configuration, reports, owes_calm=owes_calm)

    def _asked(self, order: object) -> tuple[str, ...] | None:
        """Return what the process answers to an order; `None` where it is not there, or died of it."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return None
        try:
            pickle.dump(order, process.stdin)
            process.stdin.flush()
            complaint, complaints = pickle.load(process.stdout)  # noqa: S301 - our own module's word
        except (OSError, EOFError, pickle.UnpicklingError):
            self._let_go()
            return None
        except BaseException:
            # A signal to this process: what was ordered is to be stopped.
            self._let_go()
            raise
        if complaint is not None:
            raise PizzaError(complaint)
        return tuple(complaints)

    def _let_go(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                if stream is not None:
                    stream.close()
        try:
            process.wait(_LAST_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _as_written(filed: FiledDrill) -> WrittenDrill:
    """Return a drill as whoever wrote it had it, for who goes on in its place."""
    from chaos_pizza.notes_file import read_notes  # noqa: PLC0415 - hardly ever needed

    judged, notes = filed.judged, None
    with suppress(UsageError):
        notes = read_notes(judged.folder)
    return WrittenDrill(judged.folder, judged.assessment, notes, judged.size, filed.complaints)


def main() -> None:
    """Get ready, then write and conclude as told on stdin; without orders, since whoever had them is gone, end."""
    # A terminal's signals are for the drill, which says what of this is to stop.
    for name in ("SIGINT", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    try:
        with suppress(EOFError, OSError):
            _serve(sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb"))
    finally:
        # What Python tidies up at its end is of no use to anybody.
        os._exit(0)


def _get_ready() -> None:
    from chaos_pizza.report import lead, markdown, page  # noqa: PLC0415 - a drill's start need not wait for them

    lead.get_ready()
    markdown.get_ready()
    page.to_page("", title="", pictures={}, lead_html="")
    for module in _NEEDED:
        import_module(module)


def _serve(orders: BinaryIO, answers: BinaryIO) -> None:
    from chaos_pizza.drawing import Drawer  # noqa: PLC0415 - of use to this process alone

    # Whatever is printed is no answer.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with Drawer() as drawer:
        # One after the other: the drill still makes purchases, and is to find a processor free for them.
        complaint_of(_get_ready)  # what can't be loaded is told where it is needed
        drawer.get_ready()
        written: list[WrittenDrill] = []
        judged = pickle.load(orders)  # noqa: S301 - the drill's own process
        complaint = complaint_of(lambda: written.append(write_report(judged, draw=drawer.draw)))
        _answer(answers, complaint, written[0].complaints if written else ())
        if not written:
            return
        configuration, reports, owes_calm = pickle.load(orders)  # noqa: S301 - as above
        from chaos_pizza.aftermath import conclude  # noqa: PLC0415 - loaded by now

        told: list[str] = []
        complaint = complaint_of(lambda: told.extend(conclude(written[0], configuration, reports, owes_calm=owes_calm)))
        _answer(answers, complaint, told)


def _answer(answers: BinaryIO, complaint: str | None, complaints: Sequence[str]) -> None:
    pickle.dump((complaint, tuple(complaints)), answers)
    answers.flush()


def _stop(_number: int, _frame: Any) -> None:
    raise SystemExit


if __name__ == "__main__":
    import gc

    gc.disable()
    main()
