"""Drills and action items for the tests of claims, each a day after the one before. The items are opened on day 10."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.detection import RuleSight, Sight
from chaos_pizza.model.history import Origin, PastDrill
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.notes import ActionItem, OpenedItem
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import FaultKind

BEGIN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
OPENED_AT = BEGIN + timedelta(days=10)
CLAIM = "ttd_s(factory-fail) <= 90"


def day(number):
    return BEGIN + timedelta(days=number)


def ttd(value, earliest=None, latest=None):
    """A time to detect, known exactly where no bounds are given."""
    return Measure(value, value if earliest is None else earliest, value if latest is None else latest)


def lasted(seconds):
    """Nobody detected the fault within so many seconds."""
    return Measure(seconds, seconds, None, censored=True)


def drill(number, found=None, experiment="factory-fail", **changes):
    """The drill of a day, which passed, with its time to detect."""
    told = PastDrill(
        drill_id=f"day-{number}",
        origin=Origin.DRILL,
        experiment=experiment,
        title="A drill",
        target="sandbox",
        started_at=day(number),
        ended_at=day(number) + timedelta(minutes=5),
        fault=FaultKind.FAIL,
        verdict=Verdict.PASSED,
        detected_by="alert failed-purchases (shop /metrics)",
        fault_proven=True,
        purchases=100,
        measures={} if found is None else {MeasureName.TTD: found},
    )
    return replace(told, **changes)


def incident(number, found=None, **changes):
    unmeasured = {"origin": Origin.INCIDENT, "fault": None, "verdict": None, "fault_proven": None, "purchases": None}
    return drill(number, found, **unmeasured, detected_by="On-call team", **changes)


def sight(rule, saw, source=AlertSource.SHOP_METRICS):
    return RuleSight(rule, source, saw)


def item(claim=CLAIM, number=1, due=None):
    return OpenedItem("day-10", OPENED_AT, ActionItem(number, "Tighten the alert", "Ann", due, claim))


HELD, REFUTED, UNDECIDED = ttd(50), ttd(100), ttd(90, 80, 95)
TODAY = date(2026, 6, 1)
FIRED, MOVED, BLIND, UNKNOWN = Sight.FIRED, Sight.MOVED, Sight.BLIND, Sight.UNKNOWN
