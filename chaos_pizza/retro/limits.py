"""What action items claim of an experiment's times: the lines in its picture."""

from collections.abc import Sequence
from dataclasses import dataclass

from chaos_pizza.claims.claim import Relation
from chaos_pizza.claims.standing import ItemStanding
from chaos_pizza.retro.experiments import MEASURES

MOST_LIMITS = 3
"""Of one measure: more lines would hide the points."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `limit_s` seconds are claimed of a measure."""

    measure: str
    limit_s: float


def limits_of(experiment: str, standings: Sequence[ItemStanding]) -> tuple[Limit, ...]:
    """Return the limits that action items claim of an experiment, the strictest of each measure first."""
    names = [measure.value for measure in MEASURES]
    found = {
        Limit(condition.figure, float(condition.wanted))
        for standing in standings
        if standing.claim is not None
        for condition in standing.claim.conditions
        if condition.experiment == experiment and condition.relation in {Relation.AT_MOST, Relation.BELOW}
        if condition.figure in names and not isinstance(condition.wanted, str)
    }
    ordered = sorted(found, key=lambda limit: limit.limit_s)
    return tuple(limit for name in names for limit in [each for each in ordered if each.measure == name][:MOST_LIMITS])
