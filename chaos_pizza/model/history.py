"""What is kept of every drill, and of every incident that people wrote down: a row of the history."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chaos_pizza.model.detection import RuleSight
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import FaultKind, ResponderKind


class Origin(StrEnum):
    """Where a row comes from."""

    DRILL = "drill"
    """A drill's journal."""
    INCIDENT = "incident"
    """A report that people wrote by hand."""


@dataclass(frozen=True, slots=True)
class PastDrill:
    """A drill, or an incident, as the history knows it.

    `drill_id` is unique, and the name of its folder in `reports`. `experiment` is what was tried; for an incident, the
    experiment that tries the same, or empty. `announced` says whether those who respond knew of it beforehand.
    `verdict` and all else that a hand-written report does not tell are `None`. `measures` holds what is known; a
    censored measure is a lower bound, a missing one unknown. `purchases` to `revenue_lost_btc` are the impact's, as in
    `drill.json`. `sights` is what each alert rule saw; `rules_version` a digest of the alert rules that watched, `None`
    where none did.
    """

    drill_id: str
    origin: Origin
    experiment: str
    title: str
    target: str
    started_at: datetime
    ended_at: datetime
    fault: FaultKind | None = None
    announced: bool | None = None
    responder: ResponderKind | None = None
    verdict: Verdict | None = None
    reasons: tuple[str, ...] = ()
    detected_by: str | None = None
    ended_by: Actor | None = None
    fault_proven: bool | None = None
    measures: dict[MeasureName, Measure] = field(default_factory=dict)
    purchases: int | None = None
    failed: int | None = None
    rejected: int | None = None
    success_ratio: float | None = None
    diners_affected: int | None = None
    minutes_below_tolerance: float | None = None
    orders_without_pizza: int | None = None
    revenue_lost_btc: float | None = None
    missed_budgets: tuple[str, ...] = ()
    sights: tuple[RuleSight, ...] = ()
    rules_version: str | None = None
    tool_version: str | None = None

    def __post_init__(self) -> None:
        if self.ended_at < self.started_at:
            raise ValueError(f"{self.drill_id}: it can't end ({self.ended_at}) before it begins ({self.started_at})")

    def has_no(self, name: MeasureName) -> bool:
        """Tell whether there was no such time at all, which is not the same as an unknown one.

        A placebo has none, and where no purchase failed there was nothing to recover from.
        """
        if name in self.measures:
            return False
        of_recovery = name in {MeasureName.TTR, MeasureName.RECOVERY_LAG}
        is_unfelt = bool(self.fault_proven and self.purchases and self.failed == 0)
        return self.fault is FaultKind.NONE or (of_recovery and is_unfelt)
