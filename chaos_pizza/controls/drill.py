"""The control that makes an experiment a drill: it starts traffic and recorder, ends them, and judges.

    controls:
      - name: drill
        provider: {type: python, module: chaos_pizza.controls.drill}

The engine swallows every exception of a control but `InterruptExecution`; so what goes wrong here is logged, and the
verdict shows it.
"""

import logging
import os
import re
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from chaoslib import substitute
from chaoslib.exceptions import InterruptExecution
from chaoslib.types import Configuration, Experiment, Journal, Secrets

from chaos_pizza.aftermath import conclude_detached
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.configuration import read_configuration
from chaos_pizza.controls.signals import AbortOnSignal
from chaos_pizza.errors import PizzaError
from chaos_pizza.experiment.declaration import read_declaration
from chaos_pizza.folder import REPORT_NAME, write_toolkit_journal
from chaos_pizza.live.alone import target_of
from chaos_pizza.live.commission import Commission
from chaos_pizza.live.current import current_session, drill_is_toolkits, set_current_session
from chaos_pizza.live.opening import open_session
from chaos_pizza.live.permission import permit
from chaos_pizza.live.session import DrillSession
from chaos_pizza.model.event import ActivityEnded, HypothesisChecked
from chaos_pizza.model.incident import Stage
from chaos_pizza.results import complaint_text, write_results

__all__ = [
    "after_activity_control",
    "after_experiment_control",
    "after_hypothesis_control",
    "after_method_control",
    "before_activity_control",
    "before_experiment_control",
    "before_method_control",
    "before_rollback_control",
]

logger = logging.getLogger("chaostoolkit")
_signals = AbortOnSignal()
_permission = ExitStack()
"""The right to drill the target, held where the command line does not hold it."""
_CLASS_NAMES = re.compile(r"^(?:[A-Za-z_][\w.]*\.[A-Z]\w*: )+")


def before_experiment_control(
    context: Experiment, configuration: Configuration = None, secrets: Secrets = None, reports: str = "", **_: Any
) -> None:
    """Open the drill, if the command line has not done so, and begin it; without one the experiment must not go on."""
    session = current_session()
    try:
        if session is None:
            commission = _commission(context, configuration, secrets, reports)
            _ask_permission(commission)
            session = open_session(commission)
            set_current_session(session, is_toolkits=True)
        _signals.install(session)
        session.begin()
        _signals.let_interrupt()
    except PizzaError as error:
        _signals.uninstall()
        if session:
            session.close()
        set_current_session(None, refused=True)
        _permission.close()
        raise InterruptExecution(f"no drill: {error}") from None


def before_method_control(**_: Any) -> None:
    """Note that the method begins."""
    _enter(Stage.METHOD)


def after_method_control(**_: Any) -> None:
    """Note that the method has ended."""
    _enter(Stage.AFTER)


def before_rollback_control(**_: Any) -> None:
    """Note that rollbacks begin; from here on nothing interrupts."""
    _enter(Stage.ROLLBACK)


def after_hypothesis_control(state: Any = None, **_: Any) -> None:
    """Record how the shop stood against the hypothesis, before and after the method."""
    session = current_session()
    if session is None or not isinstance(state, dict) or session.stage not in {Stage.BASELINE, Stage.AFTER}:
        return
    probes = tuple(
        session.redactor.line(f"{probe['activity'].get('name')}: {probe.get('output')}")
        for probe in state.get("probes", [])
    )
    when = "before" if session.stage is Stage.BASELINE else "after"
    session.record(HypothesisChecked(when, state.get("steady_state_met") is True, probes))


def before_activity_control(**_: Any) -> None:
    """End the experiment here if the drill is to end."""
    _interrupt_if_asked()


def after_activity_control(context: Any = None, state: Any = None, **_: Any) -> None:
    """Record the engine's own status of the activity; a failed one is not otherwise seen, since the engine goes on."""
    session = current_session()
    if session and isinstance(state, dict):
        session.record(
            ActivityEnded(
                name=session.redactor.line(context.get("name", "?")),
                status=str(state.get("status", "unknown")),
                duration_s=float(state.get("duration", 0.0)),
                error=_error_of(state, session),
            )
        )
    _interrupt_if_asked()


def after_experiment_control(state: Journal = None, **_: Any) -> None:
    """Verify calm and recovery, end the drill, redact the engine's journal in place, and write the results."""
    session = current_session()
    if session is None or session.finished:
        return
    status = str(state.get("status"))
    # Where something of the drill's own failed that is why, and nobody's abort.
    if status in {"interrupted", "aborted"} and session.failure is None:
        session.abort(f"the experiment was {status}")
    try:
        session.finish(status, bool(state.get("deviated")))
        clean = session.redactor.clean_tree(state)
        state.clear()
        state.update(clean)
        write_toolkit_journal(session.folder, state)
        if drill_is_toolkits():
            _warn(session)
            _conclude(session)
            _warn(session)
    except Exception as error:  # noqa: BLE001 - the engine would show it to nobody
        logger.error(f"The drill's results are not complete: {complaint_text(error)}")  # noqa: TRY400 - users are shown a line, no traceback
    finally:
        _signals.uninstall()
        _permission.close()


def _warn(session: DrillSession) -> None:
    if session.owes_calm:
        target = session.commission.target.name
        logger.critical(f"CHAOS MAY STILL BE ON. Run: chaos-pizza calm --target {target}")


def _conclude(session: DrillSession) -> None:
    """Write the results, and let the history and the team's tools know; our own command sees to that itself."""
    written = write_results(session.folder)
    logger.info(f"Drill {written.result.judgement.verdict.value}; its report is {session.folder / REPORT_NAME}")
    told = conclude_detached(written, read_configuration(None), session.folder.parent, owes_calm=session.owes_calm)
    for complaint in (*written.complaints, *told):
        logger.warning(complaint)


def _commission(experiment: Experiment, configuration: Configuration, secrets: Secrets, reports: str) -> Commission:
    declared = {**experiment, "extensions": substitute(experiment.get("extensions") or [], configuration, None)}
    credentials: dict[str, Any] = {}
    for group in (secrets or {}).values():
        credentials.update(group if isinstance(group, dict) else {})
    folder = reports or os.environ.get("PIZZA_REPORTS") or "reports"
    return Commission(read_declaration(declared), target_of(configuration, credentials), Path(folder))


def _ask_permission(commission: Commission) -> None:
    means_production = os.environ.get("PIZZA_PRODUCTION", "").strip().lower() == "yes"
    _permission.enter_context(
        permit(
            commission.target,
            read_configuration(None),
            AnchoredClock().now(),
            production=means_production,
            drill=commission.declaration.experiment,
        )
    )


def _error_of(run: dict[str, Any], session: DrillSession) -> str | None:
    """Return what an activity failed of, without the names of exception classes that the engine puts before it."""
    lines = run.get("exception")
    return session.redactor.line(_CLASS_NAMES.sub("", lines[-1])) if lines else None


def _enter(stage: Stage) -> None:
    session = current_session()
    if session:
        session.enter(stage)


def _interrupt_if_asked() -> None:
    session: DrillSession | None = current_session()
    if session and session.interruption and session.stage not in {Stage.ROLLBACK, Stage.VERIFICATION}:
        raise InterruptExecution(session.interruption)
