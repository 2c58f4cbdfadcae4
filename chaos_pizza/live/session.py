"""A drill under way, as the Chaos Toolkit's activities and controls see it: plain blocking calls from one thread."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.drill.observations import MANY
from chaos_pizza.errors import JournalError
from chaos_pizza.folder import create_drill_folder, discard_drill_folder
from chaos_pizza.journal.file import JournalWriter
from chaos_pizza.live.background import BackgroundLoop
from chaos_pizza.live.beginning import first_events
from chaos_pizza.live.blinding import Blinding
from chaos_pizza.live.calm import CalmRestorer
from chaos_pizza.live.calm_debt import CALM_TIMEOUT_S, CalmDebt
from chaos_pizza.live.commission import Commission, Torso, lease_of
from chaos_pizza.live.crew import Crew
from chaos_pizza.live.feed_writer import FeedWriter, about_of
from chaos_pizza.live.glances import wait_for
from chaos_pizza.live.growing_timeline import GrowingTimeline, PassingRecords
from chaos_pizza.live.interruption import Interruption
from chaos_pizza.live.watchdog_link import WatchdogTie
from chaos_pizza.model.event import (
    CalmChecked,
    DrillEnded,
    DrillResumed,
    Event,
    PurchasesObserved,
    Recorded,
    StageBegan,
)
from chaos_pizza.model.incident import Actor, Stage
from chaos_pizza.model.result import InstantName, Timeline
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.redaction import Redactor

Result = TypeVar("Result")
_ABORTED_RECOVERY_S = 10.0


class DrillSession:
    """A drill under way.

    `live.opening` makes one; `finish` ends it. In between its crew buys, watches and responds in a thread of its own,
    and everything that happens goes into the journal. No method raises for a journal that can't be written: that is
    noted in `failure`, and `interruption` asks for the drill's end.
    """

    def __init__(self, commission: Commission, loop: BackgroundLoop, crew: Crew, clock: AnchoredClock) -> None:
        self.commission = commission
        self.settings = commission.declaration.settings
        self.crew = crew
        self.clock = clock
        self.started_at = clock.now()
        torso = commission.torso
        self.folder = (
            torso.folder if torso else create_drill_folder(commission.reports, self.started_at, commission.slug)
        )
        self._loop = loop
        self._interruption = Interruption(clock, self.redactor)
        self._blinding = Blinding(commission.blind, self.record, self._interruption.fail)
        self._journal = JournalWriter(self.folder, clock, resume=torso is not None, seal=self._blinding.seal)
        self._records: list[Recorded] = []
        self._passing = PassingRecords()
        for recorded in torso.records if torso else ():
            self._keep(recorded)
        self._journal.subscribe(self._keep)
        self._timeline = GrowingTimeline(self._passing)
        self._calm_debt = CalmDebt(self._records)
        self.stage = Stage.BASELINE
        self.finished = False
        self._watchdog = WatchdogTie()
        self._feed: FeedWriter | None = None

    def _keep(self, recorded: Recorded) -> None:
        """Keep what happened as long as it is of use: of a long drill's purchases and scrapes none stays."""
        self._passing.append(recorded)
        if not isinstance(recorded.event, MANY):
            self._records.append(recorded)

    @property
    def redactor(self) -> Redactor:
        """The one redactor of this drill, which knows all its secrets."""
        return self.crew.services.redactor

    def listen(self, listener: Callable[[Recorded], None]) -> None:
        """Call this function with every event from now on, in whatever thread it happens."""
        self._journal.subscribe(listener)

    def arm(self) -> None:
        """Arm the watchdog, without which nothing is to be broken; raises `UsageError` where that can't be."""
        self._watchdog.arm(lease_of(self.commission, self.folder, self.started_at), self.commission)

    def begin(self) -> None:
        """Record the drill's start and set its crew to work."""
        for event in first_events(self.commission, self.folder.name, self.crew.load.diners, self.redactor):
            self.record(event)
        self._tell_beside_the_journal()
        self.enter(Stage.BASELINE)
        self._set_to_work()

    def begin_again(self, torso: Torso) -> None:
        """Go on with a drill that was cut off: only to watch and to end it, for its fault was asked for before."""
        self._tell_beside_the_journal()
        self.record(DrillResumed(self.clock.now()))
        self.enter(Stage.METHOD)
        self._set_to_work(torso.next_number)

    def _tell_beside_the_journal(self) -> None:
        """Begin with the feed, and in a blind drill with the fillers."""
        about = about_of(self.commission, self.folder.name, self.redactor)
        torso = self.commission.torso
        self._feed = FeedWriter(self.folder, self.clock, self._timeline, about, torso.records if torso else ())
        self.listen(self._feed.hear)
        self.call(self._blinding.start())

    def _set_to_work(self, first_number: int = 0) -> None:
        start = self.crew.start
        self.call(start(self.record, self._interruption.fail, self.abort, self.folder, first_number, self._records))

    def enter(self, stage: Stage) -> None:
        """Go on to the drill's next stage."""
        self.stage = stage
        self.record(StageBegan(stage))

    def call(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do asynchronous work in the crew's loop and return what it returns."""
        return self._loop.call(work)

    def record(self, event: Event) -> None:
        """Write an event into the journal, from any thread."""
        self._calm_debt.hear(event)
        try:
            self._journal.record(event)
        except JournalError as error:
            self._interruption.fail(str(error))
        if isinstance(event, PurchasesObserved):
            self.is_watched_over()

    def is_watched_over(self) -> bool:
        """Tell the watchdog that the drill lives, and whether it does; without it the drill is to end."""
        lives = self._watchdog.beat()
        if not lives:
            self.abort("the watchdog is gone, and without it nothing may stay broken")
        return lives

    @property
    def has_begun(self) -> bool:
        """Whether anything is in the journal yet."""
        return bool(self._records)

    def timeline(self) -> Timeline:
        """Return the timeline as far as it goes; in a long drill it may lag by some times what building it takes."""
        return self._timeline.so_far()

    def knows(self, instant: InstantName) -> bool:
        """Tell whether the timeline has this instant yet, for who asks again and again: it may lag."""
        return instant in self.timeline().instants

    def knows_by_now(self, instant: InstantName) -> bool:
        """Tell whether anything that is recorded by now shows this instant."""
        return instant in self._timeline.up_to_now().instants

    def wait_until(self, holds: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until something holds and return True; False after `timeout_s` seconds, or when the drill is to end."""
        return wait_for(holds, timeout_s, unless=lambda: self.interruption)

    def abort(self, reason: str) -> None:
        """Ask for the drill's end, for this reason; only the first counts. Safe in a signal handler: it only notes."""
        self._interruption.abort(reason)

    @property
    def has_broken_something(self) -> bool:
        """Whether the drill has asked for a fault, granted or not."""
        return self._calm_debt.has_broken

    @property
    def owes_calm(self) -> bool:
        """Whether the drill has asked for a fault and calm has not been proven since."""
        return self._calm_debt.is_open

    @property
    def is_writing_here(self) -> bool:
        """Whether this thread is writing into the journal or taking it in right now, where nothing may interrupt it."""
        return self._journal.is_writing_here or self._timeline.is_building_here

    @property
    def interruption(self) -> str | None:
        """Why the drill is to end now, `None` while it may go on."""
        return self._interruption.reason

    @property
    def failure(self) -> str | None:
        """What of the drill's own failed first, such as its journal; `None` where nothing did."""
        return self._interruption.failure

    def record_abort(self) -> None:
        """Write an abort that was asked for into the journal, once."""
        aborted = self._interruption.take_abort()
        if aborted is not None:
            self.record(aborted)

    def restore_calm(self, timeout_s: float = CALM_TIMEOUT_S) -> CalmChecked:
        """End whatever fault is on, and prove that calm is back; tells what was found where it is not.

        A drill that broke nothing, or has restored calm before, only looks: what it finds then is none of its doing.
        """
        self.record_abort()
        by = Actor.ABORT if self._interruption.is_abort else Actor.ROLLBACK
        shop_too = self.settings.fault is FaultKind.SHOP_CHAOS
        restorer = CalmRestorer(self.crew.services, self.record, by, shop_too=shop_too)
        return self.call(self._calm_debt.settle(restorer, timeout_s))

    def finish(self, toolkit_status: str, deviated: bool) -> None:
        """Prove that calm and the shop are back, and end the crew and the journal; a blind drill is revealed then."""
        self.enter(Stage.VERIFICATION)
        self.restore_calm()
        self._await_recovery()
        self.call(self.crew.stop())
        self.record_abort()
        self.call(self._blinding.stop())
        self._blinding.reveal(self._journal)
        self.record(DrillEnded(self.clock.now(), toolkit_status, deviated))
        self.close()

    def leave(self) -> None:
        """Let go of the watchdog of a drill that is to be gone on with later, right before its process ends.

        One that has asked for a fault leaves it to the watchdog, as a killed one does.
        """
        self._watchdog.cut(is_calm=not self.has_broken_something)

    def close(self) -> None:
        """End the crew and its thread and close the journal, whatever state they are in; twice does no harm."""
        if not self.finished:
            self.call(self.crew.stop())
        self.finished = True
        self._loop.close()
        self._journal.close()
        self._watchdog.cut(is_calm=not self.owes_calm)
        if self._feed is not None:
            self._feed.close()

    def discard(self) -> None:
        """Close a session that never began and leave nothing of it behind; a resumed drill is left as it was."""
        self.close()
        if self.commission.torso is None:
            discard_drill_folder(self.folder)

    def _await_recovery(self) -> None:
        if not self.knows_by_now(InstantName.MITIGATED):
            return
        recovery = self.settings.recovery
        timeout_s = min(recovery.timeout_s, _ABORTED_RECOVERY_S) if self.interruption else recovery.timeout_s
        wait_for(lambda: self.knows(InstantName.RECOVERED), timeout_s)
