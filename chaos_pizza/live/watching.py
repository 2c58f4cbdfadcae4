"""A watch: traffic and alerts without any fault, for hours or days. What alerts then is a false page."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.clock import Clock
from chaos_pizza.errors import JournalError, UsageError
from chaos_pizza.experiment.declaration import EXTENSION, read_declaration
from chaos_pizza.folder import create_drill_folder
from chaos_pizza.journal.rotation import Keeping, RotatingJournal, segments_of
from chaos_pizza.live.crew import prepare
from chaos_pizza.live.purchase_digest import PurchaseDigest, PurchaseFigures
from chaos_pizza.model.alert import AlertState
from chaos_pizza.model.alert_event import AlertChanged
from chaos_pizza.model.event import DrillStarted, Event, FaultProven, PurchasesObserved, VendorSeen
from chaos_pizza.model.settings import DetectionFrom, DrillSettings
from chaos_pizza.model.target import Target
from chaos_pizza.recordings import WATCH_FOLDER
from chaos_pizza.redaction import Redactor
from chaos_pizza.safety.allowance import is_production
from chaos_pizza.sealed_lease import sealed_lease_on
from chaos_pizza.versions import tool_version, toolkit_version

EXPERIMENT = "watch"
TITLE = "A watch without a fault"
_ENOUGH_REJECTED = 50
"""Rejected purchases in a row: the diners' tokens are worth nothing any more, as after a new start of the shop."""


@dataclass(frozen=True, slots=True)
class WatchOrder:
    """What is to be watched, and how. Without `lasts_s` the watch goes on until it is told to end."""

    target: Target
    settings: DrillSettings
    reports: Path
    lasts_s: float | None = None
    keeping: Keeping = field(default_factory=Keeping)


class Watch:
    """A watch under way. `hold` does it all; what came of it stands in `purchases`, `alerts` and `failure`.

    `alerts` counts the alerts that began to fire. `failure` says what kept the watch from being recorded to its end,
    `None` while nothing does. `folder` holds its segments, `None` before it has begun.
    """

    def __init__(self, order: WatchOrder, clock: Clock) -> None:
        self.folder: Path | None = None
        self.failure: str | None = None
        self.alerts = 0
        self._order = order
        self._clock = clock
        self._digest = PurchaseDigest()
        self._journal: RotatingJournal | None = None
        self._redactor = Redactor(order.target.secrets())
        self._leave = asyncio.Event()

    @property
    def purchases(self) -> PurchaseFigures:
        """The purchases so far."""
        return self._digest.figures

    @property
    def segment(self) -> str:
        """The name of the segment that is being written; "" before the first."""
        return self._journal.path.name if self._journal else ""

    def leave(self) -> None:
        """Ask for the watch's end, in its own loop."""
        self._leave.set()

    async def hold(self, began: Callable[[], object] = lambda: None) -> None:
        """Watch until it is time to end, or told to; `began` is called once everybody is at work.

        Raises `ServiceError`, `TargetError` or `UsageError` where the watch can't be held, and leaves nothing then.
        What goes wrong later ends it, and stands in `failure`.
        """
        order = self._order
        # Somebody's fault that is on already is no reason against a watch: the factory's word is recorded.
        crew = await prepare(order.target, order.settings, self._clock, resumes=True)
        self._redactor = crew.services.redactor
        try:
            journal = self._open()
            try:
                await crew.start(self._record, self._fail, lambda _: self.leave(), journal.folder)
            except BaseException:
                await crew.stop()
                journal.close()
                _discard(journal.folder)
                raise
            began()
            await self._until_the_end()
        finally:
            await crew.stop()
        self._close(journal)

    def _open(self) -> RotatingJournal:
        order = self._order
        self.folder = create_drill_folder(order.reports / WATCH_FOLDER, self._clock.now(), EXPERIMENT)
        started = DrillStarted(
            drill_id=self.folder.name,
            experiment=EXPERIMENT,
            title=TITLE,
            target=self._redactor.line(order.target.name),
            shop_url=order.target.shop_url,
            factory_url=order.target.factory_url,
            settings=order.settings,
            tool_version=tool_version(),
            toolkit_version=toolkit_version(),
        )
        self._journal = RotatingJournal(self.folder, self._clock, started, order.keeping)
        return self._journal

    async def _until_the_end(self) -> None:
        try:
            async with asyncio.timeout(self._order.lasts_s):
                await self._leave.wait()
        except TimeoutError:
            return

    def _record(self, event: Event) -> None:
        if isinstance(event, VendorSeen | FaultProven) and sealed_lease_on(self._order.target):
            # A watch's journal is read by everybody, and a game day is on.
            return
        if isinstance(event, PurchasesObserved):
            written = self._digest.add(event, self._clock.now())
            if written:
                self._write(written)
            if self.purchases.rejected_in_a_row >= _ENOUGH_REJECTED:
                self._fail(
                    f"the shop has rejected the last {_ENOUGH_REJECTED} purchases, and who can't buy watches nothing; "
                    "look whether its diner is still known there, and start the watch again"
                )
            return
        self.alerts += isinstance(event, AlertChanged) and event.state is AlertState.FIRING
        self._write(event)

    def _write(self, event: Event) -> None:
        if self._journal is None or self.failure:
            return
        try:
            self._journal.record(event)
        except JournalError as error:
            self._fail(str(error))

    def _fail(self, reason: str) -> None:
        self.failure = self.failure or self._redactor.line(reason)
        self.leave()

    def _close(self, journal: RotatingJournal) -> None:
        self._write(self._digest.rest())
        try:
            journal.close()
        except JournalError as error:
            self._fail(str(error))


