"""Rows for the history's tests: one by hand, and any that there can be."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.detection import RuleSight, Sight
from chaos_pizza.model.history import Origin, PastDrill
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.notes import ActionItem
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import FaultKind, ResponderKind

BEGIN = datetime(2026, 11, 24, 2, 5, 40, 482385, tzinfo=UTC)


def drill(number=1, **changes):
    """A drill of an hour's begin of its own: a minute long, detected after 1.91 s, mitigated after 11.9 s."""
    begin = BEGIN + timedelta(hours=number)
    known = {
        "drill_id": f"drill-{number}",
        "origin": Origin.DRILL,
        "experiment": "factory-fail",
        "title": "The team notices and mends a failing factory",
        "target": "sandbox",
        "started_at": begin,
        "ended_at": begin + timedelta(minutes=1),
        "fault": FaultKind.FAIL,
        "announced": True,
        "responder": ResponderKind.RUNBOOK,
        "verdict": Verdict.PASSED,
        "detected_by": "alert failed-purchases (shop /metrics)",
        "ended_by": Actor.RUNBOOK,
        "fault_proven": True,
        "measures": {
            MeasureName.TTD: Measure(1.914708, 1.912837, 1.916579),
            MeasureName.TTA: Measure(10.0, 10.0, 10.0),
            MeasureName.TTM: Measure(11.923664, 11.920922, 11.926406),
            MeasureName.TTR: Measure(11.96, 11.91, 12.0105),
        },
        "purchases": 121,
        "failed": 120,
        "rejected": 0,
        "success_ratio": 1 / 121,
        "diners_affected": 5,
        "minutes_below_tolerance": 0.2,
        "orders_without_pizza": 120,
        "revenue_lost_btc": 0.48,
        "sights": (
            RuleSight("failed-purchases", AlertSource.SHOP_METRICS, Sight.FIRED, Measure(1.9147, 1.9128, 1.9166)),
            RuleSight("revenue-down", AlertSource.SHOP_METRICS, Sight.MOVED),
        ),
        "rules_version": "0123456789ab",
        "tool_version": "0.1.0",
    }
    return PastDrill(**{**known, **changes})


def undetected(number=1, **changes):
    """A drill that nobody noticed and nobody mended in 41 s."""
    bound = Measure(41.0009, 41.0009, None, censored=True)
    measures = {MeasureName.TTD: bound, MeasureName.TTM: bound}
    failed = {
        "verdict": Verdict.FAILED,
        "reasons": ("undetected", "not mitigated"),
        "missed_budgets": ("ttd_s", "ttm_s"),
        "detected_by": None,
        "ended_by": Actor.ROLLBACK,
        "measures": measures,
        "sights": (RuleSight("failed-purchases", AlertSource.SHOP_METRICS, Sight.BLIND),),
    }
    return drill(number, **{**failed, **changes})


def incident(number=0, **changes):
    """The team's incident: an hour's begin of its own too, everything to the minute, and little known of it."""
    begin = BEGIN + timedelta(hours=number)
    measures = {MeasureName.TTD: Measure(600.0, 540.0, 660.0), MeasureName.TTM: Measure(2460.0, 2400.0, 2520.0)}
    known = {
        "drill_id": "incident-2025-12-02",
        "origin": Origin.INCIDENT,
        "experiment": "",
        "title": "Nobody could buy a pizza",
        "target": "production",
        "started_at": begin,
        "ended_at": begin + timedelta(minutes=41),
        "detected_by": "a person",
        "ended_by": Actor.RESPONDER,
        "measures": measures,
    }
    return PastDrill(**{**known, **changes})


ITEMS = (
    ActionItem(1, "Alert on revenue", "Ada", date(2025, 12, 16), "ttd_s(factory-badjwt) <= 90"),
    ActionItem(2, "A second factory"),
)

# No NUL, which PostgreSQL has no place for; counts as far as they are kept.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
COUNTS = st.none() | st.integers(-(2**63), 2**63 - 1)
# A zero below zero is a zero.
FIGURES = st.floats(allow_nan=False, allow_infinity=False).map(lambda figure: figure + 0.0)
FIRST = datetime(1, 1, 1, tzinfo=UTC)
MICROSECONDS = (datetime.max.replace(tzinfo=UTC) - FIRST) // timedelta(microseconds=1)
INSTANTS = st.integers(0, MICROSECONDS).map(lambda number: FIRST + timedelta(microseconds=number))
MEASURES = st.builds(Measure, FIGURES, FIGURES, st.none() | FIGURES, st.booleans())
SIGHTS = st.builds(RuleSight, TEXTS, st.sampled_from(AlertSource), st.sampled_from(Sight), st.none() | MEASURES)
ANY_ITEMS = st.lists(
    st.builds(
        ActionItem, st.integers(0, 2**63 - 1), TEXTS, st.none() | TEXTS, st.none() | st.dates(), st.none() | TEXTS
    ),
    max_size=3,
    unique_by=lambda item: item.number,
)


def perhaps(words):
    return st.none() | st.sampled_from(words)


def _in_order(measures):
    return {name: measures[name] for name in MeasureName if name in measures}


def _drills(ends, **fields):
    return PastDrill(started_at=min(ends), ended_at=max(ends), **fields)


ANY_DRILLS = st.builds(
    _drills,
    st.tuples(INSTANTS, INSTANTS),
    drill_id=TEXTS,
    origin=st.sampled_from(Origin),
    experiment=TEXTS,
    title=TEXTS,
    target=TEXTS,
    fault=perhaps(FaultKind),
    announced=st.none() | st.booleans(),
    responder=perhaps(ResponderKind),
    verdict=perhaps(Verdict),
    reasons=st.lists(TEXTS, max_size=2).map(tuple),
    detected_by=st.none() | TEXTS,
    ended_by=perhaps(Actor),
    fault_proven=st.none() | st.booleans(),
    measures=st.fixed_dictionaries({}, optional=dict.fromkeys(MeasureName, MEASURES)).map(_in_order),
    purchases=COUNTS,
    failed=COUNTS,
    rejected=COUNTS,
    success_ratio=st.none() | FIGURES,
    diners_affected=COUNTS,
    minutes_below_tolerance=st.none() | FIGURES,
    orders_without_pizza=COUNTS,
    revenue_lost_btc=st.none() | FIGURES,
    missed_budgets=st.lists(TEXTS, max_size=2).map(tuple),
    sights=st.lists(SIGHTS, max_size=2).map(tuple),
    rules_version=st.none() | TEXTS,
    tool_version=st.none() | TEXTS,
)
