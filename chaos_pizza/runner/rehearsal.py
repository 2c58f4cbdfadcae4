"""A rehearsal: several game days of a plan in turn, each on a sandbox of its own, with simulated responders."""

import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import yaml

from chaos_pizza.ci.turn import Turn, worst_exit_code
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import PizzaError, UsageError
from chaos_pizza.feed_file import FEED_NAME
from chaos_pizza.folder import DOCUMENT_NAME, create_drill_folder
from chaos_pizza.gameday.plan import Plan
from chaos_pizza.gameday.rehearsed_plan import copied_as, rehearsed, simulated_names
from chaos_pizza.gameday.skill import Course, Skill, course_of
from chaos_pizza.live.drill_post import DrillPost
from chaos_pizza.live.simulated_responders import SimulatedResponders, Walk
from chaos_pizza.model.conversion import to_mapping
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.response_event import Marked
from chaos_pizza.model.result import Verdict
from chaos_pizza.notes_file import NOTES_NAME
from chaos_pizza.redaction import Secret
from chaos_pizza.report.standing import ended_by_drill
from chaos_pizza.runner.drill_process import SignalRelay, exit_code_of
from chaos_pizza.runner.gameday import DrawnGameDay, draw_gameday
from chaos_pizza.runner.gameday_plan import PlannedGameDay, read_planned
from chaos_pizza.runner.series import hold_series
from chaos_pizza.runner.turns import held_turn
from chaos_pizza.whole_file import write_whole

REHEARSALS_NAME = "rehearsals"
PLAN_NAME, CONFIGURATION_NAME, LOG_NAME = "plan.yaml", "chaos-pizza.yaml", "log.txt"
PASSPHRASE = "PIZZA_COORDINATOR_PASSPHRASE"  # noqa: S105 - its variable's name
_KEPT_VARIABLES = ("PIZZA_STATE_DIR",)
_PASSPHRASE_BYTES = 16
_GLANCE_S = 0.05
_PLAYS_WELL = {Verdict.PASSED.exit_code, Verdict.FAILED.exit_code}
_NO_TOOLS = "# A rehearsal's own: it has no target but its sandboxes, tells no tool, and keeps its own history.\n"

Tell = Callable[[str], object]
WalkIn = Callable[[Path], Walk]
"""Gives the way through the runbook for the drill in a folder."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A rehearsal that is set up in `folder`; its game days are of the plan as it is rehearsed.

    `people` is what each simulated responder is called, by their name in the team's own plan. Drill number n (from 0)
    is drawn with the seed `seed` + n.
    """

    folder: Path
    planned: PlannedGameDay
    people: dict[str, str]
    skill: Skill
    seed: int
    drills: int

    @property
    def notice(self) -> str:
        """What keeps anybody from taking it for more than it is."""
        return (
            f"This is a rehearsal on sandboxes: every responder was simulated ({self.skill.name}, seed {self.seed}), a "
            "minute of theirs in a second. The figures say nothing about real people."
        )

    def courses(self, drill: int) -> dict[str, Course]:
        """Return what was drawn for each responder in a drill, by what they are called."""
        return {called: course_of(self.skill, self.seed, drill, name) for name, called in self.people.items()}


def set_up(plan_file: Path, reports: Path, skill: Skill, seed: int, drills: int, now: datetime) -> Rehearsal:
    """Lay out a rehearsal of a plan in `reports/rehearsals/<UTC time>-<plan's name>/`, apart from the team's drills.

    Raises `UsageError` where the plan or one of its experiments is not sound, or where nothing can be written.
    """
    planned = read_planned(plan_file)
    plan = rehearsed(planned.plan, skill.name)
    folder = create_drill_folder(reports / REHEARSALS_NAME, now, plan.name)
    try:
        _lay_out(folder, planned, plan)
    except OSError as error:
        raise UsageError(f"the rehearsal can't be set up in {folder}: {error.strerror}") from None
    people = simulated_names(planned.plan.roles.responders, skill.name)
    return Rehearsal(folder, read_planned(folder / PLAN_NAME), people, skill, seed, drills)


def _lay_out(folder: Path, planned: PlannedGameDay, plan: Plan) -> None:
    for path, copy in copied_as(planned.plan).items():
        (folder / copy).parent.mkdir(exist_ok=True)
        shutil.copyfile(planned.path.parent / path, folder / copy)
    mapping = {key: value for key, value in to_mapping(plan).items() if key != "sha256"}
    text = yaml.safe_dump(mapping, sort_keys=False, allow_unicode=True, width=120)
    (folder / PLAN_NAME).write_text(text, encoding="utf-8")
    (folder / CONFIGURATION_NAME).write_text(_NO_TOOLS, encoding="utf-8")


