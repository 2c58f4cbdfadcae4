"""Take a drill over: restore calm, however long it takes, and record all of it in the drill's own journal."""

import asyncio
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from chaos_pizza.clients.services import open_services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import JournalError
from chaos_pizza.journal.file import JournalWriter, is_sealed
from chaos_pizza.journal.sealing import Seal
from chaos_pizza.live.calm import CalmRestorer
from chaos_pizza.model.blind_event import Revealed
from chaos_pizza.model.event import CalmChecked, Event, WatchdogTookOver
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.lease import Lease
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.watchdog.vigil import HUNG_UP

_TRY_S = 5.0
_LONGEST_WAIT_S = 60.0
_EPHEMERAL_PATIENCE = timedelta(seconds=10)
"""So long is a sandbox looked for that was the drill's own; it ends with its drill."""


def take_over(lease: Lease, target: Target, reason: str, reveal: Revealed | None = None) -> None:
    """Restore calm in a drill's place and prove it; returns only then, with nothing but the results to be written.

    A drill that did not hang up is ended first: two hands must not write one journal. What can't be recorded keeps
    nothing from being restored.

    A blind drill stays sealed until calm is back, and is revealed then by what is to `reveal`. Who was not given that
    tells nothing before either, and nothing of what it saw meanwhile: that would be the draw's to tell.
    """
    if reason != HUNG_UP:
        _end_process(lease.runner_pid)
    clock = AnchoredClock()
    journal = _journal(lease, clock, reveal)
    try:
        record = _Recorder(journal, holds_back=reveal is None and _is_sealed(lease))
        record(WatchdogTookOver(clock.now(), reason))
        asyncio.run(_restore(lease, target, clock, record))
        record.conclude(reveal)
    finally:
        if journal:
            journal.close()


async def _restore(lease: Lease, target: Target, clock: AnchoredClock, record: Callable[[Event], None]) -> None:
    began_at, wait_s = clock.now(), 1.0
    async with open_services(target, clock, Redactor(target.secrets())) as services:
        restorer = CalmRestorer(services, record, Actor.WATCHDOG, shop_too=lease.shop_too)
        while True:
            checked = await restorer.restore(_TRY_S)
            if checked.is_calm:
                return
            if lease.ephemeral and checked.factory_calm is None and clock.now() - began_at > _EPHEMERAL_PATIENCE:
                return
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)


class _Recorder:
    """Records what the watchdog does; a look that shows what the one before did is not worth another line.

    Where it `holds_back`, nothing is written before it is to `conclude`, and of all the looks only the last.
    """

    def __init__(self, journal: JournalWriter | None, *, holds_back: bool) -> None:
        self._journal = journal
        self._held_back: list[Event] | None = [] if holds_back else None
        self._seen: tuple[bool | None, bool | None, str] | None = None

    def __call__(self, event: Event) -> None:
        if isinstance(event, CalmChecked):
            seen = (event.factory_calm, event.pizza_verified, event.text)
            if seen == self._seen:
                return
            self._seen = seen
        if self._held_back is not None:
            self._held_back.append(event)
            return
        self._write(lambda journal: journal.record(event))

    def conclude(self, reveal: Revealed | None) -> None:
        """Write what was held back, now that calm is back, and reveal what was sealed."""
        held_back, self._held_back = self._held_back or [], None
        for place, event in enumerate(held_back, 1):
            if place == len(held_back) or not isinstance(event, CalmChecked):
                self._write(partial(JournalWriter.record, event=event))
        if reveal is not None:
            self._write(lambda journal: journal.reveal(reveal.draw))

    def _write(self, what: Callable[[JournalWriter], object]) -> None:
        if self._journal and not self._journal.failure:
            try:
                what(self._journal)
            except JournalError:
                self._journal = None


def _journal(lease: Lease, clock: AnchoredClock, reveal: Revealed | None) -> JournalWriter | None:
    seal = Seal.of_text(reveal.key) if reveal else None
    try:
        return JournalWriter(Path(lease.folder), clock, resume=True, seal=seal)
    except JournalError:
        return None


def _is_sealed(lease: Lease) -> bool:
    try:
        return is_sealed(Path(lease.folder))
    except JournalError:
        return False


def _end_process(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
