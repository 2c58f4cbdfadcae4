"""A vendor's chaos: asked for, pending, begun, resolved."""

import asyncio
import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chaos_pizza.clock import Clock
from chaos_pizza.sandbox.drawing import Draws
from chaos_pizza.sandbox.instants import iso_ms, whole_ms
from chaos_pizza.sandbox.settings import DelayRange
from chaos_pizza.sandbox.truth import Ending, Ledger

FIX_CODE_LENGTH = 20
"""How long a fixCode is, in characters."""


class ChaosKind(StrEnum):
    """What a vendor's chaos does to an order."""

    FAIL = "fail"
    BADJWT = "badjwt"
    THROTTLE = "throttle"


class Resolution(StrEnum):
    """What following a link came to; its value is what the factory says."""

    RESOLVED = "Problem resolved. Pizza is back on the menu!"
    UNRESOLVED = "Problem unresolved"
    NOTHING = "No chaos currently executing"


@dataclass(frozen=True, slots=True)
class Spell:
    """One spell of chaos; `start_at` is a whole millisecond, so that the date shown is the truth."""

    number: int
    kind: ChaosKind
    fix_code: str
    initiated_at: datetime
    start_at: datetime
    fixed_at: datetime | None = None

    def shown(self) -> dict[str, str]:
        """Return what the vendor sees of it: never the fixCode."""
        dates = {"initiatedDate": iso_ms(self.initiated_at), "startDate": iso_ms(self.start_at)}
        if self.fixed_at is None:
            return {"type": self.kind.value, **dates}
        return {"type": "none", **dates, "fixDate": iso_ms(self.fixed_at)}


class VendorChaos:
    """The chaos of one vendor: at most one spell at a time, acting from its start date until it is resolved."""

    def __init__(self, clock: Clock, draws: Draws, delay: DelayRange, ledger: Ledger) -> None:
        self._clock = clock
        self._draws = draws
        self._delay = delay
        self._ledger = ledger
        self._spell: Spell | None = None
        self._timer: asyncio.TimerHandle | None = None

    def initiate(self, kind: ChaosKind) -> None:
        """Schedule chaos; whatever was pending or acting is replaced, with a start and a fixCode drawn anew."""
        now = self._end(Ending.REPLACED)
        start_at = now + timedelta(milliseconds=self._draws.delay_ms(self._delay))
        number = self._ledger.chaos_initiated(kind.value, now)
        self._spell = Spell(number, kind, self._draws.secret(FIX_CODE_LENGTH), now, start_at)
        self._begin_when_due()

    def acting(self) -> Spell | None:
        """Return the spell that acts at this very millisecond, if any does."""
        spell = self._unresolved()
        if spell is None or self._now() < spell.start_at:
            return None
        # The timer may be a moment late; what is acted on has begun.
        self._ledger.chaos_began(spell.number, spell.start_at)
        return spell

    def resolve(self, fix_code: str) -> Resolution:
        """Try the fixCode of a link."""
        spell = self._unresolved()
        if spell is None:
            return Resolution.NOTHING
        if not hmac.compare_digest(fix_code.encode(), spell.fix_code.encode()):
            return Resolution.UNRESOLVED
        self._spell = replace(spell, fixed_at=self._end(Ending.LINK))
        return Resolution.RESOLVED

    def delete(self) -> None:
        """Forget all about it, as a factory admin may."""
        self._end(Ending.ADMIN)
        self._spell = None

    def shown(self) -> dict[str, str] | None:
        """Return what the vendor sees, or None where there was no chaos or an admin deleted it."""
        return None if self._spell is None else self._spell.shown()

    def _now(self) -> datetime:
        return whole_ms(self._clock.now())

    def _unresolved(self) -> Spell | None:
        return self._spell if self._spell is not None and self._spell.fixed_at is None else None

    def _begin_when_due(self) -> None:
        spell = self._unresolved()
        if spell is not None and self.acting() is None:
            wait_s = (spell.start_at - self._clock.now()).total_seconds()
            self._timer = asyncio.get_running_loop().call_later(max(wait_s, 0.0005), self._begin_when_due)

    def _end(self, how: Ending) -> datetime:
        """End what acts or is scheduled, and return when, as it is shown; the truth is not cut to the millisecond."""
        at = self._clock.now()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        spell = self._unresolved()
        if spell is not None:
            if at >= spell.start_at:
                self._ledger.chaos_began(spell.number, spell.start_at)
            self._ledger.chaos_ended(spell.number, at, how)
        return whole_ms(at)
