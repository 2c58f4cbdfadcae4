"""Failed purchases, counted by Loki."""

from datetime import datetime

from chaos_pizza.clients.http import HttpCaller
from chaos_pizza.model.event import ClockObserved
from chaos_pizza.model.incident import LogSource, Peer
from chaos_pizza.monitoring import loki
from chaos_pizza.monitoring.date_header import date_seen
from chaos_pizza.monitoring.logs import FoundEntries
from chaos_pizza.redaction import Secret
from chaos_pizza.wire.message import Answer

_TIMEOUT_S = 10.0


class LokiSearch:
    """Has Loki count the lines that a LogQL query selects; of the lines themselves only the oldest is ever sent."""

    source = LogSource.LOKI

    def __init__(self, caller: HttpCaller, query: str, token: Secret | None = None) -> None:
        self._caller = caller
        self._system = loki.loki(caller.base_url)
        self._query = query
        self._token = token

    async def search(self, since: datetime, until: datetime) -> FoundEntries:
        """Return what Loki holds; raises as `LogSearch.search`, and `UsageError` for a query that can't be one."""
        request = loki.count_request(self._query, since, until, self._token)
        counted = await self._caller.exchange(request, _TIMEOUT_S)
        entries, first_at, clocks = loki.read_count(counted, self._system), None, _clocks(counted)
        if entries:
            request = loki.first_request(self._query, since, until, self._token)
            found = await self._caller.exchange(request, _TIMEOUT_S)
            first_at = loki.read_first(found, self._system)
            clocks += _clocks(found)
        return FoundEntries(entries, first_at, clocks)


def _clocks(answer: Answer) -> tuple[ClockObserved, ...]:
    return date_seen(Peer.LOKI, answer.sent_at, answer.received_at, answer.server_date_at)
