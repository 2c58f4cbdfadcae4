"""The drills of a retrospective, sorted out: which count, which don't and why, and which belong together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chaos_pizza.model.history import Origin, PastDrill
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.retro.durations import Durations

MEASURES = (MeasureName.TTD, MeasureName.TTM, MeasureName.TTR)
"""The measures that a retrospective follows."""
_DRILL_ITSELF = frozenset({Actor.ROLLBACK, Actor.WATCHDOG, Actor.ABORT})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A drill that proves nothing, and why."""

    drill: PastDrill
    reason: str


@dataclass(frozen=True, slots=True)
class Group:
    """Drills of one experiment that those who respond knew of beforehand, or did not, the oldest first.

    `announced` is `None` where that is not known. There is always at least one drill.
    """

    experiment: str
    announced: bool | None
    drills: tuple[PastDrill, ...]

    def durations(self, name: MeasureName) -> Durations:
        """Return a measure of these drills as a sample, without what is no time of anybody's."""
        return Durations.of(drill.measures.get(name) for drill in self.drills if is_own_time(drill, name))

    def by_rules(self) -> dict[str, tuple[PastDrill, ...]]:
        """Return these drills by the version of the rules that watched, in the order in which the versions came up.

        Those of which no version is known are left out.
        """
        by_version: dict[str, list[PastDrill]] = {}
        for drill in self.drills:
            if drill.rules_version is not None:
                by_version.setdefault(drill.rules_version, []).append(drill)
        return {version: tuple(drills) for version, drills in by_version.items()}


@dataclass(frozen=True, slots=True)
class Experiment:
    """All that is kept of one experiment: its drills in groups, and the incidents that were the same in earnest.

    `name` is empty for incidents that are like no experiment.
    """

    name: str
    groups: tuple[Group, ...]
    incidents: tuple[PastDrill, ...]

    @property
    def drills(self) -> tuple[PastDrill, ...]:
        """Its drills without the incidents, the oldest first."""
        return tuple(_in_time(drill for group in self.groups for drill in group.drills))

    @property
    def is_placebo(self) -> bool:
        """Whether nothing was broken in any of its drills, so that the right answer was silence."""
        return bool(self.groups) and all(drill.fault is FaultKind.NONE for drill in self.drills)

    @property
    def was_unfelt(self) -> bool:
        """Whether a proven fault once did not make a single purchase fail: then that is what it asks about."""
        return any(drill.fault_proven and drill.failed == 0 and drill.purchases for drill in self.drills)


def is_own_time(drill: PastDrill, name: MeasureName) -> bool:
    """Return whether a measure is the work of those who respond: a time to recover that the drill ended is not."""
    return name is not MeasureName.TTR or drill.ended_by not in _DRILL_ITSELF


def sort_out(drills: Iterable[PastDrill]) -> tuple[tuple[Experiment, ...], tuple[LeftOut, ...]]:
    """Return the experiments, the one with most drills first, and the drills that were left out, the oldest first.

    Both may be empty. The order in which the drills come does not matter.
    """
    kept: list[PastDrill] = []
    left_out: list[LeftOut] = []
    for drill in _in_time(drills):
        reason = _reason_against(drill)
        if reason is None:
            kept.append(drill)
        else:
            left_out.append(LeftOut(drill, reason))
    by_name: dict[str, list[PastDrill]] = {}
    for drill in kept:
        by_name.setdefault(drill.experiment, []).append(drill)
    # The one of which most is known comes first.
    order = sorted(by_name, key=lambda name: (-len(by_name[name]), name))
    return tuple(_experiment(name, by_name[name]) for name in order), tuple(left_out)


def _experiment(name: str, drills: Sequence[PastDrill]) -> Experiment:
    held = [drill for drill in drills if drill.origin is Origin.DRILL]
    groups = [
        Group(name, announced, tuple(drill for drill in held if drill.announced is announced))
        for announced in (True, False, None)
    ]
    incidents = tuple(drill for drill in drills if drill.origin is Origin.INCIDENT)
    return Experiment(name, tuple(group for group in groups if group.drills), incidents)


def _reason_against(drill: PastDrill) -> str | None:
    if drill.origin is Origin.INCIDENT:
        return None
    if drill.verdict is Verdict.INVALID:
        return drill.reasons[0] if drill.reasons else "it proves nothing"
    if drill.fault is not FaultKind.NONE and not drill.fault_proven:
        return "its fault was never proven"
    return None


def _in_time(drills: Iterable[PastDrill]) -> list[PastDrill]:
    return sorted(drills, key=lambda drill: (drill.started_at, drill.drill_id))
