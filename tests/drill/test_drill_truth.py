"""Truth: whatever a simulated drill was like, every interval holds the instant at which the thing really happened.

The simulation knows when the fault went on and off, how far the factory's clock is ahead and when each purchase was
processed. It tells the journal only what a drill would have seen of that.
"""

from dataclasses import dataclass
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st
from story import at, bought, by_time, checked, clock, cured, ended, injected, overdue, seconds, seen, started

from chaos_pizza.drill.result import judge
from chaos_pizza.drill.timeline import build_timeline
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.incident import Actor, CureMeans
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.purchase import Evidence, Outcome
from chaos_pizza.model.result import InstantName
from chaos_pizza.model.settings import FaultKind

LATENCY_BUDGET_S = 2.0
STALL_S = 32.0
MICROSECOND_S = 1e-6
NEWS_TAKES_S = 0.3
"""The longest way back of an answer: until then the journal can't know that the fault is over."""
OUTCOMES = {FaultKind.FAIL: Outcome.FAILED, FaultKind.BADJWT: Outcome.BAD_PIZZA, FaultKind.THROTTLE: Outcome.LATE}


@dataclass
class Bought:
    sent: float
    processed: float
    answered: float
    is_good: bool


@dataclass
class World:
    """What really was: seconds on the drill's clock."""

    kind: FaultKind
    fault_on: float
    fault_off: float
    offset_s: float
    rate_per_s: float
    latency_s: float
    observes_clock: bool
    shop_fails_share: float
    seed: int

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.end = self.fault_off + 15.0
        self.bought = [self.buy(n / self.rate_per_s) for n in range(int(self.end * self.rate_per_s))]

    def buy(self, sent: float) -> Bought:
        there, back = (self.chance.uniform(0.001, self.latency_s) for _ in range(2))
        is_struck = self.fault_on <= sent + there < self.fault_off
        if self.kind is FaultKind.SHOP_CHAOS:
            is_struck = is_struck and self.chance.random() < self.shop_fails_share
        stall = STALL_S if is_struck and self.kind is FaultKind.THROTTLE else 0.0
        return Bought(sent, sent + there, sent + there + stall + back, not is_struck)

    def trip(self, moment: float) -> tuple[float, float]:
        """Return when something that happened at `moment` was asked for and answered."""
        return moment - self.chance.uniform(0.001, 0.3), moment + self.chance.uniform(0.001, NEWS_TAKES_S)

    def heartbeats(self):
        evidence = Evidence.CHAOS_MONKEY if self.kind is FaultKind.SHOP_CHAOS else Evidence.LINK
        samples, late = [], []
        for number, b in enumerate(self.bought):
            outcome = Outcome.OK if b.is_good else OUTCOMES.get(self.kind, Outcome.FAILED)
            if b.answered <= self.end:
                samples.append(bought(number, b.sent, b.answered, outcome, None if b.is_good else evidence))
            if b.sent + LATENCY_BUDGET_S < min(b.answered, self.end):
                late.append(overdue(number, b.sent, b.sent + LATENCY_BUDGET_S))
        for second in range(1, int(self.end) + 1):
            yield (
                float(second),
                PurchasesObserved(
                    tuple(s for s in samples if at(second - 1) < s.answered_at <= at(second)),
                    tuple(o for o in late if at(second - 1) < o.overdue_at <= at(second)),
                ),
            )

    def vendor(self):
        """The factory's own word, told whenever it changed between two looks half a second to a second apart."""
        asked, asked_back = self.trip(8.5)
        yield asked_back, injected(asked, asked_back, self.kind)
        start, fix = self.fault_on + self.offset_s, self.fault_off + self.offset_s
        sent, received = self.trip(8.9)
        yield received, seen(sent, received, self.kind.value, start=start, previous=7.0)
        looked = self.fault_off - self.chance.uniform(0.35, 0.6)
        sent, received = self.trip(self.fault_off + 0.31)
        yield received, seen(sent, received, "none", start=start, fix=fix, previous=looked)

    def shop(self):
        asked, acknowledged = self.trip(self.fault_on)
        yield acknowledged, injected(asked, acknowledged, self.kind)

    def journal(self):
        told = [(0.0, started(self.kind)), (5.0, checked("before")), *self.heartbeats()]
        means = CureMeans.LINK if self.kind.at_factory else CureMeans.SHOP_CHAOS_OFF
        told += self.vendor() if self.kind.at_factory else self.shop()
        sent, received = self.trip(self.fault_off)
        told.append((received, cured(sent, received, means=means)))
        for second in range(1, int(self.end), 3) if self.observes_clock else ():
            sent, received = self.trip(float(second))
            shown = second + self.offset_s
            told.append((received, clock(sent, received, int(shown), int(shown) + 1)))
        return by_time([*told, (self.end, ended(self.end))])

    @property
    def struck(self) -> list[Bought]:
        return [b for b in self.bought if not b.is_good]


