"""The one place that draws: a chart's specification becomes a picture that stands by itself.

Vega-Lite draws, by way of vl-convert: no browser and no network takes part, and the same chart gives the same picture.
"""

import copy
import json
import re
import sys
import unicodedata
import xml.etree.ElementTree as ET
from typing import Any

from chaos_pizza.report.chart import Chart
from chaos_pizza.report.escape import one_line
from chaos_pizza.report.palette import LIGHT, Colour, picture_css

VEGA_LITE = "5.21"
"""The version whose language the specifications are in."""
FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"
"""Three fonts whose letters are equally wide, one of them on most machines; texts have room for a wider one."""
MAX_ALTERNATIVE_CHARS = 2000

_SVG = "http://www.w3.org/2000/svg"
# What says nothing, or speaks of the parts of a picture to those who are told of the whole.
_NEEDLESS = ("role", "aria-roledescription", "aria-label", "aria-hidden", "pointer-events", "class", "font-family")
_FRACTION = re.compile(r"-?\d+\.\d{3,}(?!\d|e)")
# Vega counts these through all that one process draws, which would make the same picture another one.
_CLIP = re.compile(r'"(?:url\(#)?clip(\d+)\)?"')
_NO_AREA = re.compile(r"(M0,0h0v0h0Z)?")
_CONFIG = {
    "aria": False,
    "background": Colour.SURFACE,
    "font": FONT,
    "padding": {"left": 10, "top": 8, "right": 24, "bottom": 8},
    "view": {"stroke": None},
    "axis": {
        "domainColor": Colour.MUTED,
        "tickColor": Colour.MUTED,
        "gridColor": Colour.GRID,
        "labelColor": Colour.MUTED,
        "titleColor": Colour.MUTED,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 400,
        "titleLimit": 600,
    },
    "legend": {"labelColor": Colour.INK, "titleColor": Colour.MUTED, "labelFontSize": 12, "labelLimit": 400},
    "header": {"labelColor": Colour.INK, "titleColor": Colour.MUTED, "labelFontSize": 12, "labelLimit": 400},
    "text": {"color": Colour.INK, "fontSize": 12, "limit": 0},
    "title": {"color": Colour.INK, "subtitleColor": Colour.MUTED, "anchor": "start", "fontSize": 13, "limit": 0},
}


def draw(chart: Chart) -> str:
    """Return a chart as the text of an SVG file: self-contained, of one line, without a script.

    It has the light colours and follows the reader's screen into dark ones. It is one image to a screen reader, which
    reads the chart's title and alternative; the ids for that are made of the chart's name. Takes half a second and
    100 MB the first time. Raises `ValueError` where Vega-Lite can't draw the specification.
    """
    import vl_convert  # noqa: PLC0415 - slow, and only reports draw

    spec = _prepared({**chart.spec, "config": _merged(_CONFIG, chart.spec.get("config", {}))})
    text = json.dumps(spec, allow_nan=False)
    svg: str = vl_convert.vegalite_to_svg(text, vl_version=VEGA_LITE, allowed_base_urls=[])
    return _finished(svg, chart)


