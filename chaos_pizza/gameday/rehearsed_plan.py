"""A plan as it is rehearsed: the same lots, in minutes, on sandboxes, with responders who are simulated."""

from dataclasses import replace
from pathlib import PurePath

from chaos_pizza.gameday.plan import PlaceboShare, Plan, PoolEntry, StartedBy
from chaos_pizza.gameday.skill import REHEARSED_PER_REAL
from chaos_pizza.model.settings import Budgets

EXPERIMENTS_NAME = "experiments"
"""The folder beside a rehearsed plan that holds its experiments."""
_WORD = "rehearsal"
_LONGEST_NAME = 61
_LONGEST_PERSON = 60
_WAIT_S = (9.0, 15.0)
"""The fault comes so long after the drill's window opens: with its process started and the baseline just behind it."""
_MITIGATION_S = (20.0, 60.0)
"""The scaled time to mend it is kept within these: long enough for the skilled, short enough for a demonstration."""
_MACHINES_S = 10.0
"""A scaled budget has so much besides: shop, factory and alerts don't run any faster."""
_RATE_PER_S = 10.0
_LONGEST_STALL_S = 4.0
_CHAOS_DELAY = "0-1"


def rehearsed(plan: Plan, skill: str) -> Plan:
    """Return a plan as it is rehearsed by responders of a skill.

    Its pool, weights and placebos stay. The window is always open, and the waits are those of minutes; people's time
    to mend it goes a minute a second, within bounds, and so do its budgets. Names say that it is a rehearsal, and
    that nobody is real. The experiments lie in a folder beside it, by `copied_as`.
    """
    paths = copied_as(plan)
    least_wait_s, greatest_wait_s = _WAIT_S
    shortest_s, longest_s = _MITIGATION_S
    sandbox = replace(plan.sandbox, chaos_delay_s=_CHAOS_DELAY, stall_s=min(plan.sandbox.stall_s, _LONGEST_STALL_S))
    return replace(
        plan,
        name=_named(plan.name),
        roles=replace(plan.roles, responders=tuple(simulated_names(plan.roles.responders, skill).values())),
        pool=tuple(PoolEntry(paths[entry.experiment], entry.weight) for entry in plan.pool),
        placebo=PlaceboShare(paths[plan.placebo.experiment], plan.placebo.share_ratio) if plan.placebo else None,
        window="00:00-24:00 UTC",
        target=None,
        rest_days=0.0,
        start=StartedBy.DRAWN,
        least_wait_s=least_wait_s,
        greatest_wait_s=greatest_wait_s,
        mitigation_timeout_s=max(shortest_s, min(plan.mitigation_timeout_s * REHEARSED_PER_REAL, longest_s)),
        rate_per_s=_RATE_PER_S,
        budgets=_scaled(plan.budgets),
        sandbox=sandbox,
        simulated=True,
        sha256="",
    )


def _scaled(budgets: Budgets) -> Budgets:
    """Return budgets for people who take a second for a minute; purchases fail as they do."""

    def scaled(budget_s: float | None) -> float | None:
        return None if budget_s is None else round(budget_s * REHEARSED_PER_REAL + _MACHINES_S, 3)

    times = {name: scaled(getattr(budgets, name)) for name in ("ttd_s", "tta_s", "ttm_s", "ttr_s")}
    return replace(budgets, **times)


def _named(name: str) -> str:
    return name if name.startswith(_WORD) else f"{_WORD}-{name}"[:_LONGEST_NAME]


def copied_as(plan: Plan) -> dict[str, str]:
    """Return where a rehearsal keeps a copy of each of a plan's experiments, by the path that the plan names.

    Relative to the rehearsed plan's folder; of several files of the same name each has one of its own.
    """
    found: dict[str, str] = {}
    for path in plan.experiments:
        named = PurePath(path)
        copy = f"{EXPERIMENTS_NAME}/{named.name}"
        for number in range(2, len(plan.experiments) + 2):
            if copy not in found.values():
                break
            copy = f"{EXPERIMENTS_NAME}/{named.stem}-{number}{named.suffix}"
        found[path] = copy
    return found


def simulated_names(responders: tuple[str, ...], skill: str) -> dict[str, str]:
    """Return what each simulated responder is called, by their name in the plan: `simulated Ana (trained)`.

    Long names are cut so that every one still says so; who would be called alike then is numbered.
    """
    found: dict[str, str] = {}
    for number, name in enumerate(responders, start=1):
        room = _LONGEST_PERSON - len(f"simulated  ({skill})")
        shown = name if len(name) <= room else f"{name[: room - 5].rstrip()} {number}"
        found[name] = f"simulated {shown} ({skill})"
    return found
