"""What all pictures over time have in common: their size, the axis of UTC times, and areas behind the figures."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from chaos_pizza.report.charts.buckets import Window
from chaos_pizza.report.palette import Colour

Rows = list[dict[str, Any]]
Spec = dict[str, Any]

WIDTH_PX = 680
"""How wide the part of a picture is that shows time, at the most."""
AXIS_PX = 62
"""The room left of it, for the figures of the axes."""
PX_PER_CHAR = 7.2
"""How wide a letter is, rather too much than too little: the reader's font is not known."""
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)
_SPACING_PX = 105
"""How far apart two times stand at least."""


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """A window of a drill that began at `began_at`, brought onto `width_px` pixels.

    Times stand below a panel only where there are `notes`: what is to be said below them, a line each.
    """

    began_at: datetime
    window: Window
    width_px: int = WIDTH_PX
    notes: tuple[str, ...] | None = None

    def ms(self, second: float) -> int:
        """Return a second since the drill's beginning as Vega counts time: milliseconds since 1970, UTC."""
        return round(self.moment(second).timestamp() * 1000)

    def moment(self, second: float) -> datetime:
        """Return the instant (aware UTC) so many seconds after the drill's beginning."""
        return self.began_at + timedelta(seconds=second)

    def second(self, at: datetime) -> float:
        """Return an instant in seconds since the drill's beginning."""
        return (at - self.began_at).total_seconds()

    def px(self, second: float) -> float:
        """Return how far from the left a second is shown."""
        length_s = self.window.length_s
        return self.width_px * (second - self.window.from_s) / length_s if length_s else 0.0

    def encoding(self, field: str = "at") -> Spec:
        """Return the encoding of the horizontal place by a field in milliseconds."""
        domain = [self.ms(self.window.from_s), self.ms(self.window.until_s)]
        return {
            "field": field,
            "type": "temporal",
            "scale": {"type": "utc", "domain": domain, "nice": False},
            "axis": None if self.notes is None else self._axis(self.notes),
        }

    def _axis(self, notes: tuple[str, ...]) -> Spec:
        ends = self.moment(self.window.from_s), self.moment(self.window.until_s)
        day, last_day = (f"{at.astimezone(UTC):%Y-%m-%d}" for at in ends)
        title = f"UTC, {day}" if day == last_day else f"UTC, {day} to {last_day}"
        step_s = self._step_s()
        time = "%H:%M:%S" if step_s < 60 else "%H:%M" if self.window.length_s <= 172_800 else "%d %b %H:%M"
        first, last = (math.ceil(ends[0].timestamp() / step_s), math.floor(ends[1].timestamp() / step_s))
        ticks = {"values": [1000 * step_s * number for number in range(first, last + 1)], "format": time, "grid": False}
        lines = {"titleAlign": "left", "titleAnchor": "start", "titleLineHeight": 16, "titlePadding": 8}
        return {"title": [title, *notes], **lines, **ticks}

    def _step_s(self) -> int:
        """Return how many seconds apart the times below are: a round number of them, so that they don't touch."""
        least_s = self.window.length_s * _SPACING_PX / self.width_px
        days = math.ceil(least_s / _STEPS_S[-1])
        return next((step for step in _STEPS_S if step >= least_s), days * _STEPS_S[-1])


def areas(axis: TimeAxis, windows: Sequence[tuple[Window, str]], lines_s: Sequence[float] = ()) -> Rows:
    """Return the rows of areas behind the figures, each with its text where it is wide enough for that.

    A text stands in the widest stretch of its area that none of the lines at `lines_s` goes through.
    """
    rows = []
    for window, text in windows:
        from_s, until_s = max(window.from_s, axis.window.from_s), min(window.until_s, axis.window.until_s)
        if from_s >= until_s:
            continue
        edges = sorted([from_s, *(each for each in lines_s if from_s < each < until_s), until_s])
        begin_s, end_s = max(pairwise(edges), key=lambda stretch: stretch[1] - stretch[0])
        room = (axis.px(end_s) - axis.px(begin_s)) / PX_PER_CHAR
        middle = axis.ms((begin_s + end_s) / 2)
        told = {"text": text if len(text) < room else "", "middle": middle}
        rows.append({"at": axis.ms(from_s), "until": axis.ms(until_s), **told})
    return rows


def area_layers(axis: TimeAxis, areas_by_colour: Mapping[Colour, Rows], height_px: int, *, text_y: int) -> list[Spec]:
    """Return the layers of areas in their colours, as high as the panel; their texts `text_y` pixels from the top."""
    layers: list[Spec] = []
    for colour, rows in areas_by_colour.items():
        if not rows:
            continue
        place = {"x": axis.encoding(), "x2": {"field": "until"}}
        layers.append(
            {
                "data": {"values": rows},
                "mark": {"type": "rect", "color": colour},
                "encoding": {**place, "y": {"value": 0}, "y2": {"value": height_px}},
            }
        )
        if any(row["text"] for row in rows) and text_y >= 0:
            layers.append(
                {
                    "data": {"values": [row for row in rows if row["text"]]},
                    "mark": {"type": "text", "color": Colour.MUTED, "fontSize": 11, "baseline": "top"},
                    "encoding": {
                        "x": axis.encoding("middle"),
                        "y": {"value": text_y},
                        "text": {"field": "text"},
                    },
                }
            )
    return layers
