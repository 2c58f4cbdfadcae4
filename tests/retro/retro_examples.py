"""Drills for the retrospective's tests, put together by hand; each began a day after the one before it."""

from datetime import UTC, date, datetime, timedelta

from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.detection import RuleSight, Sight
from chaos_pizza.model.history import Origin, PastDrill
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.retro.retrospective import Scope, look_back

BEGIN = datetime(2026, 1, 1, 9, tzinfo=UTC)
TODAY = date(2026, 11, 25)
ALERT = "alert failed-purchases (shop /metrics)"
PERSON = "mark by ann"

# Remission in weeks of 21 children with leukemia each, of E. J. Freireich et al., "The Effect of 6-Mercaptopurine on
# the Duration of Steroid-Induced Remissions in Acute Leukemia", Blood 21 (1963), 699-716.
TREATED_SEEN = (6, 6, 6, 7, 10, 13, 16, 22, 23)
TREATED_AT_LEAST = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
PLACEBO_SEEN = (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)


def day(number):
    return BEGIN + timedelta(days=number)


def took(seconds, width=0.0):
    return Measure(seconds, max(0.0, seconds - width / 2), seconds + width / 2)


def at_least(seconds):
    return Measure(seconds, seconds, None, censored=True)


def sight(seen, rule="failed-purchases", source=AlertSource.SHOP_METRICS):
    return RuleSight(rule, source, seen)


def drill(number, ttd=None, ttm=None, **changes):
    """A drill of factory-fail on a day, by its times; an alert detected it and the team ended it."""
    measures = {MeasureName.TTD: ttd, MeasureName.TTM: ttm}
    experiment = changes.get("experiment", "factory-fail")
    return PastDrill(
        **{
            "drill_id": f"{day(number):%Y-%m-%dT%H-%M-%SZ}-{experiment}",
            "origin": Origin.DRILL,
            "experiment": experiment,
            "title": "A drill",
            "target": "sandbox",
            "started_at": day(number),
            "ended_at": day(number) + timedelta(minutes=5),
            "fault": FaultKind.FAIL,
            "announced": True,
            "verdict": Verdict.PASSED,
            "detected_by": None if ttd is None or ttd.censored else ALERT,
            "ended_by": Actor.RESPONDER,
            "fault_proven": True,
            "measures": {name: measure for name, measure in measures.items() if measure is not None},
            "purchases": 100,
            "failed": 90,
            "success_ratio": 0.1,
            "rules_version": "1111aaaa2222",
        }
        | changes
    )


def incident(**changes):
    """The incident of 2025-12-02, as a row of the history: to the minute."""
    began = datetime(2025, 12, 2, 19, 35, tzinfo=UTC)
    return PastDrill(
        **{
            "drill_id": "2025-12-02T19-35-00Z-incident",
            "origin": Origin.INCIDENT,
            "experiment": "factory-fail",
            "title": "Incident: 2025-12-02",
            "target": "production",
            "started_at": began,
            "ended_at": began + timedelta(minutes=41),
            "detected_by": "on-call team",
            "ended_by": Actor.RESPONDER,
            "measures": {MeasureName.TTD: took(600, 120), MeasureName.TTM: took(2460, 120)},
        }
        | changes
    )


def placebo(number, alarm=None, **changes):
    """A drill in which nothing was broken."""
    return drill(
        number,
        **{
            "experiment": "placebo",
            "fault": FaultKind.NONE,
            "fault_proven": False,
            "detected_by": alarm,
            "ended_by": None,
            "failed": 0,
            "success_ratio": 1.0,
        }
        | changes,
    )


def two_versions(before=(40, 42, 38, 45, 41, 50), after=(1.9, 2.0, 1.8, 2.2, 1.7, 2.4, 2.1)):
    """Drills under one version of the rules, then under another."""
    first = [drill(number, took(ttd), took(ttd + 10)) for number, ttd in enumerate(before)]
    begin = len(before)
    return [
        *first,
        *(
            drill(begin + number, took(ttd), took(ttd + 10), rules_version="3333bbbb4444")
            for number, ttd in enumerate(after)
        ),
    ]


def blind_drill(number, ttd=None, **changes):
    """A drill of factory-badjwt, in which no alert fired and one rule is blind."""
    sights = (sight(Sight.BLIND), sight(Sight.MOVED, "bad-pizzas", AlertSource.SYNTHETIC_MONITOR))
    wanted = {"experiment": "factory-badjwt", "fault": FaultKind.BADJWT, "sights": sights}
    return drill(number, at_least(120) if ttd is None else ttd, at_least(150), **wanted | changes)


def retro(drills, standings=(), **scope):
    return look_back(drills, standings, today=TODAY, scope=Scope(**scope))
