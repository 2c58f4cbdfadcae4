"""A game day's plan, as the team writes it in YAML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from chaos_pizza.errors import UsageError
from chaos_pizza.model.conversion import from_mapping
from chaos_pizza.model.settings import Budgets, SandboxWishes
from chaos_pizza.redaction import Redactor
from chaos_pizza.safety.window import Window

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_LONGEST_PERSON = 60
_MOST_RESPONDERS = 100
_DAY_S = 86_400.0
AROUND_S = 300.0
"""Seconds of a drill's course besides people's own: until the fault shows, for recovery, and for proving calm."""


class StartedBy(StrEnum):
    """Who draws the time at which the fault begins."""

    DRAWN = "drawn"
    """The lot: some time of the window."""
    FACTORY = "factory"
    """The factory, asked for the fault as soon as the window opens: the public one takes until the next day."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Who does what on the game day; only the coordinator knows the passphrase, and none of the responders is that."""

    owner: str
    coordinator: str
    responders: tuple[str, ...]
    observer: str | None = None


@dataclass(frozen=True, slots=True)
class PoolEntry:
    """An experiment that the lot may fall on, by its path, and how often compared to the others."""

    experiment: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class PlaceboShare:
    """The experiment that breaks nothing, and the share (0 to 1) of all lots that fall on it."""

    experiment: str
    share_ratio: float


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a game day's plan says.

    `name` is a short name of a-z, 0-9 and -; the drill's folder is called by it. Paths of experiments are relative to
    the plan's own folder. `window` is a text such as `Mon-Thu 14:00-16:00 America/Denver` (`safety.window`). The
    fault comes at least `least_wait_s` seconds after the window opens, at most `greatest_wait_s` (`None`: as long as
    the window allows), and so that people have their `mitigation_timeout_s` before it closes. `rest_days` is the
    least time since the last drill. `budgets` are what people are held to, in place of those of the experiments,
    which are a robot's; without them people are in no hurry, and the verdict says what was proven. Alert rules are
    evaluated every `scrape_interval_s` seconds (`None`: as each experiment says). Without a `target` the drill is
    held on a sandbox of its own, set up by `sandbox` alike for every lot. `simulated` says that nobody of the
    responders is real, as in a rehearsal. `sha256` is the digest of the file, "" where there is none.
    """

    name: str
    roles: Roles
    pool: tuple[PoolEntry, ...]
    window: str
    placebo: PlaceboShare | None = None
    target: str | None = None
    rest_days: float = 0.0
    start: StartedBy = StartedBy.DRAWN
    least_wait_s: float = 60.0
    greatest_wait_s: float | None = None
    mitigation_timeout_s: float = 3600.0
    rate_per_s: float = 5.0
    scrape_interval_s: float | None = None
    budgets: Budgets = field(default_factory=Budgets)
    sandbox: SandboxWishes = field(default_factory=SandboxWishes)
    simulated: bool = False
    sha256: str = ""

    @property
    def hours(self) -> Window:
        """The window as times of the week."""
        return Window.parse(self.window)

    @property
    def experiments(self) -> tuple[str, ...]:
        """The paths of all experiments that the lot may fall on, the placebo last."""
        placebo = (self.placebo.experiment,) if self.placebo else ()
        return (*(entry.experiment for entry in self.pool), *placebo)

    @property
    def course_s(self) -> float:
        """The longest time from the fault's start to the drill's end, in seconds."""
        return self.mitigation_timeout_s + AROUND_S


def read_plan(content: Any, place: str, sha256: str = "") -> Plan:
    """Return the plan that a YAML file's content describes; `place` is what complaints call the file.

    Raises `UsageError`, in one line that names each place, where it describes none.
    """
    if not isinstance(content, dict):
        raise UsageError(f"{place} holds no plan of a game day; docs/gameday.md shows one")
    try:
        if "sha256" in content:
            raise ValueError("there is no sha256")  # noqa: TRY301 - said in one place
        plan = from_mapping(content, Plan)
        complaints = list(_complaints(plan))
        if complaints:
            raise ValueError("; ".join(complaints))  # noqa: TRY301
    except (ValueError, UsageError) as error:
        raise UsageError(Redactor().line(f"{place} is no plan of a game day: {error}")) from None
    return replace(plan, sha256=sha256)


def _complaints(plan: Plan) -> Iterator[str]:
    if not _NAME.fullmatch(plan.name):
        yield "a short name of a-z, 0-9 and - is wanted @ name"
    try:
        Window.parse(plan.window)
    except UsageError as error:
        yield f"{error} @ window"
    yield from _people_complaints(plan.roles)
    yield from _pool_complaints(plan)
    for name, value, low, high in _limits(plan):
        if value is not None and not low <= value <= high:
            yield f"{low:g} to {high:g} is allowed, not {value:g} @ {name}"


def _people_complaints(roles: Roles) -> Iterator[str]:
    named = {
        "owner": roles.owner,
        "coordinator": roles.coordinator,
        **({"observer": roles.observer} if roles.observer is not None else {}),
        **{f"responders[{number}]": name for number, name in enumerate(roles.responders)},
    }
    for place, name in named.items():
        if not (name.strip() == name and name.isprintable() and 1 <= len(name) <= _LONGEST_PERSON):
            yield f"a person's name of 1 to {_LONGEST_PERSON} characters is wanted @ roles.{place}"
    if not 1 <= len(roles.responders) <= _MOST_RESPONDERS:
        yield f"1 to {_MOST_RESPONDERS} people who respond are wanted @ roles.responders"
    folded = [name.casefold() for name in roles.responders]
    for number, name in enumerate(roles.responders):
        if folded.index(name.casefold()) < number:
            yield f"{name!r} stands there twice @ roles.responders[{number}]"
    if roles.coordinator.casefold() in folded:
        yield "the coordinator may look at the draw, so can't respond @ roles.responders"


def _pool_complaints(plan: Plan) -> Iterator[str]:
    if not plan.pool:
        yield "at least one experiment is wanted @ pool"
    paths = plan.experiments
    for path in dict.fromkeys(path for path in paths if paths.count(path) > 1):
        yield f"{path!r} stands there twice @ pool"
    if not all(path.strip() and path.isprintable() for path in paths):
        yield "an experiment's path is wanted @ pool"


def _limits(plan: Plan) -> Iterator[tuple[str, float | None, float, float]]:
    for number, entry in enumerate(plan.pool):
        yield f"pool[{number}].weight", entry.weight, 0.001, 1_000
    yield "placebo.share_ratio", plan.placebo.share_ratio if plan.placebo else None, 0, 0.9
    yield "rest_days", plan.rest_days, 0, 365
    yield "least_wait_s", plan.least_wait_s, 0, _DAY_S
    yield "greatest_wait_s", plan.greatest_wait_s, plan.least_wait_s, _DAY_S
    yield "mitigation_timeout_s", plan.mitigation_timeout_s, 1, _DAY_S
    yield "rate_per_s", plan.rate_per_s, 0.05, 1_000
    yield "scrape_interval_s", plan.scrape_interval_s, 0.1, 3_600
    for each in ("ttd_s", "tta_s", "ttm_s", "ttr_s"):
        yield f"budgets.{each}", getattr(plan.budgets, each), 0, _DAY_S
    yield "budgets.success_ratio", plan.budgets.success_ratio, 0, 1
    yield "sandbox.stall_s", plan.sandbox.stall_s, 0, 3_600
