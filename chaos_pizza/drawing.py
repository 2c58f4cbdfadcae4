"""Pictures drawn in a process of its own: what draws may end as a whole, and nothing else is to end with it."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from types import TracebackType

from chaos_pizza.errors import DrawingError
from chaos_pizza.model.target import without_target
from chaos_pizza.report.chart import Chart

TIMEOUT_S = 60.0


class Drawer:
    """A process that draws once, started before there is anything to draw: getting ready takes it longer than drawing.

    A context manager, at whose end it is gone, whether or not it drew.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Drawer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._let_go()

    def get_ready(self) -> None:
        """Start the process, which gets ready meanwhile; a second call, or one that fails, does nothing."""
        if self._process is None:
            with suppress(OSError):  # drawing says so, where it matters
                self._process = _started("--get-ready")

    def draw(self, charts: Sequence[Chart], *, timeout_s: float = TIMEOUT_S) -> dict[str, str]:
        """Draw by this process, or by a new one where it is not there, or has drawn already; else as `draw_apart`."""
        if self._process is None or self._process.poll() is not None:
            self._let_go()
            return draw_apart(charts, timeout_s=timeout_s)
        process, self._process = self._process, None
        return _drawn_by(process, charts, timeout_s)

    def _let_go(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def draw_apart(charts: Sequence[Chart], *, timeout_s: float = TIMEOUT_S) -> dict[str, str]:
    """Return the charts' pictures, SVG texts by the names of their files; empty without charts.

    `charting.draw` draws each of them. Raises `DrawingError` where one can't be drawn, where there is no memory for it,
    or where it takes longer than `timeout_s` seconds in all.
    """
    if not charts:
        return {}
    try:
        process = _started()
    except OSError as error:
        raise DrawingError(f"no process can be started to draw the pictures: {error.strerror}") from None
    return _drawn_by(process, charts, timeout_s)


def _started(*options: str) -> "subprocess.Popen[bytes]":
    pipe = subprocess.PIPE
    return subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "chaos_pizza.charting", *options],
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        env=without_target(os.environ),
        start_new_session=True,
    )


def _drawn_by(process: "subprocess.Popen[bytes]", charts: Sequence[Chart], timeout_s: float) -> dict[str, str]:
    order = json.dumps([asdict(chart) for chart in charts]).encode()
    with process:
        try:
            told, complaints = process.communicate(order, timeout=timeout_s)
            pictures: dict[str, str] = json.loads(told) if process.returncode == 0 else {}
        except subprocess.TimeoutExpired:
            raise DrawingError(f"the pictures were not drawn within {timeout_s:g} s") from None
        except ValueError:
            pictures = {}
        finally:
            process.kill()
    if charts and not pictures:
        lines = complaints.decode(errors="replace").strip().splitlines()
        told_last = lines[-1][:200] if lines and process.returncode > 0 else "it was ended"
        raise DrawingError(f"the process that draws the pictures failed (exit code {process.returncode}): {told_last}")
    return pictures
