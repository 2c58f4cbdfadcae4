"""Drills for the report's tests, put together by hand. Each began on 2026-11-23 at 19:34:40 UTC."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.detection import DetectionFloor
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.result import (
    BudgetCheck,
    DrillResult,
    Entry,
    Impact,
    Instant,
    InstantName,
    Judgement,
    Timeline,
    Verdict,
)
from chaos_pizza.model.settings import (
    Budgets,
    DetectionSettings,
    DrillSettings,
    FaultKind,
    ResponderKind,
    ResponderSettings,
)

BEGIN = datetime(2026, 11, 23, 19, 34, 40, tzinfo=UTC)
ALERT = "failed-purchases (shop /metrics)"


def at(seconds, until=None):
    """The instant so many seconds after the drill's begin, or the stretch up to `until`."""
    return Interval(BEGIN + timedelta(seconds=seconds), BEGIN + timedelta(seconds=seconds if until is None else until))


def exactly(seconds):
    return Measure(seconds, seconds, seconds)


def settings(fault=FaultKind.FAIL, responder=ResponderKind.RUNBOOK):
    rules = DetectionSettings(rules=tuple(shipped_rules()[name] for name in ("failed-purchases", "revenue-down")))
    return DrillSettings(
        fault, detection=rules, responder=ResponderSettings(responder), budgets=Budgets(ttd_s=10, ttm_s=30)
    )


def passed():
    """The factory fails at 20 s; an alert fires at 21.5 s, the runbook ends it at 27.3 s, all is well at 28 s."""
    instants = {
        InstantName.FAULT_START: Instant(at(20, 20.004), "factory startDate, proven by a purchase"),
        InstantName.FIRST_IMPACT: Instant(at(20.0, 20.1), "the drill's own purchases"),
        InstantName.ALERT_FIRING: Instant(at(21.5), f"alert {ALERT}"),
        InstantName.ACKNOWLEDGED: Instant(at(26.5), "runbook"),
        InstantName.MITIGATED: Instant(at(27.3), "factory fixDate"),
        InstantName.RECOVERED: Instant(at(28), "run of 20 good purchases"),
    }
    entries = (
        Entry(at(20, 20.004), "fault on: fail (factory startDate, proven by a purchase)"),
        Entry(at(20.0, 20.1), "first failed purchase: the shop answered an error"),
        Entry(at(21.5), f"alert {ALERT}: firing"),
        Entry(at(27.3), "fault off, ended by the runbook (factory fixDate)"),
    )
    measures = {
        MeasureName.TTD: Measure(1.498, 1.496, 1.5),
        MeasureName.TTD_FROM_IMPACT: Measure(1.45, 1.4, 1.5),
        MeasureName.TTA: exactly(5.0),
        MeasureName.TTM: Measure(7.298, 7.296, 7.3),
        MeasureName.TTR: Measure(7.998, 7.996, 8.0),
        MeasureName.IMPACT_DELAY: Measure(0.048, 0.0, 0.1),
        MeasureName.RECOVERY_LAG: exactly(0.7),
    }
    return DrillResult(
        drill_id="20261123T193440Z-a1b2",
        experiment="experiments/factory-fail.yaml",
        title="The factory refuses every order",
        target="sandbox",
        watched=(AlertSource.SHOP_METRICS,),
        started_at=BEGIN,
        ended_at=BEGIN + timedelta(seconds=90),
        cut_off=False,
        timeline=Timeline(
            instants=instants,
            entries=entries,
            detected_by=f"alert {ALERT}",
            ended_by=Actor.RUNBOOK,
            fault_proven=True,
            calm_verified=True,
            observed_until=BEGIN + timedelta(seconds=90),
            censored_at=at(27.3).earliest,
        ),
        measures=measures,
        impact=Impact(
            purchases=82,
            failed=74,
            rejected=2,
            dropped=3,
            outcomes={Outcome.OK: 6, Outcome.FAILED: 74, Outcome.REJECTED: 2},
            success_ratio=0.075,
            diners_affected=5,
            revenue_lost_btc=0.2812,
            minutes_below_tolerance=8 / 60,
            orders_without_pizza=74,
        ),
        budgets=(BudgetCheck("ttd_s", 10.0, 1.498, True), BudgetCheck("ttm_s", 30.0, 7.298, True)),
        detection_floors=(
            DetectionFloor(
                ALERT,
                {
                    "scrape": (0.0, 1.0),
                    "window": (0.0, 0.2),
                    "evaluation": (0.0, 1.0),
                    "for": (0.0, 0.0),
                    "group_wait": (0.0, 0.0),
                },
            ),
        ),
        judgement=Judgement(Verdict.PASSED, ()),
    )