def play(rehearsal: Rehearsal, walk_in: WalkIn, tell: Tell) -> list[Turn]:
    """Hold all drills of a rehearsal, one after the other, and return what came of each, in order.

    A signal goes to the drill under way, which restores calm and ends; those after it are not begun. To be called in
    the main thread.
    """
    turns = [Turn(f"drill {number + 1}") for number in range(rehearsal.drills)]
    with SignalRelay() as relay:

        def hold(turn: Turn) -> Turn:
            return _held(rehearsal, turn, turns.index(turn), walk_in, tell, relay)

        return hold_series(turns, hold, lambda: relay.received, fail_fast=False)


def rehearsal_exit_code(turns: list[Turn]) -> int:
    """Return a rehearsal's exit code: 0 where every drill proved something, whatever its verdict; else the worst's."""
    code = worst_exit_code(turns)
    return 0 if code in _PLAYS_WELL else code


def _held(rehearsal: Rehearsal, turn: Turn, drill: int, walk_in: WalkIn, tell: Tell, relay: SignalRelay) -> Turn:
    tell(f"{turn.file} of {rehearsal.drills}: something may break now, and nobody is told what or when")
    # Nobody is to be asked: only this process and the drill's ever know it.
    passphrase = secrets.token_urlsafe(_PASSPHRASE_BYTES)
    seed, now = rehearsal.seed + drill, datetime.now(UTC)
    try:
        day = draw_gameday(rehearsal.planned, rehearsal.folder, Secret(passphrase), now, seed)
        code = _played(rehearsal, day, drill, passphrase, walk_in, tell, relay)
    except PizzaError as error:
        return replace(turn, exit_code=Verdict.INVALID.exit_code, complaint=str(error))
    held = held_turn(turn, day.drill_folder, code)
    if held.result is not None and ended_by_drill(held.result) is not None:
        tell("nobody mended it; the drill did")
    return held


def _played(
    rehearsal: Rehearsal,
    day: DrawnGameDay,
    drill: int,
    passphrase: str,
    walk_in: WalkIn,
    tell: Tell,
    relay: SignalRelay,
) -> int:
    """Hold a game day that is drawn, respond to its drill, and return its exit code."""
    folder = rehearsal.folder
    options = ["--reports", str(folder), "--config", str(folder / CONFIGURATION_NAME)]
    with (folder / LOG_NAME).open("a", encoding="utf-8") as log:
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "chaos_pizza", "gameday", *options, "--", str(folder / PLAN_NAME)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            text=True,
            env=_environment(passphrase),
            start_new_session=True,
        )
        with process:
            relay.follow(process)
            _respond(rehearsal, day, drill, walk_in, tell, lambda: process.poll() is not None)
            process.wait()
            relay.follow(None)
    drill_folder = day.drill_folder
    is_judged = drill_folder is not None and (drill_folder / DOCUMENT_NAME).is_file()
    return exit_code_of(process.returncode, is_judged, relay.received is not None)


def _respond(
    rehearsal: Rehearsal, day: DrawnGameDay, drill: int, walk_in: WalkIn, tell: Tell, is_over: Callable[[], bool]
) -> None:
    """Let the simulated responders respond as soon as the drill is there, until it is over."""
    while (folder := _begun_in(day)) is None:
        if is_over():
            return
        time.sleep(_GLANCE_S)
    clock = AnchoredClock()
    _note_down(folder, rehearsal.notice)
    now = clock.now()
    DrillPost(folder).send(Marked(MarkKind.NOTE, "the rehearsal", now, now, rehearsal.notice))
    SimulatedResponders(folder, rehearsal.courses(drill), walk_in(folder), tell, clock).respond(is_over)


def _note_down(folder: Path, notice: str) -> None:
    """Answer beforehand what the report asks of those who responded: there is nobody to be asked."""
    try:
        write_whole(folder / NOTES_NAME, f"response: |\n  {notice}\n")
    except OSError as error:
        raise UsageError(f"{folder / NOTES_NAME} can't be written: {error.strerror}") from None


def _begun_in(day: DrawnGameDay) -> Path | None:
    """Return the folder of a game day's drill once that has begun: no mark is taken that is older than its drill."""
    folder = day.drill_folder
    return folder if folder and (folder / FEED_NAME).is_file() else None


def _environment(passphrase: str) -> dict[str, str]:
    """Return the environment of a drill's process: nothing of a target or a responder that is set for others."""
    own = {name: text for name, text in os.environ.items() if name in _KEPT_VARIABLES or not name.startswith("PIZZA_")}
    return {**own, PASSPHRASE: passphrase}
