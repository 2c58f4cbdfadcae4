"""Whether an alert, a person or nobody detected a fault, and which rules can't see it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.detection import Sight
from chaos_pizza.model.history import PastDrill
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import Verdict

_CUT_OFF = (Verdict.ABORTED, Verdict.CALM_NOT_RESTORED)


class Detector(StrEnum):
    """What detected a fault first."""

    ALERT = "alert"
    """An alert; or the runbook, which begins by one."""
    PERSON = "person"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """What one alert rule saw of an experiment's faults: how many drills of each sight, those not in it left out."""

    rule: str
    source: AlertSource
    sights: dict[Sight, int]

    @property
    def is_blind(self) -> bool:
        """Whether it saw nothing of the fault in every drill in which its figures were read."""
        return bool(self.sights.get(Sight.BLIND)) and not (self.sights.get(Sight.FIRED) or self.sights.get(Sight.MOVED))


@dataclass(frozen=True, slots=True)
class Uncaught:
    """The latest drills of an experiment, in which purchases failed and no alert fired.

    `drills` counts them, back to the last one that an alert caught; `since` is the first of them. `rules` is what each
    rule saw in them; empty where no rule is known to have watched.
    """

    experiment: str
    drills: int
    since: PastDrill
    rules: tuple[RuleRecord, ...]

    @property
    def blind(self) -> tuple[RuleRecord, ...]:
        """The rules that can't see such a fault."""
        return tuple(record for record in self.rules if record.is_blind)


def detector_of(drill: PastDrill) -> Detector:
    """Return what detected a drill's fault, or raised the false alarm of a placebo, first."""
    if not drill.detected_by:
        return Detector.NOBODY
    return Detector.ALERT if drill.detected_by.startswith(("alert", "runbook")) else Detector.PERSON


def rule_records(drills: Iterable[PastDrill]) -> tuple[RuleRecord, ...]:
    """Return what each rule saw in some drills, by rule and whose alerting; empty where no rule watched."""
    counts: dict[tuple[str, AlertSource], Counter[Sight]] = {}
    for drill in drills:
        for sight in drill.sights:
            counts.setdefault((sight.rule, sight.source), Counter())[sight.sight] += 1
    return tuple(RuleRecord(rule, source, dict(counts[rule, source])) for rule, source in sorted(counts))


def uncaught_of(experiment: str, drills: Sequence[PastDrill]) -> Uncaught | None:
    """Return the latest drills of an experiment that no alert caught; `None` where one caught the very latest.

    `drills` stand the oldest first. Those in which no purchase failed had nothing to catch, and don't count; those that
    were cut off might have been caught, and don't count either.
    """
    run: list[PastDrill] = []
    for drill in reversed([drill for drill in drills if drill.failed and not was_cut_off(drill)]):
        if was_caught(drill):
            break
        run.append(drill)
    return Uncaught(experiment, len(run), run[-1], rule_records(run)) if run else None


def was_cut_off(drill: PastDrill) -> bool:
    """Whether a drill ended early, before anything detected its fault: by an abort, or since calm was not restored.

    Then nobody knows what would have. A placebo that ended so, without a false alarm, might still have raised one.
    """
    ttd = drill.measures.get(MeasureName.TTD)
    is_open = ttd is None or ttd.censored
    return drill.verdict in _CUT_OFF and is_open and detector_of(drill) is Detector.NOBODY and not was_caught(drill)


def was_caught(drill: PastDrill) -> bool:
    """Whether an alert fired at a drill's fault, first or later."""
    return detector_of(drill) is Detector.ALERT or any(sight.sight is Sight.FIRED for sight in drill.sights)
