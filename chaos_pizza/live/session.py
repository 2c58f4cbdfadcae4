"""A drill under way, as the Chaos Toolkit's activities and controls see it: plain blocking calls from one thread."""

import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.drill.timeline import build_timeline
from chaos_pizza.errors import JournalError
from chaos_pizza.experiment.declaration import Declaration
from chaos_pizza.folder import create_drill_folder
from chaos_pizza.journal.file import JournalWriter
from chaos_pizza.live.background import BackgroundLoop
from chaos_pizza.live.calm import CalmRestorer
from chaos_pizza.live.crew import Crew, prepare
from chaos_pizza.model.event import (
    Aborted,
    CalmChecked,
    DrillEnded,
    DrillStarted,
    Event,
    FaultInjected,
    Recorded,
    StageBegan,
)
from chaos_pizza.model.incident import Actor, Stage
from chaos_pizza.model.result import InstantName, Timeline
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.versions import tool_version, toolkit_version

Result = TypeVar("Result")
_GLANCE_S = 0.1
_CALM_TIMEOUT_S = 90.0
"""Seconds allowed for restoring calm: two throttled orders and some."""
_ABORTED_RECOVERY_S = 10.0
_BUILD_SHARE = 10.0
"""A timeline is built again after this many times what it took: looking on must not disturb what is looked at."""


@dataclass(frozen=True, slots=True)
class Commission:
    """What a drill is held for: what is declared, on which target, with results going where."""

    declaration: Declaration
    target: Target
    reports: Path


@dataclass(frozen=True, slots=True)
class _Built:
    timeline: Timeline
    count: int
    at_s: float
    cost_s: float


