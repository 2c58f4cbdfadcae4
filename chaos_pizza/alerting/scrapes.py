"""Scrapes in the journal: what changed since the one before, and back to what every series showed."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from chaos_pizza.alerting.exposition import SeriesKey, series_key
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.alert_event import AlertSourceLost, SeriesScraped
from chaos_pizza.model.event import DrillResumed, Recorded
from chaos_pizza.model.incident import Peer

_METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_QUOTED = re.compile(r'"((?:[^"\\\n]|\\[\\"n])*)"')
_ESCAPED = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


def series_text(key: SeriesKey) -> str:
    """Return a series' name as Prometheus's text format has it, its labels in order: `name{label="value"}`.

    A name that isn't made of ASCII letters, digits and `_` is quoted, as Prometheus 3 does: `{"a.name"}`.
    """
    metric, labels = key
    items = [f"{_label_text(name)}={quoted(value)}" for name, value in sorted(labels)]
    if _METRIC_NAME.fullmatch(metric):
        return f"{metric}{{{','.join(items)}}}" if items else metric
    return f"{{{','.join([quoted(metric), *items])}}}"


@lru_cache(maxsize=4096)
def series_of(text: str) -> SeriesKey:
    """Return the series that a text names, as `series_text` writes it; `ValueError` where it names none."""
    metric, labels = "", {}
    bare = _METRIC_NAME.match(text)
    rest = text[bare.end() :] if bare else text
    if bare:
        metric = bare.group()
    if rest:
        if not (rest.startswith("{") and rest.endswith("}")):
            raise ValueError(f"no series is called {text[:80]!r}")
        for name, value in _items(rest[1:-1], text):
            if value is None and not metric and name:
                metric = name
            elif value is None or name in labels:
                raise ValueError(f"no series is called {text[:80]!r}: a part of it stands there twice, or half")
            else:
                labels[name] = value
    if not metric:
        raise ValueError(f"no series is called {text[:80]!r}: it has no name")
    return series_key(metric, **labels)


def quoted(text: str) -> str:
    """Return a text in double quotes, its backslashes, quotes and line breaks escaped, as Prometheus reads it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


@dataclass(frozen=True, slots=True)
class Scrape:
    """What every series of a source showed at `at`; none where the source could not be read."""

    source: AlertSource
    at: datetime
    series: Mapping[SeriesKey, float]


class ScrapeEncoder:
    """Makes events of a source's scrapes, which hold only what changed. The first of a source holds everything."""

    def __init__(self) -> None:
        self._last: dict[AlertSource, dict[SeriesKey, float]] = {}

    def encode(
        self, source: AlertSource, at: datetime, series: Mapping[SeriesKey, float], peer: Peer | None = None
    ) -> SeriesScraped:
        """Return the event of a scrape at `at`; what is no finite number counts as not shown."""
        now = {key: value for key, value in series.items() if math.isfinite(value)}
        values, gone = changes(self._last.get(source, {}), now)
        self._last[source] = now
        return SeriesScraped(source, at, values, gone, peer)


class ScrapeDecoder:
    """Folds a journal's events back into full scrapes, source by source."""

    def __init__(self) -> None:
        self._state: dict[AlertSource, dict[SeriesKey, float]] = {}

    def decode(self, event: SeriesScraped) -> dict[SeriesKey, float]:
        """Return what every series of the event's source showed; `ValueError` where a series has no proper name."""
        changed = {series_of(text): value for text, value in event.values.items()}
        gone = {series_of(text) for text in event.gone}
        kept = {key: value for key, value in self._state.get(event.source, {}).items() if key not in gone}
        self._state[event.source] = kept | changed
        return dict(self._state[event.source])

    def forget(self) -> None:
        """Begin anew: whoever writes from here on knows nothing of the scrapes before (a drill that was resumed)."""
        self._state.clear()


def changes(
    previous: Mapping[SeriesKey, float], now: Mapping[SeriesKey, float]
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Return what differs in `now`: the new value of every series, and the series that are gone, both in order."""
    values = {series_text(key): value for key, value in now.items() if previous.get(key) != value}
    gone = sorted(series_text(key) for key in previous.keys() - now.keys())
    return dict(sorted(values.items())), tuple(gone)


def recorded_scrapes(records: Iterable[Recorded]) -> Iterator[Scrape]:
    """Yield every scrape in a journal, in its order; one that failed shows no series.

    Of a source that stays unreadable only the first failure is in the journal. Raises `ValueError` where a series has
    no proper name.
    """
    decoder = ScrapeDecoder()
    for record in records:
        match record.event:
            case SeriesScraped(source=source, at=at) as event:
                yield Scrape(source, at, decoder.decode(event))
            case AlertSourceLost(source=source, at=at):
                yield Scrape(source, at, {})
            case DrillResumed():
                decoder.forget()


def _label_text(name: str) -> str:
    return name if _LABEL_NAME.fullmatch(name) else quoted(name)


def _items(inside: str, text: str) -> Iterator[tuple[str, str | None]]:
    """Yield what stands between the braces: a label and its value, or a quoted metric and `None`."""
    at = 0
    while at < len(inside):
        name = _QUOTED.match(inside, at) or _LABEL_NAME.match(inside, at)
        if name is None:
            raise ValueError(f"no series is called {text[:80]!r}: a label's name is missing")
        at, value = name.end(), None
        if inside.startswith("=", at):
            value = _QUOTED.match(inside, at + 1)
            if value is None:
                raise ValueError(f"no series is called {text[:80]!r}: a label's value isn't quoted rightly")
            at = value.end()
        elif name.lastindex is None:
            raise ValueError(f"no series is called {text[:80]!r}: a label has no value")
        yield _unquoted(name), None if value is None else _unquoted(value)
        if at < len(inside):
            if inside[at] != ",":
                raise ValueError(f"no series is called {text[:80]!r}: a comma is missing")
            at += 1


def _unquoted(found: re.Match[str]) -> str:
    if found.lastindex is None:
        return found.group()
    return re.sub(r'\\[\\"n]', lambda escape: _ESCAPED[escape.group()], found.group(1))
