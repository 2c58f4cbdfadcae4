"""What becomes of an experiment that a lot fell on: the same course, without anything that tells it from the others."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from math import ceil
from typing import Any

from chaos_pizza.experiment.declaration import Declaration
from chaos_pizza.gameday.plan import Plan, StartedBy
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.settings import DrillSettings, ResponderKind, ResponderSettings, TrafficSettings
from chaos_pizza.model.traffic_profile import TrafficProfile

FACTORY_PATIENCE_S = 3 * 86_400.0
"""Seconds for which the factory is waited for: it draws a time of the next day, in a time zone of its own."""
_SLACK_S = 900.0
"""Seconds besides, before the watchdog takes a blind drill for lost: for logging in, the baseline, and proving calm."""
_WAIT = "wait_for_the_draw"
_MOST_WINDOW_S = 3_600.0


def blind_course(
    experiment: Mapping[str, Any], declaration: Declaration, plan: Plan, draw: Draw, now: datetime
) -> tuple[dict[str, Any], Declaration]:
    """Return an experiment, and what it declares, as they are held blind from `now` on.

    People respond, for as long as the plan allows, and are held to its budgets alone; the method waits for the drawn
    time first; traffic and sandbox are the plan's; what is counted in a while is given as long as it takes at the
    plan's rate. Neither argument is changed.
    """
    course = deepcopy(dict(experiment))
    wait = {
        "type": "action",
        "name": "wait for the drawn time",
        "provider": {"type": "python", "module": "chaos_pizza.actions", "func": _WAIT},
    }
    course["method"] = [wait, *(course.get("method") or [])]
    for activity in course["method"]:
        _give_time(activity, plan, declaration.settings.recovery.good_purchases)
    for probe in (course.get("steady-state-hypothesis") or {}).get("probes", []):
        _widen(probe, plan.rate_per_s)
    return course, replace(declaration, settings=_settings(declaration, plan, draw, now))


def _traffic(traffic: TrafficSettings, plan: Plan) -> TrafficSettings:
    """Return the plan's traffic, made by the drill itself: who else buys would tell which experiment was drawn."""
    own = TrafficSettings()
    return replace(
        traffic,
        rate_per_s=plan.rate_per_s,
        profile=TrafficProfile(),
        sessions=None,
        engine=own.engine,
        expect_workers=own.expect_workers,
        script=own.script,
        check=own.check,
    )


def _settings(declaration: Declaration, plan: Plan, draw: Draw, now: datetime) -> DrillSettings:
    settings = declaration.settings
    recovery_s = _recovery_s(plan, settings.recovery.good_purchases, settings.recovery.timeout_s)
    scrape_s = plan.scrape_interval_s or settings.detection.scrape_interval_s
    lasts_s = waiting_s(plan, draw, now) + plan.course_s + _SLACK_S
    return replace(
        settings,
        traffic=_traffic(settings.traffic, plan),
        detection=replace(settings.detection, scrape_interval_s=scrape_s),
        recovery=replace(settings.recovery, timeout_s=recovery_s),
        responder=ResponderSettings(ResponderKind.PEOPLE, simulated=plan.simulated),
        budgets=plan.budgets,
        sandbox=plan.sandbox,
        greatest_duration_s=max(settings.greatest_duration_s, lasts_s),
        announced=False,
    )


def waiting_s(plan: Plan, draw: Draw, now: datetime) -> float:
    """Return the longest time until the fault begins, in seconds from `now` on; never less than 0."""
    if draw.starts_at is None:
        return FACTORY_PATIENCE_S
    least_s = FACTORY_PATIENCE_S if plan.start is StartedBy.FACTORY else 0.0
    return max(least_s, (draw.starts_at - now).total_seconds())


def _give_time(activity: dict[str, Any], plan: Plan, good_purchases: int) -> None:
    """Let a method's waits last as long as the game day does, where the activity is one of ours that waits."""
    longest: dict[str, Callable[[float], float]] = {
        "wait_for_fault": lambda own_s: FACTORY_PATIENCE_S if plan.start is StartedBy.FACTORY else own_s,
        "wait_for_mitigation": lambda _: plan.mitigation_timeout_s,
        "wait_for_recovery": lambda own_s: _recovery_s(plan, good_purchases, own_s),
    }
    provider = activity.get("provider") or {}
    chosen = longest.get(provider.get("func", ""))
    if chosen is None:
        return
    arguments = provider.setdefault("arguments", {})
    own = arguments.get("timeout_s")
    arguments["timeout_s"] = chosen(float(own) if isinstance(own, int | float) else 60.0)


def _recovery_s(plan: Plan, good_purchases: int, own_s: float) -> float:
    return max(own_s, 3 * good_purchases / plan.rate_per_s)


def _widen(probe: dict[str, Any], rate_per_s: float) -> None:
    """Let a probe that counts purchases look on for as long as it takes to see so many at this rate."""
    arguments = (probe.get("provider") or {}).get("arguments") or {}
    least, window_s = arguments.get("min_purchases"), arguments.get("window_s")
    if isinstance(least, int) and isinstance(window_s, int | float):
        needed_s = ceil(1.2 * least / rate_per_s)
        arguments["window_s"] = min(max(window_s, needed_s), _MOST_WINDOW_S)
