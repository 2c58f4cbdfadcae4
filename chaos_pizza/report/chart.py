"""A chart as data: what is to be drawn, and the words for those who can't see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of a report.

    `name` is its file's, without the ending (`outcomes` becomes `outcomes.svg`). `title` is one line above it.
    `alternative` says in a sentence or two what the picture shows, with its figures, for a screen reader. `spec` is a
    Vega-Lite specification with its data, fit for JSON, whose colours are names of `report.palette`.
    """

    name: str
    title: str
    alternative: str
    spec: Mapping[str, Any]


CHART_NAMES = ("course", "close-up", "outcomes", "waterfall")
"""The names that a drill's pictures can have."""