def _merged(base: dict[str, Any], wishes: dict[str, Any]) -> dict[str, Any]:
    merged = copy.deepcopy(base)
    for key, wish in wishes.items():
        both = isinstance(wish, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merged(merged[key], wish) if both else wish
    return merged


def _prepared(part: Any) -> Any:
    """Return a part of a specification with the names of colours replaced by the light ones, and only visible texts.

    A half of a surrogate pair, which a text from outside may hold, would end the whole process.
    """
    if isinstance(part, dict):
        return {key: _prepared(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_prepared(value) for value in part]
    if isinstance(part, str):
        return LIGHT[Colour(part)] if part in LIGHT else _visible(part)
    return part


def _visible(text: str) -> str:
    return "".join(" " if unicodedata.category(char)[0] == "C" else char for char in text)


def _finished(svg: str, chart: Chart) -> str:
    """Give a picture its title, its alternative and its theme, and take from it what nobody needs."""
    ET.register_namespace("", _SVG)
    root = ET.fromstring(svg)  # noqa: S314 - Vega-Lite has just written it
    _strip(root)
    title_id, alternative_id = f"chart-{chart.name}-title", f"chart-{chart.name}-alternative"
    root.attrib = {
        "class": "chart",
        **{name: root.attrib[name] for name in ("width", "height", "viewBox")},
        "font-family": FONT,
        "role": "img",
        "aria-labelledby": f"{title_id} {alternative_id}",
    }
    used = [name for name, code in LIGHT.items() if f'"{code}"' in svg]
    head: tuple[tuple[str, dict[str, str], str], ...] = (
        ("title", {"id": title_id}, one_line(chart.title, MAX_ALTERNATIVE_CHARS)),
        ("desc", {"id": alternative_id}, one_line(chart.alternative, MAX_ALTERNATIVE_CHARS)),
        ("style", {}, picture_css(used)),
    )
    for place, (tag, attributes, text) in enumerate(head):
        element = ET.Element(f"{{{_SVG}}}{tag}", attributes)
        element.text = text
        root.insert(place, element)
    return _with_own_clips(ET.tostring(root, encoding="unicode"), chart.name) + "\n"


def _with_own_clips(svg: str, name: str) -> str:
    """Return a picture whose clip paths are called by its name and counted from 1."""
    numbers = {number: place for place, number in enumerate(dict.fromkeys(_CLIP.findall(svg)), 1)}
    for old, new in ((f'"clip{number}"', f'"chart-{name}-clip-{place}"') for number, place in numbers.items()):
        svg = svg.replace(f"id={old}", f"id={new}").replace(f"url(#{old[1:-1]})", f"url(#{new[1:-1]})")
    return svg


def _shortened(found: re.Match[str]) -> str:
    """Return a number within an attribute with two decimals: a hundredth of a pixel is seen by nobody."""
    return f"{float(found.group()):.2f}".rstrip("0").rstrip(".")


def _strip(parent: ET.Element) -> None:
    for child in list(parent):
        is_empty = child.tag == f"{{{_SVG}}}path" and _NO_AREA.fullmatch(child.get("d", ""))
        if is_empty or child.get("display") == "none":
            parent.remove(child)
            continue
        for name in _NEEDLESS:
            child.attrib.pop(name, None)
        if child.get("opacity") == "1":
            del child.attrib["opacity"]
        child.attrib.update({name: _FRACTION.sub(_shortened, value) for name, value in child.attrib.items()})
        _strip(child)


def get_ready() -> None:
    """Draw twice what nobody sees, with all that a report's pictures have: what draws gets quicker by what it drew."""
    values = [{"at": 500 * n, "until": 500 * n + 500, "y": 0.5, "z": 2, "c": f"{n}"} for n in range(12)]
    panels = [{"width": 200, "layer": layers} for layers in _practice()]
    for _ in range(2):
        draw(Chart("ready", "", "", {"data": {"values": values}, "vconcat": panels}))


def _practice() -> list[list[dict[str, Any]]]:
    """Return layers for some panels, with the marks, scales, axes, filters and legends of a report's pictures."""
    at, until = {"field": "at", "type": "temporal", "scale": {"type": "utc"}}, {"field": "until"}
    titled = {"axis": {"title": ["UTC", "A step"], "format": "%H:%M:%S", "values": [0, 500], "grid": False}}
    number: dict[str, Any] = {"field": "y", "type": "quantitative"}
    label = "datum.value < 1 ? format(datum.value * 1000, '~r') + ' ms' : format(datum.value, '~r') + ' s'"
    log = number | {"scale": {"type": "log"}, "axis": {"labelExpr": label}}
    linear = number | {"scale": {"domain": [0, 3], "nice": False}, "axis": {"format": ".0%"}}
    kind = {"field": "c", "type": "nominal", "legend": {"orient": "top", "direction": "horizontal"}}
    high, few = {"field": "z"}, [{"filter": "datum.y !== null && datum.y < datum.z"}]
    step = {"type": "line", "interpolate": "step-after", "strokeWidth": 1.8, "clip": True}
    rule, bar = {"type": "rule", "strokeDash": [3, 2]}, {"type": "bar", "height": 14}
    text = {"type": "text", "align": "left", "baseline": "top", "dx": 5}
    return [
        [
            {"mark": "rect", "encoding": {"x": at, "x2": until, "y": log, "y2": high}},
            {"mark": step, "encoding": {"x": at | titled, "y": log, "detail": {"field": "c", "type": "nominal"}}},
            {"mark": rule, "encoding": {"x": at, "y": {"value": 0}, "y2": {"value": 50}}, "transform": few},
            {"mark": text, "encoding": {"x": at, "y": {"value": 4}, "text": {"field": "c"}}},
        ],
        [
            {"mark": step, "encoding": {"x": at, "y": linear}},
            {"mark": "area", "encoding": {"x": at, "y": linear, "y2": high}},
            {"mark": "rule", "encoding": {"x": at, "x2": until, "y": linear}},
        ],
        [
            {"mark": bar, "encoding": {"x": linear, "x2": high, "y": kind, "color": kind}, "transform": few},
            {"mark": {"type": "tick", "size": 14}, "encoding": {"x": linear, "y": kind}},
        ],
    ]


def main() -> None:
    """Read charts from stdin as JSON, and write their pictures to stdout, by the names of their files."""
    if sys.argv[1:] == ["--get-ready"]:
        get_ready()
    charts = [Chart(**mapping) for mapping in json.load(sys.stdin)]
    json.dump({f"{chart.name}.svg": draw(chart) for chart in charts}, sys.stdout)


if __name__ == "__main__":
    main()
