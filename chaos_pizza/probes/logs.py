"""A question to the shop's log: whoever looks for the cause there, will they find it?"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Dict  # noqa: UP035 - `chaos discover` knows no other mapping

from chaos_pizza.activity import activity, ask_services, the_drill
from chaos_pizza.clients.logs import LogSearch, open_log_searches
from chaos_pizza.clients.services import Services
from chaos_pizza.clock import Clock
from chaos_pizza.errors import Refused, ServiceError, UsageError
from chaos_pizza.live.server_clock import ServerClock
from chaos_pizza.live.session import DrillSession
from chaos_pizza.model.alert_event import LogsSearched
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.result import InstantName
from chaos_pizza.monitoring.logs import FoundEntries

_POLL_S = 1.0
_LONGEST = timedelta(seconds=290)
"""What the drill remembers of its purchases, and a little less."""
_CLOCK_MARGIN = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What is asked about: the purchases that failed between two instants, on the drill's clock and on the log's."""

    since: datetime
    until: datetime
    failed: int
    log_since: datetime
    log_until: datetime


@dataclass(frozen=True, slots=True)
class _Searched:
    """What became of a search; `found` is `None` where the log could not be read, and `error` says why."""

    log: LogSearch
    sent_at: datetime
    received_at: datetime
    found: FoundEntries | None
    error: ServiceError | None

    def reaches(self, stretch: _Stretch, min_share_ratio: float) -> bool:
        # Rounded first: a tenth of thirty is three, not the 3.0000000000000004 of binary fractions.
        return self.found is not None and self.found.entries >= round(min_share_ratio * stretch.failed, 9)

    @property
    def is_hopeless(self) -> bool:
        return isinstance(self.error, Refused)


@activity
def failure_is_logged(
    query: str = "",
    fields: Dict[str, Any] = None,  # type: ignore[assignment]  # noqa: UP006, RUF013
    min_share_ratio: float = 0.5,
    timeout_s: float = 10.0,
    source: str = "",
    time_field: str = "",
) -> bool:
    """Tell whether the shop's log holds the purchases of the drill that failed since the fault began.

    At least a share of `min_share_ratio` (0 to 1) of them; late log lines are waited for, up to `timeout_s` seconds.
    `query` says which entries are failed purchases, in LogQL for Loki or as a filter pattern for CloudWatch Logs.
    `fields` says it for a file of JSON lines: `{event: purchase, outcome: failed}`. Of several logs that the target
    names one is enough; `source` chooses one: `loki`, `cloudwatch_logs` or `log_file`. Fails where the log can't be
    read or no purchase has failed: then it is unknown.
    """
    session = the_drill("failure_is_logged")
    if not 0 < min_share_ratio <= 1:
        raise UsageError(f"a share of {min_share_ratio:g} is none to be reached; give more than 0 and at most 1")
    started = session.timeline().instants.get(InstantName.FAULT_START)
    if started is None:
        raise UsageError("no fault has shown yet, so no failure of it can be logged; ask after wait_for_fault")
    fault_start_at = started.when.earliest

    async def ask(services: Services) -> bool:
        logs = open_log_searches(services, query, fields, time_field, source)
        stretch = await _stretch(session, services, fault_start_at)
        searched = await _search_until(services.clock, logs, stretch, min_share_ratio, timeout_s)
        _record(session, stretch, searched)
        if any(each.reaches(stretch, min_share_ratio) for each in searched):
            return True
        for each in searched:
            if each.error is not None:
                raise each.error
        return False

    return ask_services(None, None, ask)


async def _stretch(session: DrillSession, services: Services, fault_start_at: datetime) -> _Stretch:
    """Return what is asked about: from the fault's start, or what is remembered since, until now."""
    until = services.clock.now()
    since = max(fault_start_at, until - _LONGEST)
    window = session.crew.recent.window(until, (until - since).total_seconds())
    failed = round(window.purchases * (1 - window.success_ratio)) if window.success_ratio is not None else 0
    if not failed:
        raise ServiceError("none of the drill's purchases has failed since the fault began: there is nothing to find")
    shop_clock = ServerClock(Peer.SHOP, session.record)
    # A shop that is down has a log all the same; its clock is then taken to be nearly right.
    with suppress(ServiceError):
        shop_clock.observe_date(await services.shop.greet())
    least, most = shop_clock.ahead_least, shop_clock.ahead_most
    return _Stretch(
        since=since,
        until=until,
        failed=failed,
        log_since=since + (-_CLOCK_MARGIN if least is None else least),
        log_until=until + (_CLOCK_MARGIN if most is None else most),
    )


async def _search_until(
    clock: Clock, logs: Sequence[LogSearch], stretch: _Stretch, min_share_ratio: float, timeout_s: float
) -> list[_Searched]:
    """Return the last search of each log: the first that shows enough, or the one when the time is up."""
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + timeout_s
    while True:
        searched = [await _search(clock, log, stretch) for log in logs]
        is_enough = any(each.reaches(stretch, min_share_ratio) for each in searched)
        left_s = deadline_s - loop.time()
        if is_enough or left_s <= 0 or all(each.is_hopeless for each in searched):
            return searched
        await asyncio.sleep(min(_POLL_S, left_s))


async def _search(clock: Clock, log: LogSearch, stretch: _Stretch) -> _Searched:
    sent_at = clock.now()
    try:
        found, error = await log.search(stretch.log_since, stretch.log_until), None
    except ServiceError as failure:
        found, error = None, failure
    return _Searched(log, sent_at, clock.now(), found, error)


def _record(session: DrillSession, stretch: _Stretch, searched: Sequence[_Searched]) -> None:
    for each in searched:
        if each.found is None:
            continue
        for look in each.found.clocks:
            session.record(look)
        session.record(
            LogsSearched(
                source=each.log.source,
                sent_at=each.sent_at,
                received_at=each.received_at,
                since=stretch.since,
                until=stretch.until,
                entries=each.found.entries,
                first_at=each.found.first_at,
                failed=stretch.failed,
            )
        )
