"""Ids of a drill's trace that follow from the drill's id, so that a second telling is the same trace."""

import hashlib
from collections.abc import Iterable

from opentelemetry.sdk.trace.id_generator import IdGenerator


class DrillIds(IdGenerator):
    """Gives one trace id, and a span id for each name, in the order in which the spans are begun."""

    def __init__(self, drill_id: str, spans: Iterable[str]) -> None:
        self._trace_id = _number(16, "trace", drill_id)
        self._span_ids = iter([_number(8, "span", drill_id, name) for name in spans])

    def generate_trace_id(self) -> int:
        """Return the drill's own."""
        return self._trace_id

    def generate_span_id(self) -> int:
        """Return that of the span that is begun now."""
        return next(self._span_ids)


def _number(size: int, *parts: str) -> int:
    """Return a number of so many bytes that is not 0, which no id may be."""
    digest = hashlib.sha256("\0".join(["chaos-pizza", *parts]).encode(errors="replace")).digest()
    return int.from_bytes(digest[:size], "big") or 1
