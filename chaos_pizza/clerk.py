"""A process that writes a drill's report and keeps its row, ready before there is anything to write.

What a report and a history need takes longer to load than to use. So the process is started while the drill still
goes on, and waits for its orders; where it is not there, all is done here, and comes out the same.
"""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from chaos_pizza.configuration import TeamConfiguration
from chaos_pizza.errors import PizzaError, UsageError
from chaos_pizza.model.target import without_target
from chaos_pizza.pipe_messages import Unheard, receive, send
from chaos_pizza.results import JudgedDrill, WrittenDrill, write_report

_ORDER_S = 60.0
"""So long it may take to get ready and read an order: it is loading still where the drill's end was quick."""
_REPORT_S = 180.0
"""So long a report may take: 30 s for its turn, 60 s for the pictures, and as much again to judge and to write."""
_HISTORY_S = 180.0
"""So long a row may take: 30 s for its turn, and a database is given up after 5 s, or 30 s for each statement."""
_TOOLS_S = 30.0
"""So long telling the tools may take: 10 s by itself, and a machine that is busy with other things."""
TELL_TOOLS = "tell the tools"
"""The last order to the process."""
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
    written is whole, and what it has not is not there. It is waited for as long as a slow one may take, or for
    `patience_s` seconds each time; where it is of no use by then, it is let go, and all is done here.
    """

    def __init__(self, patience_s: float | None = None) -> None:
        self._patience_s = patience_s
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: int | None = None

    def __enter__(self) -> "Clerk":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._let_go()

    def get_ready(self) -> None:
        """Start the process, which gets ready meanwhile; a second call, or one that fails, does nothing."""
        if self._process is not None or self._answers is not None:
            return
        with suppress(OSError):  # all is done here then
            self._answers, theirs = os.pipe()
            try:
                # Its answers have a pipe of their own: what anything there prints is none.
                self._process = subprocess.Popen(  # noqa: S603 - our own module
                    [sys.executable, "-m", "chaos_pizza.clerk_process", str(theirs)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=without_target(os.environ),
                    pass_fds=(theirs,),
                    start_new_session=True,
                )
            finally:
                os.close(theirs)

    def write_report(self, judged: JudgedDrill) -> WrittenDrill | FiledDrill:
        """Write a drill's report as `results.write_report` does; raises `PizzaError` with what that complained of."""
        try:
            return FiledDrill(judged, self._asked(judged, _REPORT_S))
        except Unheard:
            return write_report(judged)

    def conclude(
        self, written: WrittenDrill | FiledDrill, configuration: TeamConfiguration, reports: Path, *, owes_calm: bool
    ) -> Sequence[str]:
        """Let the history and the team's tools know of it as `aftermath.conclude` does; raises as `write_report`.

        The tools are told by one process alone. Where that was lost over it, a complaint says so.
        """
        if isinstance(written, FiledDrill):
            try:
                order = (configuration, reports, owes_calm, _environment_for(configuration))
                complaints = self._asked(order, _HISTORY_S)
                if not configuration.publish:
                    return complaints
                self._say(TELL_TOOLS)
            except Unheard:
                written = _as_written(written)
            else:
                return [*complaints, *self._heard_of_tools(written.judged.folder.name)]
        from chaos_pizza.aftermath import conclude  # noqa: PLC0415 - a drill's start need not wait for it

        return conclude(written, configuration, reports, owes_calm=owes_calm)

    def _heard_of_tools(self, drill: str) -> tuple[str, ...]:
        try:
            return self._heard(_TOOLS_S)
        except Unheard:
            return (
                f"it is not known whether the team's tools were told of it; chaos-pizza publish {drill} tells them",
            )

    def _asked(self, order: object, patience_s: float) -> tuple[str, ...]:
        """Return what the process answers to an order; raises `Unheard` where it is not there, or of no use."""
        self._say(order)
        return self._heard(patience_s)

    def _say(self, order: object) -> None:
        """Give an order; where `Unheard` is raised, the process has not got it, and is gone."""
        process = self._process
        if process is None or process.stdin is None:
            raise Unheard
        with self._or_let_go():
            send(process.stdin.fileno(), pickle.dumps(order), self._patience_s or _ORDER_S)

    def _heard(self, patience_s: float) -> tuple[str, ...]:
        """Return what the process answers; raises `Unheard`, and the process is gone, where that is nothing of use."""
        if self._answers is None:
            raise Unheard
        with self._or_let_go():
            complaint, complaints = _read_answer(receive(self._answers, self._patience_s or patience_s))
        if complaint is not None:
            raise PizzaError(complaint)
        return complaints

    @contextmanager
    def _or_let_go(self) -> Iterator[None]:
        try:
            yield
        except Exception:  # noqa: BLE001 - whatever it is, all can be done here as well
            self._let_go()
            raise Unheard from None
        except BaseException:
            # A signal to this process: what was ordered is to be stopped.
            self._let_go()
            raise

    def _let_go(self) -> None:
        process, self._process = self._process, None
        answers, self._answers = self._answers, None
        if process is not None:
            process.terminate()
        if answers is not None:
            os.close(answers)
        if process is None:
            return
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
        try:
            process.wait(_LAST_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment_for(configuration: TeamConfiguration) -> dict[str, str]:
    """Return the environment in which a history is found and tools are told."""
    return without_target(os.environ, named_in=f"{configuration.history} {configuration.publish}")


def _as_written(filed: FiledDrill) -> WrittenDrill:
    """Return a drill as whoever wrote it had it, for who goes on in its place."""
    from chaos_pizza.notes_file import read_notes  # noqa: PLC0415 - hardly ever needed

    judged, notes = filed.judged, None
    with suppress(UsageError):
        notes = read_notes(judged.folder)
    return WrittenDrill(judged.folder, judged.assessment, notes, judged.size, filed.complaints)


def to_answer(complaint: str | None, complaints: Sequence[str]) -> bytes:
    """Return what the process answers to an order: what went wrong as a whole, and what else, a line each."""
    return json.dumps([complaint, list(complaints)]).encode()


def _read_answer(raw: bytes) -> tuple[str | None, tuple[str, ...]]:
    """Return what `to_answer` was given; raises some error where that is no answer."""
    complaint, complaints = json.loads(raw)
    if not isinstance(complaint, str | None) or not all(isinstance(line, str) for line in complaints):
        raise ValueError("that is no answer")
    return complaint, tuple(complaints)
