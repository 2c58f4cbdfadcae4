"""The options by which a command tells a CI system of its drills, and what they write."""

import functools
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from chaos_pizza.cli.ci_files import append, check_writable, is_step_summary, size_of, write_whole
from chaos_pizza.errors import CalmNotRestored, PizzaError
from chaos_pizza.model.result import Verdict

if TYPE_CHECKING:  # what only a run of CI needs is loaded by it alone
    from chaos_pizza.ci.turn import Turn
    from chaos_pizza.runner.drill import HeldDrill

Command = TypeVar("Command", bound=Callable[..., Any])

_REFUSED = 2
_OPTIONS = (
    click.option("--junit", type=click.Path(path_type=Path), metavar="FILE", help="Write JUnit XML there."),
    click.option(
        "--summary",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write a summary in Markdown there; what is in $GITHUB_STEP_SUMMARY is kept.",
    ),
    click.option("--annotations", is_flag=True, help="Print GitHub's annotations, on stderr if stdout is taken."),
    click.option(
        "budgets",
        "--budget",
        multiple=True,
        metavar="NAME=NUMBER",
        help="A budget in place of the experiment's, such as ttd_s=60; NAME=none lifts it. May be given several times.",
    ),
)


@dataclass(slots=True)
class Telling:
    """What is to be told of one drill once it is over; filled in as it goes."""

    held: "HeldDrill | None" = None
    exit_code: int = Verdict.INVALID.exit_code
    complaint: str | None = "it came to no result"


@dataclass(frozen=True, slots=True)
class CiOutputs:
    """Where a CI system is told of drills: JUnit XML and a summary in files, annotations on a stream."""

    junit: Path | None = None
    summary: Path | None = None
    annotations: bool = False

    @property
    def wanted(self) -> bool:
        """Whether anything is to be written at all."""
        return self.junit is not None or self.summary is not None or self.annotations

    def check(self) -> None:
        """Raise `UsageError` where a file could not be written: before a drill, not after it."""
        for path in (self.junit, self.summary):
            if path is not None:
                check_writable(path)

    @contextmanager
    def told_of(self, experiment: Path, *, stdout_is_taken: bool) -> Iterator[Telling]:
        """Check the outputs, and write them when the `with` is left, however it is left.

        Whoever holds the drill puts it into what is given here.
        """
        self.check()
        telling = Telling()
        try:
            yield telling
        except PizzaError as error:
            lost = isinstance(error, CalmNotRestored)
            telling.exit_code = Verdict.CALM_NOT_RESTORED.exit_code if lost else _REFUSED
            telling.complaint = str(error)
            raise
        finally:
            if self.wanted:
                self._write_after(experiment, telling, stdout_is_taken=stdout_is_taken)

    def _write_after(self, experiment: Path, telling: Telling, *, stdout_is_taken: bool) -> None:
        from chaos_pizza.results import complaint_of  # noqa: PLC0415 - only a run of CI needs it

        complaint = complaint_of(lambda: self.write([_turn(experiment, telling)], stdout_is_taken=stdout_is_taken))
        if complaint is not None:
            click.echo(f"chaos-pizza, after the drill: the CI system could not be told: {complaint}", err=True)

    def write(self, turns: "Sequence[Turn]", *, stdout_is_taken: bool = False) -> None:
        """Write all that was asked for. What can't be written is told on stderr, and changes no exit code."""
        if self.annotations:
            from chaos_pizza.ci.annotations import to_annotations  # noqa: PLC0415 - only a run of CI needs it

            for line in to_annotations(turns):
                click.echo(line, err=stdout_is_taken)
        for path, write in ((self.junit, _write_junit), (self.summary, _write_summary)):
            try:
                if path is not None:
                    write(path, turns)
            except OSError as error:
                click.echo(f"chaos-pizza: {path} can't be written: {error.strerror}", err=True)


def ci_options(command: Command) -> Command:
    """Give a command the options; it is called with `outputs`, and with the `budgets` by name."""

    @functools.wraps(command)
    def with_outputs(
        *arguments: Any,
        junit: Path | None,
        summary: Path | None,
        annotations: bool,
        budgets: tuple[str, ...],
        **rest: Any,
    ) -> Any:
        from chaos_pizza.ci.budgets import read_budgets  # noqa: PLC0415 - not for a command's help

        outputs = CiOutputs(junit, summary, annotations)
        return command(*arguments, outputs=outputs, budgets=read_budgets(budgets), **rest)

    for option in reversed(_OPTIONS):
        with_outputs = option(with_outputs)
    return with_outputs  # type: ignore[return-value]


def shown_path(path: Path) -> str:
    """Return a file's path as a CI system knows it: from the root of what it checked out, where that is known."""
    root = os.environ.get("GITHUB_WORKSPACE") or os.environ.get("CI_PROJECT_DIR")
    if root and path.resolve().is_relative_to(Path(root).resolve()):
        return path.resolve().relative_to(Path(root).resolve()).as_posix()
    return str(path)


def _turn(experiment: Path, telling: Telling) -> "Turn":
    from chaos_pizza.runner.turns import held_turn, planned_turn  # noqa: PLC0415 - only a run of CI needs it

    turn = planned_turn(experiment, shown=shown_path(experiment))
    held = telling.held
    if held is None:
        return held_turn(turn, None, telling.exit_code, telling.complaint)
    return held_turn(turn, held.folder, held.exit_code, held.complaint)


def _write_junit(path: Path, turns: "Sequence[Turn]") -> None:
    from chaos_pizza.ci.junit import to_junit  # noqa: PLC0415 - only a run of CI needs it

    write_whole(path, to_junit(turns))


def _write_summary(path: Path, turns: "Sequence[Turn]") -> None:
    from chaos_pizza.ci.summary import MOST_BYTES, to_summary  # noqa: PLC0415 - only a run of CI needs it

    if is_step_summary(path):
        append(path, to_summary(turns, max(0, MOST_BYTES - size_of(path))).encode())
    else:
        write_whole(path, to_summary(turns).encode())