WORLDS = st.builds(
    World,
    kind=st.sampled_from([FaultKind.FAIL, FaultKind.BADJWT, FaultKind.THROTTLE, FaultKind.SHOP_CHAOS]),
    fault_on=st.floats(9.0, 20.0),
    fault_off=st.floats(0.2, 40.0).map(lambda lasted: 20.0 + lasted),
    offset_s=st.floats(1.0, 1e5),
    rate_per_s=st.floats(1.0, 8.0),
    latency_s=st.floats(0.01, 0.9),
    observes_clock=st.booleans(),
    # About half, as the real shop: 20 good ones in a row tell its end only then.
    shop_fails_share=st.floats(0.45, 1.0),
    seed=st.integers(0, 2**32),
)


@st.composite
def short_worlds(draw):
    """Faults that may be over before a purchase meets them, or before the drill's clocks are known so well."""
    fault_on = draw(st.floats(9.3, 12.0))
    return World(
        kind=draw(st.sampled_from([FaultKind.FAIL, FaultKind.BADJWT, FaultKind.THROTTLE])),
        fault_on=fault_on,
        fault_off=fault_on + 10 ** draw(st.floats(-2.0, 0.5)),
        offset_s=draw(st.floats(1.0, 1e5)),
        rate_per_s=draw(st.floats(1.0, 20.0)),
        latency_s=10 ** draw(st.floats(-2.5, 0.0)),
        observes_clock=draw(st.booleans()),
        shop_fails_share=1.0,
        seed=draw(st.integers(0, 2**32)),
    )


def holds(instant, truth: float) -> bool:
    earliest, latest = seconds(instant.when)
    return earliest - MICROSECOND_S <= truth <= latest + MICROSECOND_S


SHORTER_THAN_ITS_CLOCK_IS_KNOWN = World(FaultKind.FAIL, 20.0, 20.5, 1.0, 4.0, 0.5, True, 1.0, 0)
"""The factory's clock is known to a second, the fault lasts half a one: what was good before it is no recovery."""


WAS_GOOD_BEFORE_IT = World(FaultKind.FAIL, 10.0, 10.1, 1.0, 7.0, 1.0, True, 1.0, 0)
"""What was struck is known later than all that was good before the fault and answered after it might have ended."""


@settings(max_examples=120, deadline=None)
@given(WORLDS | short_worlds())
@example(SHORTER_THAN_ITS_CLOCK_IS_KNOWN)
@example(WAS_GOOD_BEFORE_IT)
def test_every_interval_holds_the_truth(world: World):
    timeline = build_timeline(world.journal())
    is_seen = any(b.answered <= int(world.end) for b in world.struck)
    assert timeline.fault_proven == is_seen
    if not is_seen:
        return
    instants = timeline.instants
    assert holds(instants[InstantName.FAULT_START], world.fault_on)
    assert holds(instants[InstantName.MITIGATED], world.fault_off)
    assert timeline.ended_by is Actor.RUNBOOK
    assert holds(instants[InstantName.FIRST_IMPACT], min(b.processed for b in world.struck))
    recovered = instants.get(InstantName.RECOVERED)
    assert recovered is not None
    assert holds(recovered, world.fault_off)
    if world.kind.at_factory:  # nothing gets through: it is also when purchases began and ceased to fail
        assert holds(instants[InstantName.FIRST_IMPACT], world.fault_on)
        assert holds(recovered, min(b.processed for b in world.bought if b.processed >= world.fault_off))


@settings(max_examples=60, deadline=None)
@given(WORLDS)
def test_every_measure_holds_the_truth_between_its_bounds(world: World):
    result = judge(world.journal())
    truth = {
        MeasureName.TTM: world.fault_off - world.fault_on,
        MeasureName.TTR: world.fault_off - world.fault_on,
        MeasureName.RECOVERY_LAG: 0.0,
    }
    for name, true_s in truth.items():
        found = result.measures[name]
        if result.timeline.fault_proven:
            assert found.earliest - MICROSECOND_S <= true_s <= found.latest + MICROSECOND_S
    for found in result.measures.values():
        if found is not None:
            assert 0 <= found.earliest <= found.value
            assert found.censored if found.latest is None else found.value <= found.latest


@settings(max_examples=40, deadline=None)
@given(WORLDS, st.data())
def test_while_it_runs_a_drill_is_never_said_to_have_lasted_longer_than_it_did(world: World, data):
    records = world.journal()
    cut = data.draw(st.integers(1, len(records)))
    result = judge(records[:cut])
    # What was done to end the fault is known of, too, and may come after the last purchase.
    lasted_s = records[cut - 1].at - at(world.fault_on)
    for name in (MeasureName.TTD, MeasureName.TTM, MeasureName.TTR):
        found = result.measures[name]
        if found is not None and found.censored:
            assert found.value <= max(lasted_s.total_seconds(), 0) + MICROSECOND_S
    ttm = result.measures[MeasureName.TTM]
    if ttm is not None and ttm.censored:
        assert ttm.value <= world.fault_off - world.fault_on + NEWS_TAKES_S + MICROSECOND_S
