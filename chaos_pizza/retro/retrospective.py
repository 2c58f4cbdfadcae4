"""A retrospective: everything that is computed from the drills of a range, before it is put into words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chaos_pizza.claims.standing import ItemStanding
from chaos_pizza.model.history import PastDrill
from chaos_pizza.retro.answer import Answer, answer
from chaos_pizza.retro.comparison import Comparison, compare_groups
from chaos_pizza.retro.detections import RuleRecord, Uncaught, rule_records, uncaught_of
from chaos_pizza.retro.experiments import Experiment, LeftOut, sort_out
from chaos_pizza.retro.figures import GroupFigures, figures_of
from chaos_pizza.retro.limits import Limit, limits_of


@dataclass(frozen=True, slots=True)
class Scope:
    """What was asked for: days (UTC, both included) and one experiment; `None` where nothing was."""

    since: date | None = None
    until: date | None = None
    experiment: str | None = None


@dataclass(frozen=True, slots=True)
class ExperimentFigures:
    """All that is computed of an experiment; `limits` is what action items claim of its times."""

    experiment: Experiment
    groups: tuple[GroupFigures, ...]
    comparisons: tuple[Comparison, ...]
    rules: tuple[RuleRecord, ...]
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Retrospective:
    """All drills together. `drills` counts those that count, without `incidents`; `tests` is how many were made."""

    today: date
    scope: Scope
    experiments: tuple[ExperimentFigures, ...]
    left_out: tuple[LeftOut, ...]
    uncaught: tuple[Uncaught, ...]
    standings: tuple[ItemStanding, ...]
    answer: Answer
    drills: int
    incidents: int
    tests: int


def look_back(
    drills: Sequence[PastDrill], standings: Sequence[ItemStanding], *, today: date, scope: Scope
) -> Retrospective:
    """Return the retrospective of some drills, in whatever order they come.

    `standings` is where the action items stand after *all* drills, whatever the scope. Without any drill all of it is
    empty, and the answer says so.
    """
    experiments, left_out = sort_out(drills)
    comparisons = compare_groups([group for each in experiments if not each.is_placebo for group in each.groups])
    figures = tuple(_figures(each, comparisons, standings) for each in experiments)
    # A placebo has nothing to catch.
    found = (uncaught_of(each.name, each.drills) for each in experiments if not each.is_placebo)
    uncaught = tuple(each for each in found if each is not None)
    groups = [group for each in figures for group in each.groups]
    return Retrospective(
        today=today,
        scope=scope,
        experiments=figures,
        left_out=left_out,
        uncaught=uncaught,
        standings=tuple(standings),
        answer=answer(groups, comparisons, uncaught, standings),
        drills=sum(len(each.drills) for each in experiments),
        incidents=sum(len(each.incidents) for each in experiments),
        tests=len(comparisons),
    )


def _figures(
    experiment: Experiment, comparisons: Sequence[Comparison], standings: Sequence[ItemStanding]
) -> ExperimentFigures:
    return ExperimentFigures(
        experiment=experiment,
        groups=tuple(figures_of(group, tests=len(comparisons)) for group in experiment.groups),
        comparisons=tuple(each for each in comparisons if each.experiment == experiment.name),
        rules=rule_records(experiment.drills),
        limits=limits_of(experiment.name, standings),
    )
