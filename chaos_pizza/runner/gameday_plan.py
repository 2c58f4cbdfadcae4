"""A game day's plan, read together with every experiment that its lot may fall on, before anything is drawn."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chaos_pizza.errors import UsageError
from chaos_pizza.experiment.declaration import Declaration
from chaos_pizza.gameday.plan import Plan, read_plan
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.runner.experiment_file import declaration_of, read_experiment
from chaos_pizza.yaml_file import read_yaml


@dataclass(frozen=True, slots=True)
class PlannedGameDay:
    """A plan, the file it stands in, and its experiments, each with what it declares, by the path the plan names."""

    path: Path
    plan: Plan
    experiments: Mapping[str, tuple[dict[str, Any], Declaration]]

    @property
    def faults(self) -> dict[str, FaultKind]:
        """What each of the experiments breaks."""
        return {path: declaration.settings.fault for path, (_, declaration) in self.experiments.items()}


def read_plan_file(path: Path) -> Plan:
    """Return the plan in a file, without a look at its experiments; raises `UsageError` where it is not sound."""
    try:
        return read_plan(read_yaml(path), str(path), hashlib.sha256(path.read_bytes()).hexdigest())
    except FileNotFoundError:
        is_begun = Path("experiments/gamedays").is_dir()
        hint = "those at hand are in experiments/gamedays/" if is_begun else "`chaos-pizza init` writes out some"
        raise UsageError(f"there is no plan {path}; {hint}") from None


def read_planned(
    path: Path, target: str | None = None, alerting_of: Callable[[str | None], dict[str, Any]] = lambda _: {}
) -> PlannedGameDay:
    """Return the plan in a file with all its experiments; their paths are relative to the plan's folder.

    `target` is meant instead of the plan's own; what `alerting_of` says of a target's alerting replaces what each
    experiment says of detection. Raises `UsageError` where the plan or one of them is not sound, or where the placebo
    breaks something.
    """
    plan = read_plan_file(path)
    plan = replace(plan, target=target or plan.target)
    experiments = {}
    for named in plan.experiments:
        described = read_experiment(path.parent / named)
        experiments[named] = (described, declaration_of(described, path.parent / named, alerting_of(plan.target)))
    planned = PlannedGameDay(path, plan, experiments)
    if plan.placebo and planned.faults[plan.placebo.experiment] is not FaultKind.NONE:
        raise UsageError(f"{path}: the placebo {plan.placebo.experiment} is to break nothing")
    return planned
