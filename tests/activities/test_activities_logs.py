"""The probe `failure_is_logged`, in as much of a drill as it looks at: real purchases at a sandbox that logs them."""

import asyncio
import json
import threading
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from chaoslib.exceptions import ActivityFailed

from chaos_pizza.clients.services import Services, open_services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.live.background import BackgroundLoop
from chaos_pizza.live.current import set_current_session
from chaos_pizza.model.alert_event import LogsSearched
from chaos_pizza.model.event import ClockObserved, Event
from chaos_pizza.model.incident import LogSource, Peer, Stage
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.purchase import Sample
from chaos_pizza.model.result import Instant, InstantName, Timeline
from chaos_pizza.model.target import Target
from chaos_pizza.probes.logs import failure_is_logged
from chaos_pizza.redaction import Redactor
from chaos_pizza.sandbox.embedded import SandboxThread
from chaos_pizza.sandbox.log import open_log
from chaos_pizza.sandbox.settings import SandboxSettings
from chaos_pizza.traffic.buyer import Buyer, open_buyer
from chaos_pizza.traffic.recent import RecentPurchases

FAILED = {"event": "purchase", "outcome": "failed"}


@dataclass
class Crew:
    services: Services
    buyer: Buyer
    recent: RecentPurchases = field(default_factory=RecentPurchases)


