"""Take a drill over: restore calm, however long it takes, and record all of it in the drill's own journal."""

import asyncio
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from chaos_pizza.clients.services import open_services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import JournalError
from chaos_pizza.journal.file import JournalWriter
from chaos_pizza.live.calm import CalmRestorer
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


def take_over(lease: Lease, target: Target, reason: str) -> None:
    """Restore calm in a drill's place and prove it; returns only then, with nothing but the results to be written.

    A drill that did not hang up is ended first: two hands must not write one journal. What can't be recorded keeps
    nothing from being restored.
    """
    if reason != HUNG_UP:
        _end_process(lease.runner_pid)
    clock = AnchoredClock()
    journal = _journal(lease, clock)
    try:
        record = _Recorder(journal)
        record(WatchdogTookOver(clock.now(), reason))
        asyncio.run(_restore(lease, target, clock, record))
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
    """Records what the watchdog does; a look that shows what the one before did is not worth another line."""

    def __init__(self, journal: JournalWriter | None) -> None:
        self._journal = journal
        self._seen: tuple[bool | None, bool | None, str] | None = None

    def __call__(self, event: Event) -> None:
        if isinstance(event, CalmChecked):
            seen = (event.factory_calm, event.pizza_verified, event.text)
            if seen == self._seen:
                return
            self._seen = seen
        if self._journal and not self._journal.failure:
            try:
                self._journal.record(event)
            except JournalError:
                self._journal = None


def _journal(lease: Lease, clock: AnchoredClock) -> JournalWriter | None:
    try:
        return JournalWriter(Path(lease.folder), clock, resume=True)
    except JournalError:
        return None


def _end_process(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
