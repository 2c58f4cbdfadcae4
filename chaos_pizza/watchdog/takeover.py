"""Take a drill over: restore calm, however long it takes, and have all of it recorded in the drill's own journal."""

import asyncio
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from chaos_pizza.clients.services import open_services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.live.calm import CalmRestorer
from chaos_pizza.model.blind_event import Revealed
from chaos_pizza.model.event import Event, WatchdogTookOver
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.lease import Lease
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.watchdog.scribe import Scribe
from chaos_pizza.watchdog.vigil import HUNG_UP

_TRY_S = 5.0
_LONGEST_WAIT_S = 60.0
_EPHEMERAL_PATIENCE = timedelta(seconds=10)
"""So long is a sandbox looked for that was the drill's own; it ends with its drill."""


def take_over(lease: Lease, target: Target, reason: str, reveal: Revealed | None = None) -> Scribe:
    """Restore calm in a drill's place and prove it; returns only then.

    A drill that did not hang up is ended first: two hands must not act. Nothing that is wrong with the journal keeps
    calm waiting: the scribe that is returned has been told all, and may be writing yet.

    A blind drill stays sealed until calm is back, and is revealed then by what is to `reveal`. Who was not given that
    tells nothing before either, and nothing of what it saw meanwhile: that would be the draw's to tell.
    """
    if reason != HUNG_UP:
        _end_process(lease.runner_pid)
    clock = AnchoredClock()
    scribe = Scribe(Path(lease.folder), clock, reveal)
    scribe.tell(WatchdogTookOver(clock.now(), reason))
    asyncio.run(_restore(lease, target, clock, scribe.tell))
    scribe.conclude()
    return scribe


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


def _end_process(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
