"""The course of a drill: good purchases and latencies over time, the fault shaded, every instant marked."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from chaos_pizza.drill.course import Floats, PurchaseCourse
from chaos_pizza.model.result import DrillResult, InstantName
from chaos_pizza.model.settings import DrillSettings
from chaos_pizza.report.chart import Chart
from chaos_pizza.report.charts.axis import AXIS_PX, Rows, Spec, TimeAxis, area_layers, areas
from chaos_pizza.report.charts.buckets import Buckets, Window, gaps_of, sort_into_buckets
from chaos_pizza.report.charts.marks import Mark, fitted, label_panel, mark_layers, marks_of
from chaos_pizza.report.palette import Colour
from chaos_pizza.report.phrasing import clock_time, counted, limit, share

RATIO_PX, FAILED_PX, LATENCY_PX = 136, 12, 110
_LOG_FROM = 50
"""Latencies that differ by more than this factor are shown on a logarithmic axis."""
_LEAST_S = 0.0005
_NO_PURCHASE = "no purchases"


def course_chart(
    result: DrillResult, settings: DrillSettings, course: PurchaseCourse, window: Window, *, name: str, title: str
) -> Chart:
    """Return the picture of a window of a drill; the window has a purchase in it."""
    buckets = sort_into_buckets(course, window, settings.traffic.rate_per_s)
    axis = fitted(TimeAxis(course.began_at, window), result.timeline)
    marks = marks_of(result.timeline, axis)
    gaps = gaps_of(buckets, window)
    lines_s = [mark.at_s for mark in marks]
    behind = {
        Colour.FAULT: areas(axis, [(each, "fault on") for each in fault_windows(result, axis)], lines_s),
        Colour.GAP: areas(axis, [(gap, _NO_PURCHASE) for gap in gaps], lines_s),
    }
    panels = [
        *([label_panel(axis, marks)] if marks else []),
        _ratio_panel(axis, buckets, behind, marks),
        _failed_panel(axis, behind, marks),
        _latency_panel(
            replace(axis, notes=_notes(buckets, has_gaps=bool(gaps))),
            buckets,
            behind,
            marks,
            settings.traffic.latency_budget_s,
        ),
    ]
    spec = {
        "datasets": {"buckets": bucket_rows(axis, buckets)},
        "vconcat": panels,
        "spacing": 4,
        "config": {"axisY": {"minExtent": AXIS_PX, "maxExtent": AXIS_PX, "grid": True}},
    }
    return Chart(name, title, _alternative(axis, buckets, gaps, marks), spec)


def fault_windows(result: DrillResult, axis: TimeAxis) -> list[Window]:
    """Return when the fault was on, as a window; none without a fault that is known. Without an end it is on still."""
    start = result.timeline.instants.get(InstantName.FAULT_START)
    if start is None:
        return []
    end = result.timeline.instants.get(InstantName.MITIGATED)
    until = end.when.midpoint if end else result.ended_at
    return [Window(axis.second(start.when.midpoint), axis.second(until))]


def bucket_rows(axis: TimeAxis, buckets: Buckets) -> Rows:
    """Return a row for each bucket, fit for JSON: what is not known is `None`."""
    columns: dict[str, Sequence[Any]] = {
        "at": [axis.ms(second) for second in buckets.first_s.tolist()],
        "until": [axis.ms(second) for second in buckets.until_s.tolist()],
        "run": buckets.run.tolist(),
        "purchases": buckets.purchases.tolist(),
        "failed": buckets.failed.tolist(),
        "endless": buckets.endless.tolist(),
        "ratio": _known(buckets.ratio, 5),
        "worst": _known(buckets.worst_ratio, 5),
        "median_s": _known(np.maximum(buckets.median_s, _LEAST_S), 5),
        "p95_s": _known(np.maximum(buckets.p95_s, _LEAST_S), 5),
        "greatest_s": _known(np.maximum(buckets.greatest_s, _LEAST_S), 5),
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _ratio_panel(axis: TimeAxis, buckets: Buckets, behind: dict[Colour, Rows], marks: tuple[Mark, ...]) -> Spec:
    scale = {"domain": [0, 1.2], "nice": False}
    look = {"values": [0, 0.5, 1], "format": ".0%", "title": "good purchases"}
    y = {"field": "ratio", "type": "quantitative", "scale": scale, "axis": look}
    x = axis.encoding()
    band = {
        "data": {"name": "buckets"},
        "transform": [{"filter": "datum.worst !== null && datum.worst < datum.ratio"}],
        "mark": {"type": "rect", "color": Colour.FAILED, "opacity": 0.4},
        "encoding": {"x": x, "x2": {"field": "until"}, "y": y, "y2": {"field": "worst"}},
    }
    layers = [
        *area_layers(axis, behind, RATIO_PX, text_y=4),
        *([band] if buckets.width_s > 1 else []),
        *_line(axis, buckets, buckets.ratio, y, Colour.GOOD),
        *mark_layers(axis, marks, RATIO_PX),
    ]
    return _panel(axis, RATIO_PX, layers)


def _failed_panel(axis: TimeAxis, behind: dict[Colour, Rows], marks: tuple[Mark, ...]) -> Spec:
    """Return the lane in which every bucket with a failed purchase is marked, however few of its purchases failed."""
    base = {"data": {"name": "buckets"}, "transform": [{"filter": "datum.failed > 0"}]}
    x = axis.encoding()
    whole = {"y": {"value": 0}, "y2": {"value": FAILED_PX}}
    layers = [
        *area_layers(axis, behind, FAILED_PX, text_y=-1),
        {
            **base,
            "mark": {"type": "rect", "color": Colour.FAILED},
            "encoding": {"x": x, "x2": {"field": "until"}, **whole},
        },
        {
            **base,
            "mark": {"type": "rule", "color": Colour.FAILED, "strokeWidth": 2},
            "encoding": {"x": x, **whole},
        },
        {
            "data": {"values": [{"text": "failed"}]},
            "mark": {"type": "text", "align": "right", "color": Colour.FAILED},
            "encoding": {"x": {"value": -7}, "y": {"value": FAILED_PX / 2}, "text": {"field": "text"}},
        },
        *mark_layers(axis, marks, FAILED_PX),
    ]
    return _panel(axis, FAILED_PX, layers)


def _latency_panel(
    axis: TimeAxis, buckets: Buckets, behind: dict[Colour, Rows], marks: tuple[Mark, ...], budget_s: float
) -> Spec:
    x, y = axis.encoding(), _latency_scale(buckets, budget_s)
    bands = [
        {
            "data": {"name": "buckets"},
            "transform": [{"filter": f"datum.{low} !== null && datum.{low} < datum.{high}"}],
            "mark": {"type": "rect", "color": Colour.GOOD, "opacity": opacity},
            "encoding": {"x": x, "x2": {"field": "until"}, "y": {**y, "field": low}, "y2": {"field": high}},
        }
        for low, high, opacity in (("median_s", "p95_s", 0.45), ("p95_s", "greatest_s", 0.2))
    ]
    budget = [
        {
            "data": {"values": [{"budget_s": budget_s}]},
            "mark": {"type": "rule", "color": Colour.BUDGET, "strokeDash": [8, 4]},
            "encoding": {"y": {**y, "field": "budget_s"}},
        },
        {
            "data": {"values": [{"budget_s": budget_s, "text": f"budget {limit(budget_s)}"}]},
            "mark": {"type": "text", "color": Colour.BUDGET, "align": "left", "baseline": "bottom", "dy": -3},
            "encoding": {"y": {**y, "field": "budget_s"}, "x": {"value": 4}, "text": {"field": "text"}},
        },
    ]
    endless = {
        "data": {"name": "buckets"},
        "transform": [{"filter": "datum.endless > 0"}],
        "mark": {"type": "point", "shape": "triangle-up", "filled": True, "size": 30, "color": Colour.FAILED},
        "encoding": {"x": x, "y": {"value": 5}},
    }
    layers = [
        *area_layers(axis, behind, LATENCY_PX, text_y=-1),
        *bands,
        *_line(axis, buckets, np.maximum(buckets.median_s, _LEAST_S), {**y, "field": "median_s"}, Colour.GOOD),
        *budget,
        *([endless] if buckets.endless.any() else []),
        *mark_layers(axis, marks, LATENCY_PX),
    ]
    return _panel(axis, LATENCY_PX, layers)


def _notes(buckets: Buckets, *, has_gaps: bool) -> tuple[str, ...]:
    """Return what a reader must know to read the picture, a line each."""
    told = f"A step is {limit(buckets.width_s)}; “failed” marks each step with a failed purchase."
    told += " Grey: no purchases." if has_gaps else ""
    worst = ("Good purchases: orange reaches down to the worst second of a step.",) if buckets.width_s > 1 else ()
    latency = "Time to answer: the line is the median, dark reaches to 95 of 100, light to the slowest."
    unseen = ("▲: a purchase whose end was not seen.",) if buckets.endless.any() else ()
    return (told, *worst, latency, *unseen)


def _latency_scale(buckets: Buckets, budget_s: float) -> Spec:
    known = buckets.median_s[~np.isnan(buckets.median_s)]
    least_s = max(float(known.min()) if len(known) else budget_s, _LEAST_S)
    most_s = max(float(np.nanmax(buckets.greatest_s)) if len(known) else budget_s, budget_s)
    text = "datum.value < 1 ? format(datum.value * 1000, '~r') + ' ms' : format(datum.value, '~r') + ' s'"
    axis: Spec = {"title": "time to answer", "labelExpr": text, "tickCount": 4, "labelOverlap": True}
    if most_s / least_s <= _LOG_FROM:
        return {"type": "quantitative", "scale": {"domain": [0, 1.2 * most_s], "nice": False}, "axis": axis}
    decades = range(int(np.floor(np.log10(least_s))), int(np.ceil(np.log10(1.2 * most_s))) + 1)
    axis["values"] = [10.0**power for power in decades]
    scale = {"type": "log", "domain": [0.8 * least_s, 1.6 * most_s], "nice": False}
    return {"type": "quantitative", "scale": scale, "axis": axis}


def _line(axis: TimeAxis, buckets: Buckets, values: Floats, y: Spec, colour: Colour) -> list[Spec]:
    """Return the layers of a line in steps that breaks off at a gap and at the unknown; a dot for a lone bucket."""
    is_known = ~np.isnan(values)
    piece = np.cumsum(np.append(0, (np.diff(buckets.run) != 0) | (np.diff(is_known.astype(int)) != 0)))
    rows: Rows = []
    for place in np.flatnonzero(is_known).tolist():
        row = {y["field"]: round(float(values[place]), 5), "piece": int(piece[place])}
        rows.append({"at": axis.ms(float(buckets.first_s[place])), **row})
        if place + 1 == len(buckets) or piece[place + 1] != piece[place]:
            rows.append({"at": axis.ms(float(buckets.until_s[place])), **row})
    sizes = np.bincount(piece[is_known]) if is_known.any() else np.zeros(0, dtype=int)
    lone = [row for row in rows[:-1] if sizes[row["piece"]] == 1]
    x = axis.encoding()
    encoding = {"x": x, "y": y, "detail": {"field": "piece", "type": "nominal"}}
    mark = {"type": "line", "interpolate": "step-after", "color": colour, "strokeWidth": 1.8, "clip": True}
    layers: list[Spec] = [{"data": {"values": rows}, "mark": mark, "encoding": encoding}]
    if lone:
        dot = {"type": "point", "filled": True, "size": 14, "color": colour, "opacity": 1}
        layers.append({"data": {"values": lone}, "mark": dot, "encoding": {"x": x, "y": y}})
    return layers


def _panel(axis: TimeAxis, height_px: int, layers: list[Spec]) -> Spec:
    return {"width": axis.width_px, "height": height_px, "layer": layers}


def _known(values: Floats, digits: int) -> list[float | None]:
    return [None if np.isnan(value) else round(value, digits) for value in values.tolist()]


def _alternative(axis: TimeAxis, buckets: Buckets, gaps: list[Window], marks: tuple[Mark, ...]) -> str:
    def time(second: float) -> str:
        return clock_time(axis.moment(second))

    failing = np.flatnonzero(buckets.failed)
    tried, failed = int(buckets.purchases.sum()), int(buckets.failed.sum())
    whole = f"from {time(axis.window.from_s)} to {time(axis.window.until_s)} UTC"
    told = [f"{counted(tried, 'purchase')} {whole}, shown for each {limit(buckets.width_s)}."]
    if failed:
        first, last = time(float(buckets.first_s[failing[0]])), time(float(buckets.until_s[failing[-1]]))
        least = float(np.nanmin(buckets.worst_ratio)) if not np.isnan(buckets.worst_ratio).all() else 0.0
        told.append(f"{failed} failed, between {first} and {last}; at the worst {share(least)} were good.")
    else:
        told.append("None failed.")
    if gaps:
        told.append("No purchases " + ", ".join(f"{time(gap.from_s)} to {time(gap.until_s)}" for gap in gaps[:5]) + ".")
    if marks:
        told.append("Marked: " + "; ".join(mark.label for mark in marks) + ".")
    return " ".join(told)
