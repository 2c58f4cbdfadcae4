"""What a command does once a drill is over: say how it went, write its report, let others know.

None of it changes the exit code that the drill has earned, and what must be done now is said first, and last.
"""

import errno
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

import click

from chaos_pizza.clerk import Clerk, FiledDrill
from chaos_pizza.model.result import Verdict
from chaos_pizza.results import WrittenDrill, complaint_of

if TYPE_CHECKING:
    from rich.console import Console

    from chaos_pizza.configuration import TeamConfiguration
    from chaos_pizza.runner.drill import HeldDrill

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class _Stopped(BaseException):
    """A signal ended what was being done after a drill; no `Exception`, so that nothing takes it for a mistake."""


class AfterDrill:
    """Signals after a drill: they end what is done then, one thing after the other, and never the saying of it.

    A context manager around a drill; `begin` takes the signals over once the drill has let go of them.
    """

    def __init__(self) -> None:
        self._is_stopped = False
        self._is_stoppable = False
        self._former: dict[int, Any] = {}

    def __enter__(self) -> "AfterDrill":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, former in self._former.items():
            signal.signal(number, former)

    def begin(self) -> None:
        """Take the signals over; does nothing outside the main thread, where Python has no signals."""
        if threading.current_thread() is threading.main_thread() and not self._former:
            self._former = {number: signal.signal(number, self._handle) for number in _SIGNALS}

    def attempt(self, work: Callable[[], object]) -> str | None:
        """Do what nothing of the drill's depends on; return what it complained of, or that a signal ended it."""
        if self._is_stopped:
            return "it was stopped by a signal"
        try:
            self._is_stoppable = True
            complaint = complaint_of(work)
            self._is_stoppable = False
        except _Stopped:
            return "it was stopped by a signal"
        return complaint

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        self._is_stopped = True
        if self._is_stoppable:
            self._is_stoppable = False
            raise _Stopped


def tell(held: "HeldDrill", console: "Console", *, as_json: bool, target_name: str | None) -> None:
    """Print what came of a drill, and before and after it, loudly, what is left to do where calm is not proven."""
    warn(held, target_name)
    complaint = complaint_of(lambda: _print(held, console, as_json=as_json))
    if complaint is not None:
        say(f"chaos-pizza: what came of the drill can't be printed: {complaint}")
    _let_go_of_stdout()
    if held.complaint:
        say(f"chaos-pizza: {held.complaint}")
        warn(held, target_name)


def write_up(
    held: "HeldDrill", after: AfterDrill, target_name: str | None, clerk: Clerk | None = None
) -> WrittenDrill | FiledDrill | None:
    """Write a drill's report, and say what is missing from it; `None` where none could be written.

    `clerk` is who writes it, by default this process.
    """
    clerk = clerk or Clerk()
    judged, written = held.judged, []
    if judged is None:
        return None
    complaint = after.attempt(lambda: written.append(clerk.write_report(judged)))
    complaints = list(written[0].complaints) if written else []
    if complaint is not None:
        complaints.append(f"no report was written: {complaint}; chaos-pizza report {held.folder.name} writes it")
    _complain(complaints, held, target_name)
    return written[0] if written else None


def let_know(
    held: "HeldDrill",
    written: WrittenDrill | FiledDrill | None,
    configuration: "TeamConfiguration",
    after: AfterDrill,
    target_name: str | None,
    clerk: Clerk | None = None,
) -> None:
    """Let the history and the team's tools know of a drill, and say what did not work; takes seconds at the most.

    `clerk` is who has written its report, by default this process.
    """
    if written is None:
        return
    clerk = clerk or Clerk()
    owes_calm = held.exit_code == Verdict.CALM_NOT_RESTORED.exit_code
    complaints: list[str] = []
    reports = held.folder.parent
    complaint = after.attempt(
        lambda: complaints.extend(clerk.conclude(written, configuration, reports, owes_calm=owes_calm))
    )
    _complain([*complaints, *([complaint] if complaint else [])], held, target_name)


def warn(held: "HeldDrill", target_name: str | None) -> None:
    """Say what has to be done at once where calm is not proven; nothing where it is."""
    if held.exit_code == Verdict.CALM_NOT_RESTORED.exit_code:
        say(f"chaos-pizza: CHAOS MAY STILL BE ON. Run: chaos-pizza calm --target {target_name or 'env'}")


def say(line: str) -> None:
    """Print a line on stderr; where nobody can hear it, nothing else is to suffer."""
    with suppress(OSError, ValueError):
        click.echo(line, err=True)


def _complain(complaints: list[str], held: "HeldDrill", target_name: str | None) -> None:
    for complaint in complaints:
        say(f"chaos-pizza, after the drill: {complaint}")
    if complaints:
        # What has to be done now is the last thing on the screen.
        warn(held, target_name)


def _print(held: "HeldDrill", console: "Console", *, as_json: bool) -> None:
    from chaos_pizza.console.summary import print_summary  # noqa: PLC0415
    from chaos_pizza.folder import PAGE_NAME  # noqa: PLC0415
    from chaos_pizza.report.document import to_document  # noqa: PLC0415

    if held.result is None:
        return
    if as_json:
        click.echo(json.dumps(to_document(held.result), indent=2))
    try:
        print_summary(console, held.result, str(held.folder / PAGE_NAME))
    except SystemExit:
        # The library ends the process where nobody reads what it prints.
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from None


def _let_go_of_stdout() -> None:
    """Where nobody reads stdout any more, let nothing that is still to be written there change the exit code."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
