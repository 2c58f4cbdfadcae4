"""Charts are drawn as pictures that stand by themselves: the same each time, readable in the dark, without a script."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from chaos_pizza.charting import draw
from chaos_pizza.report.chart import Chart
from chaos_pizza.report.palette import DARK, LIGHT, Colour

SVG = "{http://www.w3.org/2000/svg}"
BARS = {
    "data": {"values": [{"who": "ann", "count": 3}, {"who": "bob", "count": 1.23456}]},
    "mark": {"type": "bar", "color": Colour.GOOD},
    "encoding": {
        "x": {"field": "count", "type": "quantitative", "title": "how many"},
        "y": {"field": "who", "type": "nominal", "title": None},
    },
}
CHART = Chart("bars", "Who had how many", "ann had 3, bob 1.23", BARS)


def drawn(chart=CHART):
    return ET.fromstring(draw(chart))


def texts(root):
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def test_a_chart_is_a_picture_with_its_texts():
    root = drawn()
    assert root.tag == f"{SVG}svg"
    assert float(root.get("width")) > 100
    assert {"ann", "bob", "how many"} <= set(texts(root))
    assert draw(CHART).endswith("</svg>\n")


def test_a_screen_reader_is_told_title_and_alternative_of_one_image():
    root = drawn()
    assert root.get("role") == "img"
    named = {element.get("id"): element.text for element in root.iter() if element.get("id")}
    assert [named[name] for name in root.get("aria-labelledby").split()] == [CHART.title, CHART.alternative]
    assert [element.tag for element in root.iter() if element is not root and element.get("role")] == []


def test_ids_are_made_of_the_chart_s_name():
    other = drawn(Chart("other", "t", "a", BARS))
    assert {element.get("id") for element in other.iter() if element.get("id")}.isdisjoint(
        element.get("id") for element in drawn().iter() if element.get("id")
    )


def test_a_picture_has_nothing_that_runs_or_loads():
    svg = draw(CHART)
    root = ET.fromstring(svg)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "title", "desc", "style", "rect", "g", "path", "line", "text"),
    }
    for element in root.iter():
        assert not [name for name in element.attrib if name.startswith("on") or "href" in name or name == "style"]
    assert "url(" not in svg
    assert "http" not in svg.replace("http://www.w3.org/", "")


def test_every_colour_is_one_of_the_palette_s_and_has_a_dark_look():
    root = drawn()
    style = next(root.iter(f"{SVG}style")).text
    used = {element.get(name) for element in root.iter() for name in ("fill", "stroke")} - {None, "none"}
    assert used <= set(LIGHT.values())
    assert LIGHT[Colour.GOOD] in used
    for code in used:
        colour = next(name for name, light in LIGHT.items() if light == code)
        assert f'[fill="{code}"]{{fill:{DARK[colour]}}}' in style
    assert style.startswith("@media screen and (prefers-color-scheme:dark){")


def test_the_same_chart_is_the_same_picture_in_another_process():
    """Byte by byte: a report's pictures change only where the drill does."""
    code = (
        "import sys; sys.path.insert(0, 'tests'); import test_charting; "
        "sys.stdout.write(test_charting.draw(test_charting.CHART))"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300)
    assert other.stdout == draw(CHART) == draw(CHART)


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", "]]>&lt;", "a\x1b[31mb", "\u202eevil", "**md** `x`", "\x00", "\ud800", '" onload="x'],
)
def test_hostile_texts_are_texts(hostile):
    spec = {**BARS, "data": {"values": [{"who": hostile, "count": 1}]}}
    svg = draw(Chart("x", hostile, hostile, spec))
    root = ET.fromstring(svg)
    assert not list(root.iter(f"{SVG}script"))
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\ud800-\udfff]", svg)
    if hostile.startswith("<"):
        assert hostile in texts(root)
        assert next(root.iter(f"{SVG}title")).text == hostile


def test_a_specification_that_loads_something_loads_nothing():
    spec = {**BARS, "data": {"url": "http://127.0.0.1:9/x.json"}}
    with pytest.raises(ValueError, match="url not allowed"):
        draw(Chart("x", "t", "a", spec))


def test_a_specification_is_left_as_it_was():
    before = repr(BARS)
    draw(CHART)
    assert repr(BARS) == before


def test_numbers_of_pixels_are_short():
    assert not re.search(r'"[^"<>]*\d\.\d{3,}[^"<>]*"', draw(CHART))
