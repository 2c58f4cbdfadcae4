"""Go on with a drill whose process died: watch until it is over, and end it in order."""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from chaoslib.exceptions import InterruptExecution

from chaos_pizza.controls.signals import AbortOnSignal
from chaos_pizza.errors import UsageError
from chaos_pizza.experiment.declaration import Declaration
from chaos_pizza.journal.file import read_journal
from chaos_pizza.journal.sealing import Seal
from chaos_pizza.lease_file import is_watched, list_leases
from chaos_pizza.live.commission import Blind, Commission, Torso
from chaos_pizza.live.opening import open_session
from chaos_pizza.live.session import DrillSession
from chaos_pizza.model.blind_event import BlindDrillStarted
from chaos_pizza.model.event import DrillEnded, DrillStarted
from chaos_pizza.model.incident import Stage
from chaos_pizza.model.result import InstantName
from chaos_pizza.model.target import Target
from chaos_pizza.runner.drill import HeldDrill, results_of

_FIRST = 2
"""A drill says what it is in its first record, a blind one in its second."""


def read_torso(folder: Path, blind: Blind | None = None) -> tuple[Torso, DrillStarted]:
    """Return a drill that was cut off and how it began; `blind` is what a blind one was sealed with.

    Raises `UsageError` where it can't be gone on with.
    """
    contents = read_journal(folder, Seal(blind.key)) if blind else read_journal(folder)
    if contents.complaint:
        raise UsageError(f"the drill in {folder} can't be resumed: {contents.complaint}")
    begun = [recorded.event for recorded in contents.records[:_FIRST]]
    if blind is None and any(isinstance(event, BlindDrillStarted) for event in begun):
        raise UsageError(
            f"the drill in {folder} is a blind one, and only its coordinator goes on with it: run "
            "chaos-pizza gameday with its plan again"
        )
    started = next((event for event in begun if isinstance(event, DrillStarted)), None)
    if started is None:
        raise UsageError(f"the drill in {folder} can't be resumed: it had not begun when it was cut off")
    if any(isinstance(recorded.event, DrillEnded) for recorded in contents.records):
        raise UsageError(
            f"the drill in {folder} can't be resumed: it has ended; `chaos-pizza report` writes its report"
        )
    for lease in list_leases():
        if Path(lease.folder) == folder.resolve() and is_watched(lease):
            raise UsageError(f"the drill in {folder} is under way, or its watchdog is just restoring calm")
    return Torso(folder, contents.records), started


def resume_drill(
    torso: Torso,
    started: DrillStarted,
    target: Target,
    timeout_s: float,
    watch: Callable[[DrillSession], None],
    over: Callable[[], None],
    fault_timeout_s: float = 0.0,
    blind: Blind | None = None,
) -> HeldDrill:
    """Go on with a drill until its fault is off and the shop has recovered, at most `timeout_s` seconds.

    A fault that has been asked for and has not begun is waited for before, `fault_timeout_s` seconds at the most. What
    is still broken then is put back. `over` is called as soon as the drill is over, before it is judged. `blind` seals
    it until then. Raises `UsageError` or `ServiceError` where that can't be.
    """
    declaration = Declaration(started.experiment, started.title, started.settings)
    signals = AbortOnSignal()
    with ExitStack() as stack:
        session = open_session(Commission(declaration, target, torso.folder.parent, torso=torso, blind=blind))
        stack.callback(session.close)
        watch(session)
        signals.install(session)
        stack.callback(signals.uninstall)
        session.begin_again(torso)
        signals.let_interrupt()
        _see_to_the_end(session, fault_timeout_s, timeout_s)
        signals.uninstall()
        over()
        return results_of(session)


def _see_to_the_end(session: DrillSession, fault_timeout_s: float, timeout_s: float) -> None:
    """Wait for what has been asked for to begin and to be mitigated, and end the drill in order."""
    # A signal is noted by the session; what follows is the same: calm, and an end in order.
    with suppress(InterruptExecution):
        if session.has_broken_something:
            session.wait_until(lambda: session.knows(InstantName.FAULT_START), fault_timeout_s)
            session.wait_until(lambda: session.knows(InstantName.MITIGATED), timeout_s)
    session.enter(Stage.ROLLBACK)
    session.restore_calm()
    session.finish("resumed", deviated=False)
