"""One shop's drill in a process of its own, forked from one that has everything loaded already."""

import os
import resource
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.configuration import TeamConfiguration
from chaos_pizza.errors import PizzaError
from chaos_pizza.experiment.declaration import Declaration
from chaos_pizza.fleet.own_words import in_own_words
from chaos_pizza.fleet.row import REFUSED, ShopRow, row_of
from chaos_pizza.fleet.sentences import row_words
from chaos_pizza.live.permission import permit
from chaos_pizza.live.session import DrillSession
from chaos_pizza.live.watchdog_link import stand_by
from chaos_pizza.model.instant import instant_text
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.report.escape import one_line
from chaos_pizza.runner.drill import HeldDrill, hold_drill
from chaos_pizza.runner.forked_watchdog import fork_watchdog

LOG_NAME = "drill.log"
_LOG_CHARS = 1000


@dataclass(frozen=True, slots=True)
class DrillOrder:
    """What a drill's process is told: `fields` are its target's, secrets in the clear, and travel by a pipe alone.

    `folder` is the shop's own.
    """

    shop: str
    fields: Mapping[str, str] = field(repr=False)
    declaration: Declaration
    experiment: dict[str, Any]
    configuration: TeamConfiguration
    folder: Path
    production: bool


@dataclass(frozen=True, slots=True)
class Begun:
    """A drill's word that it begins; `drill` is its id."""

    drill: str


def hold_shop_drill(order: DrillOrder, line: Connection) -> None:
    """Hold a drill as `chaos-pizza drill` does, tell by the line when it begins and what came of it, and end.

    The line is all that ties it to the fleet: where that has died, the drill ends in order, as by a signal.
    """
    # A session of its own, so that a Ctrl-C in the terminal reaches it by the fleet alone.
    os.setsid()
    _write_to(order.folder / LOG_NAME)
    stand_by(fork_watchdog())
    threading.Thread(target=_end_with_fleet, args=(line,), name="fleet", daemon=True).start()
    row = replace(_held(order, line), processor_s=_processor_s())
    # Of what proves nothing the first reason stands in those words.
    _log(row_words(row), *(row.reasons if row.is_proof else row.reasons[1:]))
    with suppress(OSError):
        line.send(row)
    sys.exit(row.exit_code)


def _held(order: DrillOrder, line: Connection) -> ShopRow:
    target = Target.of_fields(order.shop, order.fields)
    redactor = Redactor(target.secrets())

    def begin(session: DrillSession) -> None:
        _log(f"{session.folder.name} begins")
        with suppress(OSError):
            line.send(Begun(session.folder.name))

    permission = permit(
        target,
        order.configuration,
        AnchoredClock().now(),
        production=order.production,
        drill=order.declaration.experiment,
    )
    try:
        held = hold_drill(order.experiment, order.declaration, target, order.folder, begin, permission, _nothing_more)
    except PizzaError as error:
        reason = in_own_words(str(error), order.configuration.targets[order.shop])
        return ShopRow(order.shop, REFUSED, (redactor.line(reason),))
    except KeyboardInterrupt:
        return ShopRow(
            order.shop, Verdict.ABORTED.exit_code, ("it was interrupted before it began; nothing was broken",)
        )
    return _row(order.shop, held)


def _processor_s() -> float:
    """Return what this process and those that it has waited for have taken of a processor, in seconds."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _row(shop: str, held: HeldDrill) -> ShopRow:
    if held.result is None:
        return ShopRow(shop, held.exit_code, (held.complaint or "nothing can be read of it",), held.folder.name)
    return row_of(shop, held.exit_code, held.result, held.complaint)


def _nothing_more() -> None:
    """Do what is done once the drill is over: signals have nothing to end any more."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)


def _end_with_fleet(line: Connection) -> None:
    """Wait for the fleet's end, of which the line's is the news, and have the drill end in order."""
    with suppress(EOFError, OSError):
        line.recv()
    os.kill(os.getpid(), signal.SIGTERM)


def _log(*lines: str) -> None:
    """Write lines to the shop's log, the first with the time, the others beneath it; a full disk ends no drill."""
    first, *others = [one_line(line, _LOG_CHARS) for line in lines]
    at = instant_text(AnchoredClock().now())
    with suppress(OSError):
        print(f"{at} {first}", *(f"  {line}" for line in others), sep="\n", flush=True)


def _write_to(path: Path) -> None:
    """Have all that this process writes go to a file: twenty drills in one terminal nobody could read."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, standard in ((nothing, 0), (file, 1), (file, 2)):
        os.dup2(source, standard)
    os.close(file)
    os.close(nothing)
