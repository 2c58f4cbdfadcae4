"""What became of the purchases: a lane for each kind of outcome, over time and in all."""

from dataclasses import replace

import numpy as np

from chaos_pizza.drill.course import OUTCOMES, PurchaseCourse
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.result import DrillResult
from chaos_pizza.model.settings import DrillSettings
from chaos_pizza.report.chart import Chart
from chaos_pizza.report.charts.axis import AXIS_PX, Rows, Spec, TimeAxis, area_layers, areas
from chaos_pizza.report.charts.buckets import Buckets, Window, gaps_of, sort_into_buckets
from chaos_pizza.report.charts.course import fault_windows
from chaos_pizza.report.charts.marks import fitted
from chaos_pizza.report.palette import Colour
from chaos_pizza.report.phrasing import counted, limit, share
from chaos_pizza.report.tables import OUTCOME_MEANINGS

NAME = "outcomes"
_LABEL_PX, _BAR_PX, _LEAST_PX = 20, 24, 3
_LANE_PX = _LABEL_PX + _BAR_PX + 4
_COLOURS = {
    Outcome.OK: Colour.GOOD,
    Outcome.FAILED: Colour.FAILED,
    Outcome.BAD_PIZZA: Colour.BAD_PIZZA,
    Outcome.LATE: Colour.LATE,
    Outcome.TIMEOUT: Colour.TIMEOUT,
    Outcome.UNREACHABLE: Colour.UNREACHABLE,
    Outcome.REJECTED: Colour.REJECTED,
}


def outcomes_chart(result: DrillResult, settings: DrillSettings, course: PurchaseCourse, window: Window) -> Chart:
    """Return the picture of the outcomes in a window of a drill; the window has a purchase in it."""
    buckets = sort_into_buckets(course, window, settings.traffic.rate_per_s)
    note = f"A bar is {limit(buckets.width_s)}, as high as it has purchases; the least shows one at least."
    axis = replace(fitted(TimeAxis(course.began_at, window), result.timeline), notes=(note,))
    totals = buckets.by_outcome.sum(axis=0)
    present = [place for place in range(len(OUTCOMES)) if totals[place]]
    height_px = _LANE_PX * len(present)
    behind = {
        Colour.FAULT: areas(axis, [(each, "") for each in fault_windows(result, axis)]),
        Colour.GAP: areas(axis, [(gap, "") for gap in gaps_of(buckets, window)]),
    }
    labels = [
        {"at": axis.ms(window.from_s), "y": _LANE_PX * lane + 4, "text": _label(OUTCOMES[place], totals)}
        for lane, place in enumerate(present)
    ]
    layers = [*area_layers(axis, behind, height_px, text_y=-1)]
    for lane, place in enumerate(present):
        layers += _lane(axis, lane_rows(axis, buckets, place, lane), OUTCOMES[place], height_px)
    layers.append(
        {
            "data": {"values": labels},
            "mark": {"type": "text", "align": "left", "baseline": "top", "dx": 4},
            "encoding": {"x": axis.encoding(), "y": _y(height_px), "text": {"field": "text"}},
        }
    )
    padding = {"left": 27 + AXIS_PX, "top": 8, "right": 24, "bottom": 8}  # below the picture of the course
    spec = {"width": axis.width_px, "height": height_px, "padding": padding, "layer": layers}
    told = "; ".join(_label(OUTCOMES[place], totals) for place in present)
    return Chart(NAME, "What became of the purchases", f"{counted(int(totals.sum()), 'purchase')}: {told}.", spec)


def lane_rows(axis: TimeAxis, buckets: Buckets, place: int, lane: int) -> Rows:
    """Return a row for each bucket that holds this outcome, in pixels from the top; none is too low to be seen."""
    most = int(buckets.purchases.max())
    foot = _LANE_PX * (lane + 1) - 4
    rows: Rows = []
    for number in np.flatnonzero(buckets.by_outcome[:, place]).tolist():
        count = int(buckets.by_outcome[number, place])
        rows.append(
            {
                "at": axis.ms(float(buckets.first_s[number])),
                "until": axis.ms(float(buckets.until_s[number])),
                "purchases": count,
                "foot": foot,
                "head": round(foot - max(_LEAST_PX, _BAR_PX * count / most), 1),
            }
        )
    return rows


def _lane(axis: TimeAxis, rows: Rows, outcome: Outcome, height_px: int) -> list[Spec]:
    colour = _COLOURS[outcome]
    y = {"y": {**_y(height_px), "field": "head"}, "y2": {"field": "foot"}}
    x = axis.encoding()
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "rect", "color": colour},
            "encoding": {"x": x, "x2": {"field": "until"}, **y},
        },
        # Wide enough to be seen, however long the drill.
        {
            "data": {"values": rows},
            "mark": {"type": "rule", "color": colour, "strokeWidth": 1.5},
            "encoding": {"x": x, **y},
        },
    ]


def _y(height_px: int) -> Spec:
    return {"field": "y", "type": "quantitative", "scale": {"domain": [height_px, 0], "nice": False}, "axis": None}


def _label(outcome: Outcome, totals: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> str:
    number = int(totals[OUTCOMES.index(outcome)])
    counting = int(sum(totals[place] for place, each in enumerate(OUTCOMES) if each.counts))
    part = f", {share(number / counting)}" if outcome.counts and counting else ""
    meaning = OUTCOME_MEANINGS[outcome]
    name = meaning if meaning.startswith(outcome.value) else f"{outcome.value} ({meaning})"
    return f"{name}: {number}{part}"
