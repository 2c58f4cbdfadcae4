"""Hold a game day: draw its lot, wait for its window, and hold the blind drill, through restarts if need be."""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.draw_register import register_entry
from chaos_pizza.draw_seal import OpenedDraw
from chaos_pizza.errors import UsageError
from chaos_pizza.folder import is_sealed_drill, list_drill_folders
from chaos_pizza.gameday.blind_course import FACTORY_PATIENCE_S, blind_course
from chaos_pizza.gameday.drawing import draw_lot, next_opening
from chaos_pizza.gameday.plan import Plan, StartedBy
from chaos_pizza.gameday_folder import (
    PLAN_NAME,
    GameDay,
    create_gameday,
    kept_plan,
    note_drill,
    open_draw,
    read_gameday,
    reveal_draw,
)
from chaos_pizza.journal.file import JournalWriter, read_journal
from chaos_pizza.journal.sealing import Seal, new_key
from chaos_pizza.live.commission import Blind
from chaos_pizza.live.session import DrillSession
from chaos_pizza.model.blind_event import Revealed
from chaos_pizza.model.event import DrillEnded, FaultInjected
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Secret
from chaos_pizza.runner.drill import HeldDrill, hold_drill
from chaos_pizza.runner.gameday_plan import PlannedGameDay
from chaos_pizza.runner.resume import read_torso, resume_drill

_SEED_BITS = 52
"""A seed is a number that every language reads from JSON without loss; what nobody may guess is the nonce."""
_NONCE_BYTES = 32
_LATE = timedelta(seconds=60)
"""So late may a drill begin that was interrupted; later, the drawn time is missed."""
_STAMP = "%Y-%m-%dT%H-%M-%SZ"


class Standing(Enum):
    """How far a game day has come."""

    WAITING = "waiting"
    """Nothing has been asked for yet."""
    BROKEN = "broken"
    """A fault has been asked for, and the drill was cut off."""
    OVER = "over"
    """Its drill has come to its end, by itself or by its watchdog."""
    MISSED = "missed"
    """The drawn time passed while nobody was there."""


@dataclass(frozen=True, slots=True)
class DrawnGameDay:
    """A game day that is drawn: its folder, what everybody may know, what only the coordinator does, and its plan."""

    folder: Path
    facts: GameDay
    opened: OpenedDraw
    planned: PlannedGameDay

    @property
    def plan(self) -> Plan:
        """Its plan."""
        return self.planned.plan

    @property
    def reports(self) -> Path:
        """The folder of all drills."""
        return self.folder.parent.parent

    @property
    def blind(self) -> Blind:
        """What its drill is sealed with."""
        facts, opened = self.facts, self.opened
        return Blind(
            facts.plan,
            opened.draw,
            opened.key,
            facts.commitment,
            facts.roles.responders,
            by_factory=facts.start is StartedBy.FACTORY,
            plan_text=kept_plan(self.folder),
            register=register_entry(self.reports, facts.plan, facts.commitment),
        )

    @property
    def drill_folder(self) -> Path | None:
        """The folder of its newest drill; `None` before the first, or where that is gone."""
        drills = read_gameday(self.folder).drills
        folder = self.reports / drills[-1] if drills else None
        return folder if folder and folder.is_dir() else None


def draw_gameday(
    planned: PlannedGameDay, reports: Path, passphrase: Secret, now: datetime, seed: int | None = None
) -> DrawnGameDay:
    """Draw a game day's lot, seal it, and return it; raises `UsageError` where no window is in sight.

    `seed` is a rehearsal's, which is to be played again; without one nobody can guess it.
    """
    nonce = secrets.token_hex(_NONCE_BYTES)
    seed = secrets.randbits(_SEED_BITS) if seed is None else seed
    draw = draw_lot(planned.plan, planned.faults, seed, now, last_drill_at(reports), nonce)
    opened = OpenedDraw(draw, new_key())
    folder = create_gameday(reports, planned.path, planned.plan, opened, passphrase, now)
    return DrawnGameDay(folder, read_gameday(folder), opened, planned)


