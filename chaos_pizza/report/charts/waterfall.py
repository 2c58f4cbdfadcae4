"""Where the time to detect went: its parts in their order, one below the other."""

from collections.abc import Sequence

from chaos_pizza.model.detection import WaterfallPart
from chaos_pizza.report.chart import Chart
from chaos_pizza.report.charts.axis import PX_PER_CHAR, Rows, Spec
from chaos_pizza.report.palette import Colour
from chaos_pizza.report.phrasing import duration, span

NAME = "waterfall"
_ROW_PX, _BAR_PX, _WIDTH_PX = 26, 14, 560
_TUNABLE, _FIXED, _AFTER = "a setting of the alerting", "no setting of the alerting", "after the detection"
_COLOURS = {_TUNABLE: Colour.GOOD, _FIXED: Colour.FAILED, _AFTER: Colour.REJECTED}


def waterfall_chart(parts: Sequence[WaterfallPart]) -> Chart | None:
    """Return the picture of the parts of the time until somebody knew; `None` where there are none or took no time."""
    whole_s = sum(part.took.value for part in parts)
    if whole_s <= 0:
        return None
    rows = _rows(parts)
    longest = max(len(row["label"]) for row in rows)
    width_px = _WIDTH_PX - int(longest * PX_PER_CHAR)
    extent_px = int(max(len(row["part"]) for row in rows) * PX_PER_CHAR)
    present = [kind for kind in _COLOURS if any(row["kind"] == kind for row in rows)]
    spec = {
        "width": width_px,
        "height": {"step": _ROW_PX},
        "data": {"values": rows},
        "layer": [
            *_detection(parts, len(rows)),
            *_bars([row["part"] for row in rows], present),
            *_labels(whole_s, width_px),
        ],
        "padding": {"left": 10, "top": 8, "right": 60, "bottom": 8},
        "config": {
            "axisY": {
                "domain": False,
                "ticks": False,
                "labelColor": Colour.INK,
                "labelPadding": 6,
                "minExtent": extent_px,
            }
        },
    }
    return Chart(NAME, "Where the time to detect went", _alternative(parts), spec)


def _rows(parts: Sequence[WaterfallPart]) -> Rows:
    rows, begin_s = [], 0.0
    for part in parts:
        end_s = begin_s + part.took.value
        kind = _AFTER if not part.within_ttd else _TUNABLE if part.name.is_tunable else _FIXED
        rows.append(
            {
                "part": part.name.value.replace("_", " "),
                "from_s": round(begin_s, 4),
                "until_s": round(end_s, 4),
                "earliest_s": round(begin_s + part.took.earliest, 4),
                "latest_s": round(begin_s + (part.took.latest or part.took.value), 4),
                "kind": kind,
                "basis": "measured" if part.measured else "computed",
                "label": f"{span(part.took)}, {'measured' if part.measured else 'computed'}",
            }
        )
        begin_s = end_s
    return rows


def _bars(order: Sequence[str], present: Sequence[str]) -> list[Spec]:
    y = {"field": "part", "type": "nominal", "scale": {"domain": list(order)}, "title": None}
    x = {"field": "from_s", "type": "quantitative", "title": "seconds since the fault began", "axis": {"tickCount": 7}}
    legend = {
        "title": None,
        "orient": "top",
        "direction": "horizontal",
        "symbolType": "square",
        "labelLimit": 0,
        "columnPadding": 50,
        "offset": 22,
        "symbolOpacity": 1,
    }
    scale = {"domain": list(present), "range": [_COLOURS[kind] for kind in present]}
    colour = {"field": "kind", "type": "nominal", "scale": scale, "legend": legend}
    place = {"x": x, "x2": {"field": "until_s"}, "y": y}
    wide = "datum.latest_s - datum.earliest_s > 0"
    return [
        {
            "transform": [{"filter": "datum.basis === 'measured'"}],
            "mark": {"type": "bar", "height": _BAR_PX},
            "encoding": {**place, "color": colour},
        },
        {
            "transform": [{"filter": "datum.basis === 'computed'"}],
            "mark": {"type": "bar", "height": _BAR_PX, "fillOpacity": 0.25, "strokeDash": [3, 2], "strokeWidth": 1.5},
            "encoding": {**place, "color": colour, "stroke": {**colour, "legend": None}},
        },
        # A part that took no time is there too.
        {"mark": {"type": "tick", "size": _BAR_PX, "thickness": 2}, "encoding": {"x": x, "y": y, "color": colour}},
        {
            "transform": [{"filter": wide}],
            "mark": {"type": "rule", "color": Colour.INK},
            "encoding": {**place, "x": {**x, "field": "earliest_s"}, "x2": {"field": "latest_s"}},
        },
    ]


def _labels(whole_s: float, width_px: int) -> list[Spec]:
    """Return the column right of the bars: how long each part took, and how that is known."""
    return [
        {
            "mark": {"type": "text", "align": "left", "color": Colour.INK},
            "encoding": {
                "x": {"value": width_px + 12},
                "y": {"field": "part"},
                "text": {"field": "label"},
            },
        },
        {  # sets how far the axis reaches
            "data": {"values": [{"end_s": 0}, {"end_s": whole_s}]},
            "mark": {"type": "rule", "opacity": 0},
            "encoding": {"x": {"field": "end_s", "type": "quantitative", "scale": {"nice": False}}},
        },
    ]


def _detection(parts: Sequence[WaterfallPart], rows: int) -> list[Spec]:
    """Return the line at which somebody knew, where something came after it."""
    ttd_s = sum(part.took.value for part in parts if part.within_ttd)
    if all(part.within_ttd for part in parts):
        return []
    data = {"values": [{"ttd_s": ttd_s, "text": f"detected after {duration(ttd_s)}"}]}
    x = {"field": "ttd_s", "type": "quantitative"}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "color": Colour.INSTANT, "strokeDash": [3, 2]},
            "encoding": {"x": x, "y": {"value": 0}, "y2": {"value": rows * _ROW_PX}},
        },
        {
            "data": data,
            "mark": {"type": "text", "align": "left", "baseline": "bottom", "dx": -4, "dy": -3},
            "encoding": {"x": x, "y": {"value": 0}, "text": {"field": "text"}},
        },
    ]


def _alternative(parts: Sequence[WaterfallPart]) -> str:
    told = []
    for part in parts:
        basis = "measured" if part.measured else "computed"
        can = "a setting makes it shorter" if part.name.is_tunable else "no setting makes it shorter"
        when = "" if part.within_ttd else ", after the detection"
        told.append(f"{part.name.value.replace('_', ' ')} {span(part.took)} ({basis}, {can}{when})")
    return "The parts in their order: " + "; ".join(told) + "."