def rollback_ended():
    """Detected by a person after two minutes and more, but the drill's rollback had to end it, after 41 min 3.6 s."""
    drill = passed()
    instants = {
        InstantName.FAULT_START: drill.timeline.instants[InstantName.FAULT_START],
        InstantName.FIRST_IMPACT: drill.timeline.instants[InstantName.FIRST_IMPACT],
        InstantName.NOTICED: Instant(at(150), "mark by ann"),
        InstantName.MITIGATED: Instant(at(2483.6, 2484.1), "undo acknowledged"),
    }
    return replace(
        drill,
        ended_at=BEGIN + timedelta(seconds=2600),
        timeline=replace(drill.timeline, instants=instants, detected_by="mark by ann", ended_by=Actor.ROLLBACK),
        measures={
            MeasureName.TTD: Measure(129.998, 129.996, 130.0),
            MeasureName.TTD_FROM_IMPACT: Measure(129.95, 129.9, 130.0),
            MeasureName.TTA: Measure(2333.6, 2333.6, None, censored=True),
            MeasureName.TTM: Measure(2463.6, 2463.6, None, censored=True),
            MeasureName.TTR: Measure(2580.0, 2580.0, None, censored=True),
            MeasureName.IMPACT_DELAY: Measure(0.048, 0.0, 0.1),
            MeasureName.RECOVERY_LAG: Measure(115.9, 115.9, None, censored=True),
        },
        budgets=(BudgetCheck("ttd_s", 10.0, 129.998, False), BudgetCheck("success_ratio", 0.95, 0.075, False)),
        judgement=Judgement(Verdict.FAILED, ("time to detect of 130.0 s is over its budget of 10 s",)),
    )


def undetected():
    """Nobody noticed anything for 41 s; then the team happened to end it."""
    drill = passed()
    kept = (InstantName.FAULT_START, InstantName.FIRST_IMPACT, InstantName.RECOVERED)
    instants = {name: drill.timeline.instants[name] for name in kept}
    instants[InstantName.MITIGATED] = Instant(at(61.02), "factory fixDate")
    lower = Measure(41.016, 41.016, None, censored=True)
    return replace(
        drill,
        timeline=replace(drill.timeline, instants=instants, detected_by=None, ended_by=Actor.RESPONDER),
        measures={**drill.measures, MeasureName.TTD: lower, MeasureName.TTD_FROM_IMPACT: lower, MeasureName.TTA: None},
        budgets=(BudgetCheck("ttd_s", 30.0, 41.016, False), BudgetCheck("tta_s", 60.0, None, None)),
        judgement=Judgement(Verdict.FAILED, ("undetected within at least 41.0 s (budget for time to detect: 30 s)",)),
    )


def placebo():
    """Nothing was broken, and nothing raised an alarm."""
    drill = passed()
    return replace(
        drill,
        title="A placebo",
        timeline=replace(drill.timeline, instants={}, entries=(), detected_by=None, ended_by=None, fault_proven=False),
        measures=dict.fromkeys(MeasureName),
        impact=Impact(purchases=500, outcomes={Outcome.OK: 500}, success_ratio=1.0),
        budgets=(),
    )


def cut_off():
    """The record breaks off with the fault on; the watchdog's work is not in it."""
    drill = passed()
    kept = (InstantName.FAULT_START, InstantName.FIRST_IMPACT)
    censored = Measure(12.0, 12.0, None, censored=True)
    return replace(
        drill,
        cut_off=True,
        ended_at=BEGIN + timedelta(seconds=32),
        timeline=replace(
            drill.timeline,
            instants={name: drill.timeline.instants[name] for name in kept},
            detected_by=None,
            ended_by=None,
            calm_verified=False,
        ),
        measures={
            **dict.fromkeys(MeasureName),
            MeasureName.TTD: censored,
            MeasureName.TTM: censored,
            MeasureName.TTR: censored,
        },
        budgets=(BudgetCheck("ttd_s", 10.0, 12.0, False), BudgetCheck("ttm_s", 30.0, 12.0, None)),
        judgement=Judgement(
            Verdict.CALM_NOT_RESTORED,
            (
                "calm was not verified at the end: chaos may still be on",
                "the drill was cut off: its record has no end",
            ),
        ),
    )


def unproven():
    """The fault never showed: an invalid drill of which nothing was measured."""
    drill = placebo()
    return replace(
        drill, title="The fault that never came", judgement=Judgement(Verdict.INVALID, ("the fault never showed",))
    )


def aborted():
    """A person stopped the drill with the fault on; the abort ended it."""
    drill = rollback_ended()
    return replace(
        drill,
        timeline=replace(drill.timeline, ended_by=Actor.ABORT),
        judgement=Judgement(Verdict.ABORTED, ("the drill was aborted: stopped by ann",)),
    )