def take_up_gameday(planned: PlannedGameDay, folder: Path, passphrase: Secret) -> DrawnGameDay:
    """Return a game day that was drawn before, to go on with it.

    Raises `UsageError` where the passphrase is another, or where the plan or the target is.
    """
    facts, plan = read_gameday(folder), planned.plan
    if facts.plan_sha256 != plan.sha256:
        raise UsageError(
            f"the plan {planned.path} has been changed since game day {facts.id} was drawn from it; put it back as "
            f"{folder / PLAN_NAME} has it, or end that one: chaos-pizza gameday {facts.id} --reveal"
        )
    if facts.target != plan.target:
        raise UsageError(f"game day {facts.id} was drawn for target {facts.target!r}, not for {plan.target!r}")
    return DrawnGameDay(folder, facts, open_draw(folder, passphrase), planned)


def last_drill_at(reports: Path) -> datetime | None:
    """Return when the last drill began of which a folder is left; `None` where there is none."""
    began = []
    for folder in list_drill_folders(reports):
        try:
            began.append(datetime.strptime(folder.name[:20], _STAMP).replace(tzinfo=UTC))
        except ValueError:
            continue  # somebody has given it another name
    return max(began, default=None)


def standing_of(day: DrawnGameDay, now: datetime) -> Standing:
    """Tell how far a game day has come; raises `JournalError` where its drill's journal can't be read."""
    folder, starts_at = day.drill_folder, day.opened.draw.starts_at
    if folder is not None:
        events = [recorded.event for recorded in read_journal(folder, Seal(day.opened.key)).records]
        if any(isinstance(event, DrillEnded | Revealed) for event in events):
            return Standing.OVER
        if any(isinstance(event, FaultInjected) for event in events):
            return Standing.BROKEN
    if starts_at is not None and now > starts_at + _LATE:
        return Standing.MISSED
    return Standing.WAITING


def begins_at(day: DrawnGameDay, now: datetime) -> datetime:
    """Return when a game day's drill is to begin: as the window opens, or now where it is open."""
    opens_at = day.opened.draw.opens_at
    if now <= opens_at:
        return opens_at
    return now if day.plan.hours.contains(now) else next_opening(day.plan, now).opens_at


def hold_gameday(
    day: DrawnGameDay,
    target: Target | None,
    watch: Callable[[DrillSession], None],
    permission: AbstractContextManager[None],
    over: Callable[[], None],
    now: datetime,
) -> HeldDrill:
    """Hold the blind drill of a game day whose window is open; arguments and errors are those of `hold_drill`."""
    experiment, declaration = day.planned.experiments[day.opened.draw.experiment]
    course, blind_declaration = blind_course(experiment, declaration, day.plan, day.opened.draw, now)

    def noted(session: DrillSession) -> None:
        note_drill(day.folder, session.folder.name)
        watch(session)

    return hold_drill(course, blind_declaration, target, day.reports, noted, permission, over, day.blind)


def go_on_with_gameday(
    day: DrawnGameDay, target: Target, watch: Callable[[DrillSession], None], over: Callable[[], None]
) -> HeldDrill:
    """Go on with a game day's drill that was cut off after its fault had been asked for; raises as `resume_drill`."""
    folder = day.drill_folder
    if folder is None:
        raise UsageError(f"the drill of game day {day.facts.id} is gone from {day.reports}")
    torso, started = read_torso(folder, day.blind)
    return resume_drill(
        torso,
        started,
        target,
        day.plan.mitigation_timeout_s,
        watch,
        over,
        fault_timeout_s=FACTORY_PATIENCE_S,
        blind=day.blind,
    )


def reveal_gameday(folder: Path, opened: OpenedDraw) -> None:
    """End a game day: reveal its draw, and every drill of it that was cut off before it could do so itself.

    Raises `UsageError` or `JournalError` where that can't be written.
    """
    reveal_draw(folder, opened)
    for drill_id in read_gameday(folder).drills:
        drill = folder.parent.parent / drill_id
        if drill.is_dir() and is_sealed_drill(drill):
            journal = JournalWriter(drill, AnchoredClock(), resume=True, seal=Seal(opened.key))
            try:
                journal.reveal(opened.draw)
            finally:
                journal.close()
