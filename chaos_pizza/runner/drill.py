"""Hold a drill: the one place that runs an experiment in this process."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaoslib.experiment import run_experiment

from chaos_pizza.experiment.declaration import Declaration
from chaos_pizza.live.commission import Blind, Commission
from chaos_pizza.live.current import set_current_session
from chaos_pizza.live.opening import open_session
from chaos_pizza.live.session import DrillSession
from chaos_pizza.model.result import DrillResult, Verdict
from chaos_pizza.model.target import SECRETS, Target
from chaos_pizza.results import JudgedDrill, complaint_text, judge_drill
from chaos_pizza.runner.sandbox_process import running_sandbox

_SETTINGS = {"runtime": {"rollbacks": {"strategy": "always"}, "hypothesis": {"strategy": "default"}}}
"""In process the engine ignores what the experiment says of this, and its own default skips rollbacks on failure."""


@dataclass(frozen=True, slots=True)
class HeldDrill:
    """A drill that was held and judged: where it lies, what it says, and the exit code. Its report is not written yet.

    `judged` is `None` where not even the journal could be read; `complaint` then says why.
    """

    folder: Path
    judged: JudgedDrill | None
    exit_code: int
    complaint: str | None = None

    @property
    def result(self) -> DrillResult | None:
        """What is said of the drill; `None` where nothing could be read of it."""
        return self.judged.result if self.judged else None


def hold_drill(
    experiment: dict[str, Any],
    declaration: Declaration,
    target: Target | None,
    reports: Path,
    watch: Callable[[DrillSession], None],
    permission: AbstractContextManager[None],
    over: Callable[[], None],
    blind: Blind | None = None,
) -> HeldDrill:
    """Hold a drill on a target, or on a sandbox started for it, and return how it went.

    `watch` is given the session before it begins; `permission` is asked for before anything else, and held until the
    drill's end. `over` is called as soon as the drill is over, before it is judged. `blind` seals it until then. To be
    called in the main thread, as the engine sets signals. Raises `UsageError` or `ServiceError` where the drill can't
    be held; nothing was started then.
    """
    with ExitStack() as stack:
        stack.enter_context(permission)
        on_own_sandbox = target is None
        target = target or stack.enter_context(running_sandbox(declaration.settings.sandbox))
        session = open_session(Commission(declaration, target, reports, ephemeral=on_own_sandbox, blind=blind))
        stack.callback(session.close)
        set_current_session(session)
        stack.callback(set_current_session, None)
        watch(session)
        _run(experiment, target)
        if not session.finished:
            # Only a signal in the very last moments leads here: the control has not come to its end.
            session.abort("the experiment did not come to its end")
            session.finish("interrupted", deviated=False)
        over()
        return results_of(session)


def _run(experiment: dict[str, Any], target: Target) -> None:
    logger = logging.getLogger("chaostoolkit")
    if not logger.handlers:
        # The drill tells its own story; without a handler Python would print the engine's warnings into it.
        logger.addHandler(logging.NullHandler())
    fields = target.to_fields()
    plain = {key: value for key, value in fields.items() if key not in SECRETS}
    groups = {group: dict(fields) for group in experiment.get("secrets") or {}}
    try:
        run_experiment(experiment, settings=_SETTINGS, experiment_vars=(plain, groups))
    except KeyboardInterrupt:
        # The engine lets one through that comes between its stages; the drill is closed by the caller.
        logger.warning("interrupted between two stages")


def results_of(session: DrillSession) -> HeldDrill:
    """Judge a drill that has come to its end."""
    # What was seen outweighs what could be written down: a journal that broke off can't vouch for calm.
    try:
        judged = judge_drill(session.folder)
    except Exception as error:  # noqa: BLE001 - whatever it is, what is known of calm has to be said
        verdict = Verdict.CALM_NOT_RESTORED if session.owes_calm else Verdict.INVALID
        return HeldDrill(session.folder, None, verdict.exit_code, complaint_text(error))
    verdict = Verdict.CALM_NOT_RESTORED if session.owes_calm else judged.result.judgement.verdict
    return HeldDrill(session.folder, judged, verdict.exit_code, session.failure)
