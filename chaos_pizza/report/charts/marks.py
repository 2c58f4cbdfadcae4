"""The instants of a drill as marks on a picture over time, their labels above it, none upon another."""

from dataclasses import dataclass, replace

from chaos_pizza.model.result import Instant, InstantName, Timeline
from chaos_pizza.report.charts.axis import PX_PER_CHAR, Rows, Spec, TimeAxis
from chaos_pizza.report.palette import Colour
from chaos_pizza.report.phrasing import EXACT_ENOUGH, bounds, clock_time
from chaos_pizza.report.standing import told_instants

LANE_PX = 17
_NAMES = {
    InstantName.FAULT_START: "fault starts",
    InstantName.FIRST_IMPACT: "first failed purchase",
    InstantName.ALERT_PENDING: "alert pending",
    InstantName.ALERT_FIRING: "alert fires",
    InstantName.NOTIFIED: "notification arrives",
    InstantName.NOTICED: "a person notices",
    InstantName.ACKNOWLEDGED: "acknowledged",
    InstantName.DIAGNOSED: "cause known",
    InstantName.MITIGATION_CLAIMED: "said to be cured",
    InstantName.MITIGATED: "fault ends",
    InstantName.RECOVERED: "recovered",
}
_SPACE_PX = 5
_GAP_PX = 4
"""The space between two panels."""
_LEAST_WIDTH_PX = 360


@dataclass(frozen=True, slots=True)
class Mark:
    """An instant on a picture: its middle and its bounds in seconds since the drill's beginning, label, and lane.

    The lanes above the picture count from 0, the lowest.
    """

    name: InstantName
    at_s: float
    earliest_s: float
    latest_s: float
    label: str
    lane: int = 0


def marks_of(timeline: Timeline, axis: TimeAxis) -> tuple[Mark, ...]:
    """Return the known instants that lie in the axis's window, in their order, each with a lane for its label."""
    start = timeline.instants.get(InstantName.FAULT_START)
    marks = [
        Mark(
            name,
            axis.second(instant.when.midpoint),
            axis.second(instant.when.earliest),
            axis.second(instant.when.latest),
            f"{_NAMES[name]} {_when(instant, None if name is InstantName.FAULT_START else start)}",
        )
        for name in told_instants(timeline)
        if (instant := timeline.instants[name])
    ]
    order = list(InstantName)
    within = [mark for mark in marks if axis.window.from_s <= mark.at_s <= axis.window.until_s]
    return _in_lanes(sorted(within, key=lambda mark: (mark.at_s, order.index(mark.name))), axis)


def fitted(axis: TimeAxis, timeline: Timeline) -> TimeAxis:
    """Return the axis made so much narrower that the last labels, which stand right of their marks, have room."""
    widest = axis.width_px
    for mark in marks_of(timeline, axis):
        part = axis.px(mark.at_s) / axis.width_px
        if part > 0:
            widest = min(widest, int((axis.width_px - _width_px(mark)) / part))
    return replace(axis, width_px=max(_LEAST_WIDTH_PX, widest))


def label_panel(axis: TimeAxis, marks: tuple[Mark, ...]) -> Spec:
    """Return the panel above a picture with the labels, each joined to its mark's line."""
    height_px = LANE_PX * (1 + max((mark.lane for mark in marks), default=0))
    rows = [
        {
            "at": axis.ms(mark.at_s),
            "label": mark.label,
            "y": height_px - LANE_PX * (mark.lane + 1) + 2,
            "foot": height_px + _GAP_PX,
        }
        for mark in marks
    ]
    place = {"field": "y", "type": "quantitative", "scale": {"domain": [height_px, 0], "nice": False}, "axis": None}
    return {
        "height": height_px,
        "width": axis.width_px,
        "data": {"values": rows},
        "encoding": {"x": axis.encoding(), "y": place},
        "layer": [
            {"mark": {"type": "rule", "color": Colour.INSTANT}, "encoding": {"y2": {"field": "foot"}}},
            {
                "mark": {"type": "text", "align": "left", "baseline": "top", "dx": _SPACE_PX, "color": Colour.INK},
                "encoding": {"text": {"field": "label"}},
            },
            # Nothing to be seen: keeps room for the labels in whatever font they are shown.
            {"mark": {"type": "rule", "opacity": 0}, "encoding": {"x": {"value": _end_px(axis, marks)}}},
        ],
    }


def mark_layers(axis: TimeAxis, marks: tuple[Mark, ...], height_px: int) -> list[Spec]:
    """Return the layers that mark each instant over a panel's whole height, and shade what it is known to lie in."""
    wide = [mark for mark in marks if axis.px(mark.latest_s) - axis.px(mark.earliest_s) > 1]
    spans: Rows = [{"at": axis.ms(mark.earliest_s), "until": axis.ms(mark.latest_s)} for mark in wide]
    lines: Rows = [{"at": axis.ms(mark.at_s)} for mark in marks]
    whole = {"y": {"value": 0}, "y2": {"value": height_px}}
    layers: list[Spec] = []
    if spans:
        encoding = {"x": axis.encoding(), "x2": {"field": "until"}, **whole}
        mark = {"type": "rect", "color": Colour.INSTANT, "opacity": 0.22}
        layers.append({"data": {"values": spans}, "mark": mark, "encoding": encoding})
    if lines:
        rule = {"type": "rule", "color": Colour.INSTANT, "strokeDash": [3, 2]}
        layers.append({"data": {"values": lines}, "mark": rule, "encoding": {"x": axis.encoding(), **whole}})
    return layers


def _in_lanes(marks: list[Mark], axis: TimeAxis) -> tuple[Mark, ...]:
    """Return the marks, each in the lowest lane in which its label meets neither another's label nor its line.

    A line goes down from its label. So an earlier label that reaches beyond a later line has to stand higher.
    """
    placed: list[Mark] = []
    for mark in reversed(marks):
        end_px = axis.px(mark.at_s) + _width_px(mark)
        below = [later.lane for later in placed if axis.px(later.at_s) < end_px]
        placed.append(replace(mark, lane=max(below) + 1 if below else 0))
    return tuple(reversed(placed))


def _end_px(axis: TimeAxis, marks: tuple[Mark, ...]) -> int:
    """Return how far right the labels reach."""
    return int(max(axis.px(mark.at_s) + _width_px(mark) for mark in marks))


def _width_px(mark: Mark) -> float:
    return len(mark.label) * PX_PER_CHAR + 2 * _SPACE_PX


def _when(instant: Instant, start: Instant | None) -> str:
    """Return the time since the fault's start, no more exact than it is known; the time of day without a start."""
    if start is None:
        return clock_time(instant.when.midpoint)
    least = (instant.when.earliest - start.when.latest).total_seconds()
    most = (instant.when.latest - start.when.earliest).total_seconds()
    if most - least <= 2 * EXACT_ENOUGH.total_seconds():
        least = most = (least + most) / 2
    if most >= 0:  # what comes of the fault does not come before it
        least = max(least, 0.0)
    text = bounds(least, most)
    return text if text.startswith("-") else f"+{text}"
