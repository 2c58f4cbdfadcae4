"""Failed purchases, found in a log group of CloudWatch Logs."""

from datetime import datetime, timedelta

from chaos_pizza.clients.aws import AwsService
from chaos_pizza.clock import Clock
from chaos_pizza.errors import BadAnswer
from chaos_pizza.model.event import ClockObserved
from chaos_pizza.model.incident import LogSource, Peer
from chaos_pizza.monitoring.cloudwatch import read_log_page, read_token
from chaos_pizza.monitoring.date_header import date_seen
from chaos_pizza.monitoring.logs import FoundEntries
from chaos_pizza.redaction import Redactor

_MOST_PAGES = 50
_MILLISECOND = timedelta(milliseconds=1)


class CloudWatchLogSearch:
    """Counts the events of a log group that a filter pattern selects, page by page; `page_size` is for tests."""

    source = LogSource.CLOUDWATCH_LOGS

    def __init__(
        self, log_group: str, region: str, pattern: str, clock: Clock, redactor: Redactor, page_size: int = 10_000
    ) -> None:
        self._service = AwsService("logs", "CloudWatch Logs", region, clock, redactor)
        self._log_group = log_group
        self._pattern = pattern
        self._page_size = page_size

    async def search(self, since: datetime, until: datetime) -> FoundEntries:
        """Return what the group holds; raises as `LogSearch.search`."""
        entries, token = 0, None
        first_at: datetime | None = None
        clocks: tuple[ClockObserved, ...] = ()
        for _ in range(_MOST_PAGES):
            answer = await self._service.call(
                "filter_log_events",
                logGroupName=self._log_group,
                filterPattern=self._pattern,
                startTime=_milliseconds(since),
                endTime=_milliseconds(until),
                limit=self._page_size,
                **({"nextToken": token} if token else {}),
            )
            clocks += date_seen(Peer.CLOUDWATCH, answer.sent_at, answer.received_at, answer.server_date_at)
            # Its dates are whole milliseconds, and both ends of what was asked for belong to it.
            dates = [at for at in read_log_page(answer.body) if since - _MILLISECOND < at <= until]
            entries += len(dates)
            first_at = min([*dates, *([first_at] if first_at else [])], default=None)
            token = read_token(answer.body, "nextToken")
            if token is None:
                return FoundEntries(entries, first_at, clocks)
        raise BadAnswer(f"{self._service.who} has more than {_MOST_PAGES} pages of entries; give a narrower `query`")


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
