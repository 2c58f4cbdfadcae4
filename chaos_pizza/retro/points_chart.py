"""The picture of an experiment: every drill as a point over time, in a panel for each measure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chaos_pizza.model.instant import instant_text
from chaos_pizza.report.chart import Chart
from chaos_pizza.report.palette import Colour
from chaos_pizza.report.phrasing import limit as limit_words
from chaos_pizza.retro.axis import LABEL, duration_axis
from chaos_pizza.retro.experiments import Experiment
from chaos_pizza.retro.limits import Limit
from chaos_pizza.retro.panels import Panel, describe_panel, line_words, panels_of
from chaos_pizza.retro.points import Point
from chaos_pizza.retro.wording import name_of

WIDTH, HEIGHT = 560, 130
_SERIES = {
    "announced": ("circle", Colour.SERIES_1, True),
    "blind": ("square", Colour.SERIES_2, True),
    "announced or not is unknown": ("diamond", Colour.SERIES_3, True),
    "incident": ("M-1,-1L1,1M-1,1L1,-1", Colour.SERIES_8, False),
    "announced: at least": ("triangle-up", Colour.SERIES_1, False),
    "blind: at least": ("M0,-1L1,0.1L0.4,0.1L0.4,1L-0.4,1L-0.4,0.1L-1,0.1Z", Colour.SERIES_2, False),
    "unknown: at least": ("M0,-1L0.8,0L0.8,1L0,0.4L-0.8,1L-0.8,0Z", Colour.SERIES_3, False),
    "incident: at least": ("M-1,1L1,1M-1,0L0,-1L1,0", Colour.SERIES_8, False),
}
"""What each kind of point looks like: its shape, its colour, and whether it is filled. No two have the same shape."""
_NAMES = {True: "announced", False: "blind", None: "announced or not is unknown"}


@dataclass(frozen=True, slots=True)
class _Look:
    """How a line across a panel looks, and at which side its words stand."""

    colour: Colour
    dashes: list[int]
    align: str


_CLAIMED = _Look(Colour.BUDGET, [5, 4], "right")
_INCIDENT = _Look(Colour.SERIES_8, [1, 3], "left")
_FEW_DAYS = timedelta(days=4)
_VISIBLE_RATIO = 0.02
"""An interval narrower than this part of its value would be hidden by the point itself."""


def points_chart(experiment: Experiment, name: str, limits: Sequence[Limit], room: int) -> Chart | None:
    """Return an experiment's picture with `room` points in each panel; `None` where there is nothing to draw.

    `name` is the chart's. A drill's interval is a line behind its point. A lower bound has another shape. Where there
    are more drills than room, the alternative says which are drawn.
    """
    panels = list(panels_of(experiment, limits, room))
    if not panels:
        return None
    series = [each for each in _SERIES if any(_series(point) == each for panel in panels for point in panel.drawn)]
    time = _time_axis([point for panel in panels for point in panel.drawn])
    name_shown = name_of(experiment.name) if experiment.name else "Incidents"
    is_whole = all(panel.is_whole for panel in panels)
    title = f"{name_shown}: {'each drill a point' if is_whole else 'drills as points, too many to draw each of them'}"
    spec = {
        "data": {"values": []},
        "vconcat": [_spec(panel, series, time) for panel in panels],
        "spacing": 18,
        "config": {"legend": {"orient": "bottom", "columns": 3, "columnPadding": 40, "symbolStrokeWidth": 1.6}},
    }
    return Chart(name, title, " ".join(map(describe_panel, panels)), spec)


def _series(point: Point) -> str:
    if point.is_incident:
        return "incident: at least" if point.censored else "incident"
    if point.censored:
        return "unknown: at least" if point.announced is None else f"{_NAMES[point.announced]}: at least"
    return _NAMES[point.announced]


def _time_axis(points: Sequence[Point]) -> dict[str, Any]:
    """Return the encoding of time that all panels share: as days, or as times where all is within a few days."""
    first, last = min(point.at for point in points), max(point.at for point in points)
    margin = max((last - first) * 0.03, timedelta(minutes=2))
    shown = "%m-%d %H:%M" if last - first < _FEW_DAYS else "%Y-%m-%d"
    return {
        "field": "at",
        "type": "temporal",
        "title": None,
        "scale": {"type": "utc", "domain": [instant_text(first - margin), instant_text(last + margin)], "nice": False},
        "axis": {"grid": False, "labelFlush": True, "labelOverlap": True, "tickCount": 5, "format": shown},
    }


def _spec(panel: Panel, series: list[str], time: dict[str, Any]) -> dict[str, Any]:
    axis, scale = _value_axis(panel)
    value = {"field": "value", "type": "quantitative", "title": None, "scale": scale, "axis": axis}
    layers: list[dict[str, Any]] = []
    for limit in panel.limits:
        layers += _across(limit.limit_s, f"claimed: at most {limit_words(limit.limit_s)}", _CLAIMED, value)
    for line in panel.lines:
        layers += _across(line.value, line_words(line), _INCIDENT, value)
    spans = [_span_row(point) for point in panel.drawn if _is_span_visible(point)]
    if spans:
        layers.append(
            {
                "data": {"values": spans},
                "mark": {"type": "rule", "color": Colour.MUTED, "strokeWidth": 1},
                "encoding": {"x": time, "y": {**value, "field": "earliest"}, "y2": {"field": "latest"}},
            }
        )
    layers.append(
        {
            "data": {"values": [_row(point) for point in panel.drawn]},
            "mark": {"type": "point", "size": 46, "strokeWidth": 1.6, "opacity": 0.9},
            "encoding": {"x": time, "y": value, **_looks(series)},
        }
    )
    return {"title": panel.title, "width": WIDTH, "height": HEIGHT, "layer": layers}


def _value_axis(panel: Panel) -> tuple[dict[str, Any], dict[str, Any]]:
    if panel.is_ratio:
        least = min(point.value for point in panel.drawn)
        low = 0.0 if least < 0.9 else 0.9
        return {"format": ".3~%", "tickCount": 5}, {"domain": [low, 1], "nice": False}
    ends = [end for point in panel.drawn for end in (point.value, point.earliest, point.latest)]
    across = [*(limit.limit_s for limit in panel.limits), *(line.value for line in panel.lines)]
    scale, ticks = duration_axis([*ends, *across])
    return {"values": ticks, "labelExpr": LABEL}, scale


def _looks(series: list[str]) -> dict[str, Any]:
    shapes, colours, filled = zip(*(_SERIES[each] for each in series), strict=True)
    fills = [colour if fill else Colour.SURFACE for colour, fill in zip(colours, filled, strict=True)]
    field = {"field": "series", "type": "nominal", "title": None}
    return {
        "shape": {**field, "scale": {"domain": series, "range": list(shapes)}},
        "stroke": {**field, "scale": {"domain": series, "range": list(colours)}},
        "fill": {**field, "scale": {"domain": series, "range": fills}},
    }


def _across(value_s: float, label: str, look: _Look, value: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the layers of a line across the panel, and of the words at it."""
    data = {"values": [{"value": value_s, "label": label}]}
    line = {"type": "rule", "color": look.colour, "strokeDash": look.dashes, "strokeWidth": 1.4}
    at_right = look.align == "right"
    text = {"type": "text", "color": look.colour, "align": look.align, "dx": -4 if at_right else 4, "dy": 9}
    place = {"x": {"value": WIDTH if at_right else 0}, "y": value, "text": {"field": "label"}}
    return [{"data": data, "mark": line, "encoding": {"y": value}}, {"data": data, "mark": text, "encoding": place}]


def _row(point: Point) -> dict[str, Any]:
    return {"at": instant_text(point.at), "value": round(point.value, 4), "series": _series(point)}


def _span_row(point: Point) -> dict[str, Any]:
    return {"at": instant_text(point.at), "earliest": round(point.earliest, 4), "latest": round(point.latest, 4)}


def _is_span_visible(point: Point) -> bool:
    return not point.censored and point.latest - point.earliest > _VISIBLE_RATIO * point.value