@dataclass
class Drill:
    """As much of a drill as the probe looks at."""

    loop: BackgroundLoop
    crew: Crew
    recorded: list[Event] = field(default_factory=list)
    instants: dict[InstantName, Instant] = field(default_factory=dict)
    interruption: str | None = None
    stage: Stage = Stage.METHOD

    def call(self, work: Any) -> Any:
        return self.loop.call(work)

    def record(self, event: Event) -> None:
        self.recorded.append(event)

    def timeline(self) -> Timeline:
        now = self.crew.services.clock.now()
        return Timeline(self.instants, (), None, None, True, False, now, now)

    def break_it(self, kind: str = "fail") -> datetime:
        at = self.crew.services.clock.now()
        self.call(self.crew.services.factory.schedule_chaos(kind))
        self.instants[InstantName.FAULT_START] = Instant(Interval.exactly(at), "a test")
        return at

    def buy(self, times: int) -> None:
        async def bought() -> None:
            for number in range(times):
                buyer = self.crew.buyer
                made = await buyer.buy(0, buyer.menu[:1], 2.0, 10.0)
                outcome = made.classified.outcome
                sample = Sample(number, 0, made.sent_at, made.sent_at, made.answered_at, outcome, None, None, 0.001)
                self.crew.recent.add_sample(sample)
            # The shop's log tells of all before it hears of the next request.
            await self.crew.services.shop.menu()

        self.call(bought())

    def searches(self) -> list[LogsSearched]:
        return [event for event in self.recorded if isinstance(event, LogsSearched)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "shop.log"


@pytest.fixture
def drill_of(path):
    """Begin a drill on a sandbox that logs into the file; some fields of its target may be set."""
    stack = AsyncExitStack()
    loop = BackgroundLoop("drill")

    def begin(**fields: str) -> Drill:
        log = stack.enter_context(open_log(str(path)))
        sandbox = stack.enter_context(SandboxThread(SandboxSettings(stall_s=0.5), log))
        given = Target.of_environment("sandbox", sandbox.environment).to_fields()
        target = Target.of_fields("sandbox", {**given, "log_file": str(path), **fields})

        async def opened() -> Crew:
            redactor = Redactor(target.secrets())
            services = await stack.enter_async_context(open_services(target, AnchoredClock(), redactor))
            return Crew(services, await open_buyer(services, 1, "probe"))

        drill = Drill(loop, loop.call(opened()))
        set_current_session(drill)
        return drill

    yield begin
    set_current_session(None)
    loop.call(stack.aclose())
    loop.close()


def later(seconds: float, work: Callable[[], object]) -> threading.Timer:
    timer = threading.Timer(seconds, work)
    timer.start()
    return timer


def test_failures_that_the_shop_logs_are_found(drill_of):
    drill = drill_of()
    drill.buy(2)
    begun_at = drill.break_it()
    drill.buy(4)
    assert failure_is_logged(fields=FAILED) is True
    (search,) = drill.searches()
    assert (search.source, search.entries, search.failed) == (LogSource.LOG_FILE, 4, 4)
    assert search.since == begun_at
    assert begun_at < search.first_at < search.until <= search.sent_at <= search.received_at
    assert [event.peer for event in drill.recorded if isinstance(event, ClockObserved)] == [Peer.SHOP]


def test_a_worthless_pizza_is_no_failure_in_the_shops_log_and_the_answer_is_no(drill_of):
    """As in the incident: the shop knows nothing of what its diners go through."""
    drill = drill_of()
    drill.break_it("badjwt")
    drill.buy(3)
    assert failure_is_logged(fields=FAILED, timeout_s=0) is False
    (search,) = drill.searches()
    assert (search.entries, search.first_at, search.failed) == (0, None, 3)


def test_a_share_that_is_too_small_is_no(drill_of, path):
    drill = drill_of()
    drill.break_it()
    drill.buy(4)
    purchases = [line for line in path.read_text().splitlines(keepends=True) if '"purchase"' in line]
    path.write_text("".join(purchases[:2]))
    assert failure_is_logged(fields=FAILED, min_share_ratio=0.75, timeout_s=0) is False
    assert failure_is_logged(fields=FAILED, min_share_ratio=0.5, timeout_s=0) is True


def test_late_log_lines_are_waited_for(drill_of, path):
    drill = drill_of()
    drill.break_it()
    drill.buy(2)
    lines = path.read_text()
    path.write_text("")
    writer = later(0.2, lambda: path.write_text(lines))
    assert failure_is_logged(fields=FAILED, timeout_s=20) is True
    writer.join()
    (search,) = drill.searches()
    assert search.entries == 2


def test_nothing_of_a_line_but_counts_and_dates_is_recorded(drill_of, path):
    drill = drill_of()
    begun_at = drill.break_it()
    drill.buy(1)
    secret = {"at": begun_at.isoformat(), **FAILED, "token": "a-very-secret-token"}
    path.write_text(path.read_text() + json.dumps(secret) + "\n")
    assert failure_is_logged(fields=FAILED) is True
    assert "a-very-secret-token" not in repr(drill.recorded)


def test_a_log_that_can_not_be_read_is_unknown_and_not_no(drill_of, path):
    drill = drill_of()
    drill.break_it()
    drill.buy(1)
    path.unlink()
    with pytest.raises(ActivityFailed, match="can't be read: No such file"):
        failure_is_logged(fields=FAILED, timeout_s=0)
    assert drill.searches() == []


def test_of_two_logs_one_that_holds_the_failures_is_enough(drill_of):
    drill = drill_of(loki_url="http://127.0.0.1:9")
    drill.break_it()
    drill.buy(1)
    assert failure_is_logged(query='{app="pizza"}', fields=FAILED) is True
    assert [search.source for search in drill.searches()] == [LogSource.LOG_FILE]


def test_where_one_log_holds_nothing_and_the_other_can_not_be_read_it_is_unknown(drill_of):
    drill = drill_of(loki_url="http://127.0.0.1:9")
    drill.break_it("badjwt")
    drill.buy(1)
    with pytest.raises(ActivityFailed, match=r"Loki .* can't be reached"):
        failure_is_logged(query='{app="pizza"}', fields=FAILED, timeout_s=0)
    assert [search.source for search in drill.searches()] == [LogSource.LOG_FILE]
    assert failure_is_logged(fields=FAILED, source="log_file", timeout_s=0) is False


def test_where_no_purchase_has_failed_there_is_nothing_to_find(drill_of):
    drill = drill_of()
    drill.buy(1)
    drill.instants[InstantName.FAULT_START] = Instant(Interval.exactly(drill.crew.services.clock.now()), "a test")
    with pytest.raises(ActivityFailed, match="none of the drill's purchases has failed"):
        failure_is_logged(fields=FAILED)


def test_before_the_fault_has_shown_the_question_comes_too_soon(drill_of):
    drill_of()
    with pytest.raises(ActivityFailed, match="ask after wait_for_fault"):
        failure_is_logged(fields=FAILED)


def test_without_a_drill_there_is_nothing_to_ask_about():
    with pytest.raises(ActivityFailed, match="failure_is_logged needs a drill"):
        failure_is_logged(fields=FAILED)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"fields": FAILED, "min_share_ratio": 0}, "a share of 0 is none to be reached"),
        ({"fields": FAILED, "min_share_ratio": 50}, "a share of 50 is none to be reached"),
        ({}, "fields"),
        ({"fields": FAILED, "source": "loki"}, "PIZZA_LOKI_URL"),
    ],
)
def test_a_question_that_makes_no_sense_is_told(drill_of, asked, words):
    drill = drill_of()
    drill.break_it()
    drill.buy(1)
    with pytest.raises(ActivityFailed, match=words):
        failure_is_logged(**asked)


def test_a_shop_that_can_not_tell_its_time_has_a_log_all_the_same(drill_of, path):
    """Whose clock is then taken to be within two seconds of the drill's."""
    drill = drill_of()
    drill.break_it()
    drill.buy(1)

    nowhere = Target.of_fields("t", {**drill.crew.services.target.to_fields(), "shop_url": "http://127.0.0.1:9"})

    async def asked_elsewhere() -> None:
        services = drill.crew.services
        async with open_services(nowhere, services.clock, services.redactor) as drill.crew.services:
            assert await asyncio.to_thread(failure_is_logged, fields=FAILED) is True

    asyncio.run(asked_elsewhere())
    assert [type(event) for event in drill.recorded] == [LogsSearched]
