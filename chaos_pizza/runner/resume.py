"""Go on with a drill whose process died: watch until it is over, and end it in order."""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from chaoslib.exceptions import InterruptExecution

from chaos_pizza.controls.signals import AbortOnSignal
from chaos_pizza.errors import UsageError
from chaos_pizza.experiment.declaration import Declaration
from chaos_pizza.journal.file import read_journal
from chaos_pizza.lease_file import is_watched, list_leases
from chaos_pizza.live.commission import Commission, Torso
from chaos_pizza.live.session import DrillSession, open_session
from chaos_pizza.model.event import DrillEnded, DrillStarted
from chaos_pizza.model.incident import Stage
from chaos_pizza.model.result import InstantName
from chaos_pizza.model.target import Target
from chaos_pizza.runner.drill import HeldDrill, results_of


def read_torso(folder: Path) -> tuple[Torso, DrillStarted]:
    """Return a drill that was cut off and how it began; raises `UsageError` where it can't be gone on with."""
    contents = read_journal(folder)
    if contents.complaint:
        raise UsageError(f"the drill in {folder} can't be resumed: {contents.complaint}")
    started = contents.records[0].event if contents.records else None
    if not isinstance(started, DrillStarted):
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
) -> HeldDrill:
    """Go on with a drill until its fault is off and the shop has recovered, at most `timeout_s` seconds.

    What is still broken then is put back. `over` is called as soon as the drill is over, before it is judged. Raises
    `UsageError` or `ServiceError` where that can't be.
    """
    declaration = Declaration(started.experiment, started.title, started.settings)
    signals = AbortOnSignal()
    with ExitStack() as stack:
        session = open_session(Commission(declaration, target, torso.folder.parent, torso=torso))
        stack.callback(session.close)
        watch(session)
        session.begin_again(torso)
        signals.install(session)
        stack.callback(signals.uninstall)
        # A signal is noted by the session; what follows is the same: calm, and an end in order.
        with suppress(InterruptExecution):
            if session.has_broken_something:
                session.wait_until(lambda: session.knows(InstantName.MITIGATED), timeout_s)
        session.enter(Stage.ROLLBACK)
        session.restore_calm()
        session.finish("resumed", deviated=False)
        signals.uninstall()
        over()
        return results_of(session)
