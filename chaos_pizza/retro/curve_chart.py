"""The picture of what is left waiting: the estimate of Kaplan and Meier as steps, with its band."""

from collections.abc import Iterator, Sequence
from typing import Any

from chaos_pizza.report.chart import Chart
from chaos_pizza.report.palette import Colour
from chaos_pizza.report.phrasing import duration, share
from chaos_pizza.retro.axis import LABEL, duration_axis
from chaos_pizza.retro.experiments import MEASURES
from chaos_pizza.retro.figures import GroupFigures, MeasureFigures
from chaos_pizza.retro.points_chart import HEIGHT, WIDTH
from chaos_pizza.retro.survival import Step
from chaos_pizza.retro.wording import MEASURE_WORDS, NEVER_WORDS, announced_words, name_of

MOST_STEPS = 60
"""Of more steps every so many are drawn; the last always is."""
_LINES = {
    "announced": (Colour.SERIES_1, [1, 0]),
    "blind": (Colour.SERIES_2, [7, 4]),
    "announced or not is unknown": (Colour.SERIES_3, [2, 3]),
}
"""The colour and the dashes of each group's line."""


def curve_chart(experiment: str, groups: Sequence[GroupFigures], name: str) -> Chart | None:
    """Return the picture of an experiment's measures that have lower bounds; `None` where none has.

    `name` is the chart's.
    """
    panels = [panel for measure in MEASURES if (panel := _panel(measure.value, groups)) is not None]
    if not panels:
        return None
    told = [words for measure in MEASURES for words in _in_words(measure.value, groups)]
    title = (
        f"{name_of(experiment)}: which share was still waiting (estimate of Kaplan and Meier, with 95 % at each time)"
    )
    spec = {"vconcat": panels, "spacing": 18, "config": {"legend": {"orient": "bottom", "symbolSize": 300}}}
    return Chart(name, title, " ".join(told), spec)


def _curves(measure: str, groups: Sequence[GroupFigures]) -> Iterator[tuple[str, MeasureFigures]]:
    for group in groups:
        for figures in group.measures:
            if figures.name.value == measure and figures.curve:
                yield announced_words(group.group.announced), figures


def _panel(measure: str, groups: Sequence[GroupFigures]) -> dict[str, Any] | None:
    curves = list(_curves(measure, groups))
    if not curves:
        return None
    rows = [row for label, figures in curves for row in _rows(label, figures.curve)]
    last_s = max(row["after_s"] for row in rows)
    # An even scale from 0, whatever the times: a share is read off it from the left.
    _, ticks = duration_axis([last_s])
    time = {
        "field": "after_s",
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [0, last_s or 1], "nice": False},
        "axis": {"values": ticks, "labelExpr": LABEL, "grid": False, "labelFlush": True},
    }
    labels = [label for label, _ in curves]
    share_axis = {"values": [0, 0.5, 1], "format": ".0%", "grid": True}
    ratio = {"type": "quantitative", "title": None, "scale": {"domain": [0, 1]}, "axis": share_axis}
    colour = {"field": "group", "type": "nominal", "title": None, "scale": _scale(labels, 0)}
    dash = {"field": "group", "type": "nominal", "title": None, "scale": _scale(labels, 1)}
    words = next(MEASURE_WORDS[figures.name] for _, figures in curves)
    return {
        "title": f"{words.capitalize()}: still waiting after",
        "width": WIDTH,
        "height": HEIGHT,
        "layer": [
            {
                "data": {"values": [row for row in rows if row["low"] is not None and row["high"] is not None]},
                "mark": {"type": "area", "interpolate": "step-after", "opacity": 0.18},
                "encoding": {
                    "x": time,
                    "y": {**ratio, "field": "low"},
                    "y2": {"field": "high"},
                    "fill": {**colour, "legend": None},
                },
            },
            {
                "data": {"values": rows},
                "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 1.8},
                "encoding": {"x": time, "y": {**ratio, "field": "waiting"}, "stroke": colour, "strokeDash": dash},
            },
        ],
    }


def _scale(labels: Sequence[str], part: int) -> dict[str, Any]:
    return {"domain": list(labels), "range": [_LINES[label][part] for label in labels]}


def _rows(label: str, curve: Sequence[Step]) -> list[dict[str, Any]]:
    every = -(-len(curve) // MOST_STEPS)
    drawn = [*curve[:-1:every], curve[-1]]
    start = {"group": label, "after_s": 0.0, "waiting": 1.0, "low": None, "high": None}
    return [start, *(_row(label, step) for step in drawn)]


def _row(label: str, step: Step) -> dict[str, Any]:
    return {
        "group": label,
        "after_s": round(step.after_s, 4),
        "waiting": round(step.waiting_ratio, 5),
        "low": None if step.low_ratio is None else round(step.low_ratio, 5),
        "high": None if step.high_ratio is None else round(step.high_ratio, 5),
    }


def _in_words(measure: str, groups: Sequence[GroupFigures]) -> Iterator[str]:
    """Return what a panel shows of each group, for those who can't see it."""
    for label, figures in _curves(measure, groups):
        last = figures.curve[-1]
        band = (
            f" ({share(last.low_ratio)} to {share(last.high_ratio)})"
            if last.low_ratio is not None and last.high_ratio is not None
            else ""
        )
        words, censored = MEASURE_WORDS[figures.name].capitalize(), len(figures.durations.at_least_s)
        thinned = f" Of {len(figures.curve)} steps {MOST_STEPS} are drawn." if len(figures.curve) > MOST_STEPS else ""
        yield (
            f"{words}, {label}: of {figures.durations.count} drills {censored} {NEVER_WORDS[figures.name]}; by "
            f"{duration(last.after_s)} an estimated {share(last.waiting_ratio)}{band} were still waiting.{thinned}"
        )
