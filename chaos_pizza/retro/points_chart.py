"""The picture of an experiment: every drill as a point over time, in a panel for each measure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chaos_pizza.model.conversion import instant_text
from chaos_pizza.report.chart import Chart
from chaos_pizza.report.palette import Colour
from chaos_pizza.report.phrasing import at_least, counted, day_of, duration, share
from chaos_pizza.report.phrasing import limit as limit_words
from chaos_pizza.retro.axis import LABEL, duration_axis
from chaos_pizza.retro.experiments import MEASURES, Experiment
from chaos_pizza.retro.limits import Limit
from chaos_pizza.retro.points import Point, points_of, ratio_points_of, thinned
from chaos_pizza.retro.wording import MEASURE_WORDS, NEVER_WORDS, name_of

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
_FEW_DAYS = timedelta(days=4)
_VISIBLE_RATIO = 0.02
"""An interval narrower than this part of its value would be hidden by the point itself."""


@dataclass(frozen=True, slots=True)
class _Panel:
    title: str
    points: list[Point]
    drawn: list[Point]
    limits: tuple[Limit, ...]
    is_ratio: bool

    @property
    def time_format(self) -> str:
        """How instants stand at the axis: as days, or as times where all is within a few days."""
        times = [point.at for point in self.points]
        return "%m-%d %H:%M" if max(times) - min(times) < _FEW_DAYS else "%Y-%m-%d"


def points_chart(experiment: Experiment, name: str, limits: Sequence[Limit], room: int) -> Chart | None:
    """Return an experiment's picture with `room` points in each panel; `None` where there is nothing to draw.

    `name` is the chart's. A drill's interval is a line behind its point. A lower bound has another shape. Where there
    are more drills than room, the alternative says which are drawn.
    """
    panels = list(_panels(experiment, limits, room))
    if not panels:
        return None
    series = [each for each in _SERIES if any(_series(point) == each for panel in panels for point in panel.drawn)]
    within = _time_domain([point for panel in panels for point in panel.drawn])
    name_shown = name_of(experiment.name) if experiment.name else "Incidents"
    is_whole = all(len(panel.drawn) == len(panel.points) for panel in panels)
    title = f"{name_shown}: {'each drill a point' if is_whole else 'drills as points, too many to draw each of them'}"
    spec = {
        "data": {"values": []},
        "vconcat": [_spec(panel, series, within) for panel in panels],
        "spacing": 18,
        "config": {"legend": {"orient": "bottom", "columns": 3, "columnPadding": 40, "symbolStrokeWidth": 1.6}},
    }
    return Chart(name, title, " ".join(map(_in_words, panels)), spec)


def _panels(experiment: Experiment, limits: Sequence[Limit], room: int) -> Iterator[_Panel]:
    drills = sorted((*experiment.drills, *experiment.incidents), key=lambda drill: (drill.started_at, drill.drill_id))
    for measure in MEASURES:
        points = points_of(drills, measure)
        if points:
            own = tuple(limit for limit in limits if limit.measure == measure.value)
            title = MEASURE_WORDS[measure].capitalize()
            yield _Panel(title, points, thinned(points, room), own, is_ratio=False)
    ratios = ratio_points_of(drills) if experiment.was_unfelt else []
    if ratios:
        yield _Panel("Good purchases while the fault was on", ratios, thinned(ratios, room), (), is_ratio=True)


def _series(point: Point) -> str:
    if point.is_incident:
        return "incident: at least" if point.censored else "incident"
    if point.censored:
        return "unknown: at least" if point.announced is None else f"{_NAMES[point.announced]}: at least"
    return _NAMES[point.announced]


def _time_domain(points: Sequence[Point]) -> list[str]:
    first, last = min(point.at for point in points), max(point.at for point in points)
    margin = max((last - first) * 0.03, timedelta(minutes=30))
    return [instant_text(first - margin), instant_text(last + margin)]


def _spec(panel: _Panel, series: list[str], within: list[str]) -> dict[str, Any]:
    time = {
        "field": "at",
        "type": "temporal",
        "title": None,
        "scale": {"type": "utc", "domain": within, "nice": False},
        "axis": {"grid": False, "labelFlush": True, "labelOverlap": True, "tickCount": 5, "format": panel.time_format},
    }
    axis, scale = _value_axis(panel)
    value = {"field": "value", "type": "quantitative", "title": None, "scale": scale, "axis": axis}
    layers: list[dict[str, Any]] = []
    for limit in panel.limits:
        layers += _limit_layers(limit, value)
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


def _value_axis(panel: _Panel) -> tuple[dict[str, Any], dict[str, Any]]:
    if panel.is_ratio:
        least = min(point.value for point in panel.drawn)
        low = 0.0 if least < 0.9 else 0.9
        return {"format": ".3~%", "tickCount": 5}, {"domain": [low, 1], "nice": False}
    ends = [end for point in panel.drawn for end in (point.value, point.earliest, point.latest)]
    scale, ticks = duration_axis([*ends, *(limit.limit_s for limit in panel.limits)])
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


def _limit_layers(limit: Limit, value: dict[str, Any]) -> list[dict[str, Any]]:
    data = {"values": [{"value": limit.limit_s, "label": f"claimed: at most {limit_words(limit.limit_s)}"}]}
    line = {"type": "rule", "color": Colour.BUDGET, "strokeDash": [5, 4], "strokeWidth": 1.4}
    text = {"type": "text", "color": Colour.BUDGET, "align": "right", "dx": -4, "dy": -6}
    return [
        {"data": data, "mark": line, "encoding": {"y": value}},
        {
            "data": data,
            "mark": text,
            "encoding": {"x": {"value": WIDTH}, "y": value, "text": {"field": "label"}},
        },
    ]


def _row(point: Point) -> dict[str, Any]:
    return {"at": instant_text(point.at), "value": round(point.value, 4), "series": _series(point)}


def _span_row(point: Point) -> dict[str, Any]:
    return {"at": instant_text(point.at), "earliest": round(point.earliest, 4), "latest": round(point.latest, 4)}


def _is_span_visible(point: Point) -> bool:
    return not point.censored and point.latest - point.earliest > _VISIBLE_RATIO * point.value


def _in_words(panel: _Panel) -> str:
    """Return what a panel shows, for those who can't see it."""
    points = panel.points
    days = sorted({day_of(point.at) for point in points})
    when = f"on {days[0]}" if len(days) == 1 else f"from {days[0]} to {days[-1]}"
    told = [f"{panel.title}, {counted(len(points), 'point')} {when}"]
    seen = [point.value for point in points if not point.censored]
    if seen:
        show = share if panel.is_ratio else duration
        least, greatest = show(min(seen)), show(max(seen))
        told.append(f"all {least}" if least == greatest else f"between {least} and {greatest}")
    bounds = [point.value for point in points if point.censored]
    if bounds:
        told.append(f"{len(bounds)} {_never(panel)}, for {at_least(min(bounds))}")
    incidents = sum(point.is_incident for point in points)
    if incidents:
        told.append(f"{counted(incidents, 'incident')} among them")
    told += [f"claimed: at most {limit_words(limit.limit_s)}" for limit in panel.limits]
    if len(panel.drawn) < len(points):
        told.append(
            f"{len(panel.drawn)} of the {len(points)} are drawn: lower bounds evenly over time, and of each run in "
            "time the least of the others, the middle one and the greatest"
        )
    return f"{'; '.join(told)}."


def _never(panel: _Panel) -> str:
    words = {MEASURE_WORDS[measure].capitalize(): NEVER_WORDS[measure] for measure in MEASURES}
    return words.get(panel.title, "lower bounds")
