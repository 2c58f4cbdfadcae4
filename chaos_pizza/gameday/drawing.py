"""Draw a game day's lot: which experiment, and when.

All numbers come from the seed by SHA-256, so that anybody can draw the same again from the plan and the seed: number
`purpose` of a seed is the first 13 hexadecimal digits of the SHA-256 of the text `<seed> <purpose>`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chaos_pizza.errors import UsageError
from chaos_pizza.gameday.opening import Opening, openings
from chaos_pizza.gameday.plan import Plan, StartedBy
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.settings import FaultKind

GRAIN = 16**13
"""Drawn numbers are whole, from 0 up to before this one."""
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)


def drawn_number(seed: int, purpose: str) -> int:
    """Return the number from 0 to before `GRAIN` that a seed gives for a purpose."""
    return int(hashlib.sha256(f"{seed} {purpose}".encode()).hexdigest()[:13], 16)


def nonce_of(seed: int) -> str:
    """Return the nonce that a seed gives: for rehearsals and tests, since whoever guesses the seed knows it."""
    return hashlib.sha256(f"{seed} nonce".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Room:
    """Between what instants a drill's fault may begin, both of them included."""

    earliest: datetime
    latest: datetime


def draw_lot(
    plan: Plan,
    faults: Mapping[str, FaultKind],
    seed: int,
    now: datetime,
    last_drill_at: datetime | None = None,
    nonce: str | None = None,
) -> Draw:
    """Draw a plan's lot for the next opening of its window from `now` on (aware).

    `faults` says what each of the plan's experiments breaks. `last_drill_at` is when the last drill was held, `None`
    where there was none. `nonce` is to be unguessable; by default it comes from the seed.

    Raises `UsageError`, in one line, where no window with enough room is in sight, or where the factory is to draw the
    time of a fault that isn't its own.
    """
    strange = [path for path in plan.experiments if not _can_start(plan, faults[path])]
    if strange:
        raise UsageError(
            f"plan {plan.name!r}: start: factory is for faults of the factory alone, and {strange[0]} breaks something "
            "else; take it out of the pool, or write start: drawn"
        )
    opening = next_opening(plan, now, last_drill_at)
    experiment = drawn_experiment(plan, seed)
    return Draw(
        plan_sha256=plan.sha256,
        seed=seed,
        experiment=experiment,
        fault=faults[experiment],
        opens_at=opening.opens_at,
        starts_at=drawn_start(plan, faults[experiment], seed, opening),
        nonce=nonce or nonce_of(seed),
    )


def next_opening(plan: Plan, now: datetime, last_drill_at: datetime | None = None) -> Opening:
    """Return the next opening of a plan's window that has room for its drill, after its rest; raises `UsageError`."""
    since = now
    if last_drill_at is not None:
        since = max(now, last_drill_at + timedelta(days=plan.rest_days))
    found = next((each for each in openings(plan.hours, since) if _room(plan, each)), None)
    if found is None:
        needed_min = (plan.least_wait_s + plan.course_s) / 60
        raise UsageError(
            f"plan {plan.name!r}: no window {plan.window} from {since.astimezone(UTC):%Y-%m-%d %H:%M} UTC on leaves "
            f"the {needed_min:.0f} minutes that the drill may take; widen it, or lower mitigation_timeout_s"
        )
    return found


def _can_start(plan: Plan, fault: FaultKind) -> bool:
    return plan.start is StartedBy.DRAWN or fault is FaultKind.NONE or fault.at_factory


def drawn_experiment(plan: Plan, seed: int) -> str:
    """Return the experiment that the lot falls on; the placebo takes its share first, the rest goes by weight."""
    if plan.placebo and drawn_number(seed, "placebo") < plan.placebo.share_ratio * GRAIN:
        return plan.placebo.experiment
    place = drawn_number(seed, "kind") / GRAIN * sum(entry.weight for entry in plan.pool)
    for entry in plan.pool:
        place -= entry.weight
        if place < 0:
            return entry.experiment
    return plan.pool[-1].experiment


def drawn_start(plan: Plan, fault: FaultKind, seed: int, opening: Opening) -> datetime | None:
    """Return when in an opening a seed's fault begins; `None` where the factory draws that. Raises `UsageError`."""
    if plan.start is StartedBy.FACTORY and fault is not FaultKind.NONE:
        return None
    room = _room(plan, opening)
    if room is None:
        raise UsageError(f"plan {plan.name!r}: there is no room in its window {plan.window}")
    places = (room.latest - room.earliest) // _MICROSECOND + 1
    return room.earliest + drawn_number(seed, "time") * places // GRAIN * _MICROSECOND


def _room(plan: Plan, opening: Opening) -> Room | None:
    """Return where in an opening the fault may begin, `None` where nowhere."""
    earliest = opening.opens_at + timedelta(seconds=plan.least_wait_s)
    waiting = plan.greatest_wait_s
    limit = opening.opens_at + timedelta(seconds=waiting) if waiting is not None else None
    if plan.start is StartedBy.FACTORY:
        return _factory_room(earliest, limit)
    latest = opening.closes_at - timedelta(seconds=plan.course_s)
    latest = min(latest, limit) if limit else latest
    return Room(earliest, latest) if earliest <= latest else None


def _factory_room(earliest: datetime, limit: datetime | None) -> Room:
    """Return when a placebo begins that is to pass for a fault of the factory's: as the public one's, next day."""
    if limit:
        return Room(earliest, limit)
    midnight = earliest.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
    return Room(midnight, midnight + _DAY - _MICROSECOND)
