"""What a drill says of a fault, held against the sandbox's own record of it: nine faults; `make bench` holds 200."""

from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

import pytest

from chaos_pizza.actions import start_factory_chaos
from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.experiment.declaration import Declaration
from chaos_pizza.folder import judge_folder
from chaos_pizza.journal.file import read_journal
from chaos_pizza.live.commission import Commission
from chaos_pizza.live.current import set_current_session
from chaos_pizza.live.opening import open_session
from chaos_pizza.model.event import FaultInjected
from chaos_pizza.model.incident import Stage
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import InstantName
from chaos_pizza.model.settings import (
    DetectionFrom,
    DetectionSettings,
    DrillSettings,
    FaultKind,
    RecoverySettings,
    ResponderKind,
    ResponderSettings,
    TrafficSettings,
)
from chaos_pizza.model.target import Target
from chaos_pizza.sandbox.embedded import SandboxThread
from chaos_pizza.sandbox.settings import SandboxSettings
from chaos_pizza.sandbox.truth import Outcome

pytestmark = pytest.mark.drill

FAULTS = 9
REPORTS = "truth-reports"
KINDS = (FaultKind.FAIL, FaultKind.BADJWT, FaultKind.THROTTLE)
STALL_S = 2.0
PATIENCE_S = 120.0
MS = timedelta(milliseconds=1)


def latency_budget_s(kind: FaultKind) -> float:
    """Late is what a stalled factory makes of a purchase, and nothing that a slow machine does."""
    return 0.75 * STALL_S if kind is FaultKind.THROTTLE else 4.0


def settings_for(kind: FaultKind) -> DrillSettings:
    return DrillSettings(
        fault=kind,
        traffic=TrafficSettings(rate_per_s=20, latency_budget_s=latency_budget_s(kind), timeout_s=5),
        recovery=RecoverySettings(good_purchases=10),
        detection=DetectionSettings(
            source=DetectionFrom.SYNTHETIC_MONITOR, scrape_interval_s=0.2, rules=(shipped_rules()["failed-purchases"],)
        ),
        responder=ResponderSettings(ResponderKind.RUNBOOK, reaction_s=0.5),
        min_samples=5,
    )


def hold(sandbox, clock, kind, reports):
    """Hold one drill, without the engine: what is in question is only what the crew sees."""
    target = Target.of_environment("sandbox", sandbox.environment)
    session = open_session(Commission(Declaration("truth", "Truth", settings_for(kind)), target, reports), clock)
    set_current_session(session)
    try:
        session.begin()
        session.wait_until(lambda: session.crew.recent.window(clock.now(), 60).purchases >= 10, PATIENCE_S)
        session.enter(Stage.METHOD)
        start_factory_chaos(kind=kind.value)
        assert session.wait_until(lambda: session.knows(InstantName.RECOVERED), PATIENCE_S)
        session.finish("completed", deviated=False)
    finally:
        set_current_session(None)
        session.close()
    return judge_folder(session.folder)[0]


@pytest.fixture(scope="module")
def faults(tmp_path_factory):
    """Each fault's drill result with the sandbox's truth of it and the purchases it saw in that drill."""
    reports: Path = tmp_path_factory.mktemp(REPORTS, numbered=False)
    clock = AnchoredClock()
    found = []
    with SandboxThread(SandboxSettings(chaos_delay_s="0.3-0.8", stall_s=STALL_S), clock=clock) as sandbox:
        for kind in islice(cycle(KINDS), FAULTS):
            result = hold(sandbox, clock, kind, reports)
            purchases = sorted(
                (record for record in sandbox.purchases if record.received_at >= result.started_at),
                key=lambda record: record.received_at,
            )
            found.append((kind, result, sandbox.truth[-1], purchases))
    return found


@pytest.fixture(scope="module")
def round_trips(faults, tmp_path_factory):
    """How long each drill's own request for its fault was on its way."""
    folders = (tmp_path_factory.getbasetemp() / REPORTS).glob("*/journal.jsonl")
    found = {}
    for journal in folders:
        events = [recorded.event for recorded in read_journal(journal.parent).records]
        (asked,) = [event for event in events if isinstance(event, FaultInjected)]
        found[journal.parent.name] = asked.acknowledged_at - asked.sent_at
    return found


def was_bad(record, kind) -> bool:
    return record.outcome is not Outcome.OK or record.seconds > latency_budget_s(kind)


def first_met(purchases, changed_at, kind, bad):
    """When the first purchase of this sort met the factory as it was from `changed_at` on."""
    met = [
        max(record.received_at, changed_at)
        for record in purchases
        if record.answered_at >= changed_at and was_bad(record, kind) is bad
    ]
    return min(met)


def test_every_fault_is_dated_within_its_interval(faults):
    assert len(faults) == FAULTS
    for kind, result, truth, _ in faults:
        when = result.timeline.instants[InstantName.FAULT_START].when
        assert when.contains(truth.began_at), (kind, when, truth)


def test_every_mitigation_is_dated_within_its_interval(faults):
    for kind, result, truth, _ in faults:
        when = result.timeline.instants[InstantName.MITIGATED].when
        assert when.contains(truth.ended_at), (kind, when, truth)


def test_every_first_impact_contains_the_shops_turning_bad_and_its_first_bad_purchase(faults):
    for kind, result, truth, purchases in faults:
        when = result.timeline.instants[InstantName.FIRST_IMPACT].when
        first_bad_at = first_met(purchases, truth.began_at, kind, bad=True)
        assert when.contains(first_bad_at), (kind, when, first_bad_at)
        assert when.contains(truth.began_at), (kind, when, truth)


def test_every_recovery_contains_the_first_good_purchase_after_the_end(faults):
    for kind, result, truth, purchases in faults:
        when = result.timeline.instants[InstantName.RECOVERED].when
        # One that was on its way at the end met a mended factory too, and counts from there.
        first_good_at = first_met(purchases, truth.ended_at, kind, bad=False)
        assert when.contains(first_good_at), (kind, when, first_good_at)


def test_times_to_detect_and_to_mitigate_miss_the_truth_by_no_more_than_their_own_bounds_say(faults):
    for kind, result, truth, _ in faults:
        fired_at = result.timeline.instants[InstantName.ALERT_FIRING].when.midpoint
        for name, true_s in (
            (MeasureName.TTD, (fired_at - truth.began_at).total_seconds()),
            (MeasureName.TTM, (truth.ended_at - truth.began_at).total_seconds()),
        ):
            measure = result.measures[name]
            assert measure.earliest <= true_s <= measure.latest, (kind, name, true_s)
            assert abs(measure.value - true_s) <= (measure.latest - measure.earliest) / 2 + MS.total_seconds()


def test_no_interval_is_wide_for_want_of_looking(faults, round_trips):
    """A fault is dated by the factory's clock, which our own request pins down to its round trip."""
    for _, result, _, _ in faults:
        when = result.timeline.instants[InstantName.FAULT_START].when
        assert when.latest - when.earliest <= round_trips[result.drill_id] + 2 * MS