def watch_settings(
    target: Target, rate_per_s: float, scrape_interval_s: float, alerting: Mapping[str, Any]
) -> DrillSettings:
    """Return the settings of a watch: no fault, and the shipped rules over all that can be read.

    `alerting` is what the team's file says of the target's, and replaces what is chosen here, key by key. Raises
    `ExperimentError` where it, or a figure, is none that can be watched with.
    """
    source = DetectionFrom.SYNTHETIC_MONITOR
    if target.has_alerting:
        source = DetectionFrom.AUTO
    elif target.metrics_url:
        source = DetectionFrom.BOTH
    detection = {
        "source": source.value,
        "scrape_interval_s": scrape_interval_s,
        "rules": list(shipped_rules()),
    }
    block = {
        "name": EXTENSION,
        "experiment": EXPERIMENT,
        "fault": "none",
        "traffic": {"rate_per_s": rate_per_s},
        "detection": detection,
    }
    return read_declaration({"title": TITLE, "extensions": [block]}, alerting).settings


def check_meant(target: Target, production: bool) -> None:
    """Raise `UsageError` unless buying at this target is meant: a watch breaks nothing, but it does buy."""
    if is_production(target) and not production:
        raise UsageError(
            f"target {target.name!r} reaches a public host, and a watch buys pizzas there all the time; if you mean "
            "it, say so by `chaos-pizza watch --production`"
        )


def status_line(watch: Watch, now: datetime) -> str:
    """Return how a watch goes, in a line."""
    bought = watch.purchases
    besides = "".join(
        f", {count} {what}" for count, what in ((bought.rejected, "rejected"), (bought.dropped, "dropped")) if count
    )
    return (
        f"{now:%Y-%m-%d %H:%M:%SZ}  {bought.ended} purchases, {bought.failed} failed{besides}; "
        f"{watch.alerts} alert{'' if watch.alerts == 1 else 's'} fired; {watch.segment or 'nothing recorded'}"
    )


def _discard(folder: Path) -> None:
    for path in segments_of(folder):
        path.unlink()
    folder.rmdir()
