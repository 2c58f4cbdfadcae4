"""Drills to tell of, put together by hand. Each began on 2026-11-23 at 19:34:40 UTC."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chaos_pizza.model.incident import Actor
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.result import (
    BudgetCheck,
    DrillResult,
    Impact,
    Instant,
    InstantName,
    Judgement,
    Timeline,
    Verdict,
)
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.publishing.account import Account

BEGIN = datetime(2026, 11, 23, 19, 34, 40, tzinfo=UTC)
BEGIN_S = 1_795_462_480
"""The same instant as `date -u -d '2026-11-23 19:34:40' +%s` gives it."""
HOSTILE = "<!channel> @here *b* `c` <b>&x</b> \x1b[31m\u202e <https://evil.example|click>\n# HELP x\r\nX: y"


def at(seconds, until=None):
    end = seconds if until is None else until
    return Interval(BEGIN + timedelta(seconds=seconds), BEGIN + timedelta(seconds=end))


def drill(instants, measures, verdict, *, detected_by=None, ended_by=None, reasons=(), budgets=()):
    """A drill of 90 s."""
    return DrillResult(
        drill_id="2026-11-23T19-34-40Z-factory-fail",
        experiment="factory-fail",
        title="The team notices and mends a failing factory",
        target="staging",
        started_at=BEGIN,
        ended_at=BEGIN + timedelta(seconds=90),
        cut_off=False,
        timeline=Timeline(
            instants={name: Instant(when, f"source of {name.value}") for name, when in instants.items()},
            entries=(),
            detected_by=detected_by,
            ended_by=ended_by,
            fault_proven=True,
            calm_verified=True,
            observed_until=BEGIN + timedelta(seconds=88),
            censored_at=BEGIN + timedelta(seconds=50),
        ),
        measures=measures,
        impact=Impact(purchases=10, failed=4, success_ratio=0.6),
        budgets=budgets,
        detection_floors=(),
        judgement=Judgement(verdict, reasons),
    )


def by_the_book():
    """The fault begins at 20 s, an alert fires at 21.5 s, the team ends it at 27.25 s, all is well at 28 s."""
    instants = {
        InstantName.FAULT_START: at(20, 20.004),
        InstantName.ALERT_FIRING: at(21.5),
        InstantName.MITIGATED: at(27.25),
        InstantName.RECOVERED: at(28),
    }
    measures = {
        MeasureName.TTD: Measure(1.498, 1.4, 1.6),
        MeasureName.TTM: Measure(7.248, 7.2, 7.3),
        MeasureName.TTR: Measure(7.998, 7.9, 8.1),
        MeasureName.TTA: None,
    }
    result = drill(
        instants,
        measures,
        Verdict.PASSED,
        detected_by="alert failed-purchases",
        ended_by=Actor.RESPONDER,
        budgets=(BudgetCheck("ttd_s", 15.0, 1.498, True),),
    )
    return Account(result, DrillSettings(FaultKind.FAIL), "https://ci.example/d?a=1&b=2")


def undetected():
    """Nobody notices; the drill's own rollback ends the fault at 50 s, and nothing is known of recovery."""
    instants = {InstantName.FAULT_START: at(20), InstantName.MITIGATED: at(50)}
    measures = {
        MeasureName.TTD: Measure(30.0, 30.0, None, censored=True),
        MeasureName.TTM: Measure(30.0, 30.0, None, censored=True),
        MeasureName.TTR: None,
    }
    result = drill(
        instants,
        measures,
        Verdict.FAILED,
        ended_by=Actor.ROLLBACK,
        reasons=("undetected, at least 30.0 s",),
        budgets=(BudgetCheck("ttd_s", 15.0, 30.0, False), BudgetCheck("ttr_s", 75.0, None, None)),
    )
    return Account(replace(result, impact=Impact()), DrillSettings(FaultKind.FAIL, announced=False))


def nothing_known():
    """A drill that was aborted before its fault."""
    result = replace(drill({}, {}, Verdict.ABORTED, reasons=("Ctrl-C",)), impact=Impact())
    return Account(result, DrillSettings(FaultKind.BADJWT))


def hostile():
    """A drill in which every text from outside is hostile."""
    told = by_the_book()
    result = replace(
        told.result,
        title=HOSTILE,
        target=HOSTILE,
        experiment=HOSTILE,
        drill_id=HOSTILE,
        timeline=replace(told.result.timeline, detected_by=f"alert {HOSTILE * 300}"),
        judgement=Judgement(Verdict.FAILED, (HOSTILE * 300,) * 40),
    )
    return replace(told, result=result)
