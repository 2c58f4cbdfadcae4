"""What is wrong with the choice of what buys: a setting that another engine has would be passed over."""

from collections.abc import Mapping
from typing import Any

from chaos_pizza.model.settings import DrillSettings, FaultKind, TrafficBy
from chaos_pizza.model.traffic_profile import TrafficProfile

_BELONG = {
    "workers": TrafficBy.LOCUST,
    "expect_workers": TrafficBy.LOCUST,
    "master": TrafficBy.LOCUST,
    "script": TrafficBy.K6,
    "purchase": TrafficBy.K6,
    "check": TrafficBy.K6,
    "sessions": TrafficBy.ASYNCIO,
}


def engine_complaints(settings: DrillSettings, given: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the engine and its settings, empty where nothing is.

    `given` is the experiment's `traffic` as it stands there: a setting that is given with its default counts too.
    """
    traffic, by = settings.traffic, settings.traffic.engine
    complaints = [
        f"only the engine {engine.value} has this, and the engine is {by.value} @ traffic.{name}"
        for name, engine in _BELONG.items()
        if engine is not by and given.get(name) is not None
    ]
    if by is TrafficBy.LOCUST and not traffic.workers + traffic.expect_workers:
        complaints.append("the engine locust needs at least one worker @ traffic.workers")
    if by is TrafficBy.LOCUST and traffic.expect_workers and not traffic.master.port:
        complaints.append("workers on other machines need to know the port @ traffic.master.port")
    if by is TrafficBy.K6:
        complaints += _of_k6(settings)
    return complaints


def _of_k6(settings: DrillSettings) -> list[str]:
    traffic, complaints = settings.traffic, []
    if not (traffic.script and traffic.script.strip() and traffic.script.isprintable()):
        complaints.append("the engine k6 needs the path of your script @ traffic.script")
    if traffic.profile != TrafficProfile():
        complaints.append("with the engine k6 your script says when purchases are sent @ traffic.profile")
    if settings.fault is FaultKind.SHOP_CHAOS:
        complaints.append("k6 does not tell the shop's answers, by which shop_chaos is proven @ traffic.engine")
    return complaints