class DrillSession:
    """A drill under way.

    `open_session` makes one; `finish` ends it. In between its crew buys, watches and responds in a thread of its own,
    and everything that happens goes into the journal. No method raises for a journal that can't be written: that is
    noted in `failure`, and `interruption` asks for the drill's end.
    """

    def __init__(self, commission: Commission, loop: BackgroundLoop, crew: Crew, clock: AnchoredClock) -> None:
        self.commission = commission
        self.settings = commission.declaration.settings
        self.crew = crew
        self.clock = clock
        self.started_at = clock.now()
        self.folder = create_drill_folder(commission.reports, self.started_at, commission.declaration.experiment)
        self._loop = loop
        self._journal = JournalWriter(self.folder, clock)
        self._records: list[Recorded] = []
        self._journal.subscribe(self._records.append)
        self._built: _Built | None = None
        self._aborted: Aborted | None = None
        self._abort_recorded = False
        self._has_broken = False
        self.stage = Stage.BASELINE
        self.failure: str | None = None
        self.finished = False
        self.calm: CalmChecked | None = None

    @property
    def redactor(self) -> Redactor:
        """The one redactor of this drill, which knows all its secrets."""
        return self.crew.services.redactor

    def listen(self, listener: Callable[[Recorded], None]) -> None:
        """Call this function with every event from now on, in whatever thread it happens."""
        self._journal.subscribe(listener)

    def begin(self) -> None:
        """Record the drill's start and set its crew to work."""
        declaration, target = self.commission.declaration, self.commission.target
        self.record(
            DrillStarted(
                drill_id=self.folder.name,
                experiment=declaration.experiment,
                title=self.redactor.line(declaration.title),
                target=target.name,
                shop_url=target.shop_url,
                factory_url=target.factory_url,
                settings=self._actual_settings(),
                tool_version=tool_version(),
                toolkit_version=toolkit_version(),
            )
        )
        self.enter(Stage.BASELINE)
        self.call(self.crew.start(self.record, self._note_failure))

    def enter(self, stage: Stage) -> None:
        """Go on to the drill's next stage."""
        self.stage = stage
        self.record(StageBegan(stage))

    def call(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do asynchronous work in the crew's loop and return what it returns."""
        return self._loop.call(work)

    def record(self, event: Event) -> None:
        """Write an event into the journal, from any thread."""
        self._has_broken = self._has_broken or isinstance(event, FaultInjected)
        try:
            self._journal.record(event)
        except JournalError as error:
            self._note_failure(str(error))

    @property
    def has_begun(self) -> bool:
        """Whether anything is in the journal yet."""
        return bool(self._records)

    def timeline(self) -> Timeline:
        """Return the timeline as far as it goes; in a long drill it may lag by some times what building it takes."""
        count, now_s = len(self._records), time.monotonic()
        built = self._built
        if built is None or (built.count != count and now_s - built.at_s >= _BUILD_SHARE * built.cost_s):
            timeline = build_timeline(self._records[:count])
            built = self._built = _Built(timeline, count, now_s, time.monotonic() - now_s)
        return built.timeline

    def knows(self, instant: InstantName) -> bool:
        """Tell whether the timeline has this instant yet."""
        return instant in self.timeline().instants

    def wait_until(self, holds: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until something holds and return True; False after `timeout_s` seconds, or when the drill is to end."""
        deadline_s = time.monotonic() + timeout_s
        while not holds():
            if self.interruption or time.monotonic() >= deadline_s:
                return False
            time.sleep(_GLANCE_S)
        return True

    def abort(self, reason: str) -> None:
        """Ask for the drill's end, for this reason; only the first counts. Safe in a signal handler: it only notes."""
        if self._aborted is None:
            self._aborted = Aborted(self.clock.now(), self.redactor.line(reason))

    @property
    def has_broken_something(self) -> bool:
        """Whether the drill has asked for a fault, granted or not."""
        return self._has_broken

    @property
    def is_writing_here(self) -> bool:
        """Whether this thread is writing into the journal right now, where nothing may interrupt it."""
        return self._journal.is_writing_here

    @property
    def interruption(self) -> str | None:
        """Why the drill is to end now, `None` while it may go on."""
        return self._aborted.reason if self._aborted else self.failure

    def record_abort(self) -> None:
        """Write an abort that was asked for into the journal, once."""
        if self._aborted and not self._abort_recorded:
            self._abort_recorded = True
            self.record(self._aborted)

    def restore_calm(self, timeout_s: float = _CALM_TIMEOUT_S) -> CalmChecked:
        """End whatever fault is on, and prove that calm is back; tells what was found where it is not.

        A drill that broke nothing, or has restored calm before, only looks: what it finds then is none of its doing.
        """
        self.record_abort()
        by = Actor.ABORT if self._aborted else Actor.ROLLBACK
        shop_too = self.settings.fault is FaultKind.SHOP_CHAOS
        restorer = CalmRestorer(self.crew.services, self.record, by, shop_too=shop_too)
        is_done = not self.has_broken_something or (self.calm is not None and self.calm.is_calm)
        self.calm = self.call(restorer.look() if is_done else restorer.restore(timeout_s))
        return self.calm

    def finish(self, toolkit_status: str, deviated: bool) -> None:
        """Prove that calm and the shop are back, and end the crew and the journal; `calm` is the last look at it."""
        self.enter(Stage.VERIFICATION)
        self.restore_calm()
        self._await_recovery()
        self.call(self.crew.stop())
        self.record(DrillEnded(self.clock.now(), toolkit_status, deviated))
        self.close()

    def close(self) -> None:
        """End the crew and its thread and close the journal, whatever state they are in; twice does no harm."""
        if not self.finished:
            self.call(self.crew.stop())
        self.finished = True
        self._loop.close()
        self._journal.close()

    def _actual_settings(self) -> DrillSettings:
        """The settings as they are kept: where the target names a diner, that one does all the buying."""
        traffic = replace(self.settings.traffic, diners=len(self.crew.buyer.diners))
        return replace(self.settings, traffic=traffic)

    def _await_recovery(self) -> None:
        if not self.knows(InstantName.MITIGATED):
            return
        recovery = self.settings.recovery
        timeout_s = min(recovery.timeout_s, _ABORTED_RECOVERY_S) if self.interruption else recovery.timeout_s
        deadline_s = time.monotonic() + timeout_s
        while not self.knows(InstantName.RECOVERED) and time.monotonic() < deadline_s:
            time.sleep(_GLANCE_S)

    def _note_failure(self, reason: str) -> None:
        self.failure = self.failure or self.redactor.line(reason)


def open_session(commission: Commission, clock: AnchoredClock | None = None) -> DrillSession:
    """Log in, look around and make a session; nothing is begun yet, and nothing is left where it raises.

    `clock` is the drill's; by default one of its own, anchored now.

    Raises `ServiceError`, `TargetError` or `UsageError` where the drill can't be held.
    """
    loop = BackgroundLoop("drill")
    clock = clock or AnchoredClock()
    crew: Crew | None = None
    try:
        crew = loop.call(prepare(commission.target, commission.declaration.settings, clock))
        return DrillSession(commission, loop, crew, clock)
    except BaseException:
        if crew:
            loop.call(crew.stop())
        loop.close()
        raise
