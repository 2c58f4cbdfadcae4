"""The clerk's process: gets ready to write a drill's report and to keep its row, and does so when it is told to."""

import os
import pickle
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, BinaryIO

from chaos_pizza.clerk import TELL_TOOLS, to_answer
from chaos_pizza.pipe_messages import framed
from chaos_pizza.results import WrittenDrill, complaint_of, write_report

_NEEDED = ("chaos_pizza.report.charts.drill", "chaos_pizza.history.store", "sqlalchemy.dialects.sqlite")
"""What is loaded late by whoever needs it, besides what is named below."""


def main() -> None:
    """Get ready, then write and conclude as told on stdin; without orders, since whoever had them is gone, end.

    Answers go into the pipe whose number is the first argument.
    """
    # A terminal's signals are for the drill, which says what of this is to stop.
    for name in ("SIGINT", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    try:
        with suppress(EOFError, OSError, pickle.UnpicklingError):
            _serve(sys.stdin.buffer, int(sys.argv[1]))
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


def _serve(orders: BinaryIO, answers: int) -> None:
    from chaos_pizza.drawing import Drawer  # noqa: PLC0415 - of use to this process alone

    with Drawer() as drawer:
        # One after the other: the drill still makes purchases, and is to find a processor free for them.
        complaint_of(_get_ready)  # what can't be loaded is told where it is needed
        drawer.get_ready()
        written: list[WrittenDrill] = []
        judged = pickle.load(orders)  # noqa: S301 - the drill's own process
        complaint = complaint_of(lambda: written.append(write_report(judged, draw=drawer.draw)))
        _answer(answers, complaint, written[0].complaints if written else ())
    if written:
        _conclude(written[0], orders, answers)


def _conclude(written: WrittenDrill, orders: BinaryIO, answers: int) -> None:
    configuration, reports, owes_calm, environment = pickle.load(orders)  # noqa: S301 - the drill's own process
    from chaos_pizza import aftermath  # noqa: PLC0415 - loaded by now

    # Nothing of the target is in it, but for what the history or a tool needs as well.
    os.environ.update(environment)

    kept: list[tuple[WrittenDrill, list[str]]] = []
    complaint = complaint_of(lambda: kept.append(aftermath.keep_as_it_stands(written, configuration, reports)))
    _answer(answers, complaint, kept[0][1] if kept else ())
    # Not before whoever gave the order knows that they are about to be: else it might tell them too.
    if pickle.load(orders) != TELL_TOOLS or not kept:  # noqa: S301 - as above
        return
    told: list[str] = []
    complaint = complaint_of(
        lambda: told.extend(aftermath.tell_tools_of(kept[0][0], configuration, owes_calm=owes_calm))
    )
    _answer(answers, complaint, told)


def _answer(answers: int, complaint: str | None, complaints: Sequence[str]) -> None:
    raw = framed(to_answer(complaint, complaints))
    while raw:
        raw = raw[os.write(answers, raw) :]


def _stop(_number: int, _frame: Any) -> None:
    raise SystemExit


if __name__ == "__main__":
    import gc

    gc.disable()
    main()
