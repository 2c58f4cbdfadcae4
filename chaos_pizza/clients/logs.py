"""Where a shop's log can be searched for failed purchases: one interface over Loki, CloudWatch Logs and a file."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from chaos_pizza.clients.http import HttpCaller
from chaos_pizza.clients.logs_cloudwatch import CloudWatchLogSearch
from chaos_pizza.clients.logs_file import LogFileSearch
from chaos_pizza.clients.logs_loki import LokiSearch
from chaos_pizza.clients.services import Services
from chaos_pizza.errors import UsageError
from chaos_pizza.model.incident import LogSource
from chaos_pizza.model.target import VARIABLES, Target
from chaos_pizza.monitoring.logs import EntryPattern, FoundEntries


class LogSearch(Protocol):
    """A log that can be searched for failed purchases."""

    @property
    def source(self) -> LogSource:
        """Which log it is."""
        ...

    async def search(self, since: datetime, until: datetime) -> FoundEntries:
        """Return how many entries dated after `since` and not after `until`, on the log's own clock, it holds by now.

        Raises `ServiceError` where it can't be read, or holds too much to be counted.
        """
        ...


def open_log_searches(
    services: Services, query: str = "", fields: Mapping[str, Any] | None = None, time_field: str = "", only: str = ""
) -> tuple[LogSearch, ...]:
    """Return the logs that the target names, ready to be searched; with `only`, that one.

    `query` is LogQL for Loki and a filter pattern for CloudWatch Logs; `fields` and `time_field` are what
    `EntryPattern.of` takes, for a file and for CloudWatch Logs without a query. Raises `UsageError` where the target
    names no log or something of the description is missing, `TargetError` where boto3 is.
    """
    target = services.target
    named = [source for source, place in _places(target).items() if place and only in {"", source.value}]
    if not named:
        raise UsageError(_no_log(target, only))
    if not only and query and not fields and {LogSource.LOKI, LogSource.CLOUDWATCH_LOGS} <= set(named):
        raise UsageError(
            "Loki and CloudWatch Logs don't speak the same language; say by `source` which one `query` is for"
        )
    return tuple(_open(source, services, query, fields, time_field, sole=len(named) == 1) for source in named)


def _open(
    source: LogSource, services: Services, query: str, fields: Mapping[str, Any] | None, time_field: str, *, sole: bool
) -> LogSearch:
    target = services.target
    if source is LogSource.LOKI:
        url = target.loki_url or ""
        caller = HttpCaller(services.client, LogSource.LOKI.label, url, services.clock, services.redactor)
        return LokiSearch(caller, query, target.loki_token)
    if source is LogSource.LOG_FILE:
        return LogFileSearch(Path(target.log_file or ""), EntryPattern.of(fields, time_field))
    if not target.cloudwatch_region:
        raise UsageError(f"{VARIABLES['log_group']} needs the region it lies in; set {VARIABLES['cloudwatch_region']}")
    # Beside Loki a query is Loki's.
    pattern = query if query and (sole or not target.loki_url) else EntryPattern.of(fields).in_cloudwatch()
    return CloudWatchLogSearch(
        target.log_group or "", target.cloudwatch_region, pattern, services.clock, services.redactor
    )


def _places(target: Target) -> dict[LogSource, str | None]:
    return {
        LogSource.LOKI: target.loki_url,
        LogSource.CLOUDWATCH_LOGS: target.log_group,
        LogSource.LOG_FILE: target.log_file,
    }


def _no_log(target: Target, only: str) -> str:
    sources = [source.value for source in LogSource]
    if only and only not in sources:
        return f"there is no log source {only[:40]!r}; there are {', '.join(sources)}"
    variables = dict(zip(sources, (VARIABLES[key] for key in ("loki_url", "log_group", "log_file")), strict=True))
    if only:
        return f"target {target.name!r} names no {only}; set {variables[only]}"
    return f"target {target.name!r} names no log to search; set {' or '.join(variables.values())}"
