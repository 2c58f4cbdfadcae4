"""The colours of pages and charts: a name each, one look for light surfaces and one for dark ones.

The kinds of outcomes and the series are after the palette of Okabe and Ito ("Color Universal Design", 2008), which
people tell apart whatever colours they see; here they are darkened or lightened until a text in them has a contrast of
4.5 with its surface (WCAG 2.2, 1.4.3). No meaning is ever told by a colour alone.
"""

from collections.abc import Collection
from enum import StrEnum


class Colour(StrEnum):
    """A colour by what it is for. A chart's specification names these; `charting.draw` turns them into colours."""

    SURFACE = "colour-surface"
    """What a page or a picture stands on."""
    RAISED = "colour-raised"
    """What stands out from the surface: a card, a table's head."""
    INK = "colour-ink"
    """Texts."""
    MUTED = "colour-muted"
    """Texts that explain others, and axes."""
    GRID = "colour-grid"
    """Lines that guide the eye and mean nothing."""
    LINK = "colour-link"
    FAULT = "colour-fault"
    """The time that a fault was on, as an area behind everything else."""
    GAP = "colour-gap"
    """A time without any figure, as an area behind everything else."""
    INSTANT = "colour-instant"
    """The mark of an instant."""
    BUDGET = "colour-budget"
    """What was allowed."""
    GOOD = "colour-good"
    FAILED = "colour-failed"
    BAD_PIZZA = "colour-bad-pizza"
    LATE = "colour-late"
    TIMEOUT = "colour-timeout"
    UNREACHABLE = "colour-unreachable"
    REJECTED = "colour-rejected"
    PASSED = "colour-passed"
    """All is as it should be."""
    ALARM = "colour-alarm"
    """Something has to be done."""
    CAUTION = "colour-caution"
    """Something can't be relied on."""
    SERIES_1 = "colour-series-1"
    SERIES_2 = "colour-series-2"
    SERIES_3 = "colour-series-3"
    SERIES_4 = "colour-series-4"
    SERIES_5 = "colour-series-5"
    SERIES_6 = "colour-series-6"
    SERIES_7 = "colour-series-7"
    SERIES_8 = "colour-series-8"


# Every light one is there once: in a picture it is what a colour is known by.
LIGHT = {
    Colour.SURFACE: "#ffffff",
    Colour.RAISED: "#f3f5f7",
    Colour.INK: "#1b1f24",
    Colour.MUTED: "#565f6b",
    Colour.GRID: "#dfe3e8",
    Colour.LINK: "#0a58a8",
    Colour.FAULT: "#fde9dc",
    Colour.GAP: "#eceff2",
    Colour.INSTANT: "#3a424c",
    Colour.BUDGET: "#4b3f8f",
    Colour.GOOD: "#0069a6",
    Colour.FAILED: "#bd4b00",
    Colour.BAD_PIZZA: "#a3407c",
    Colour.LATE: "#8a6100",
    Colour.TIMEOUT: "#5a4fa2",
    Colour.UNREACHABLE: "#00735a",
    Colour.REJECTED: "#636b78",
    Colour.PASSED: "#006b51",
    Colour.ALARM: "#b3261e",
    Colour.CAUTION: "#805a00",
    Colour.SERIES_1: "#0068a5",
    Colour.SERIES_2: "#be4a00",
    Colour.SERIES_3: "#007259",
    Colour.SERIES_4: "#a23f7b",
    Colour.SERIES_5: "#896000",
    Colour.SERIES_6: "#594ea1",
    Colour.SERIES_7: "#9b2c2c",
    Colour.SERIES_8: "#3f4852",
}
DARK = {
    Colour.SURFACE: "#15191e",
    Colour.RAISED: "#1e242b",
    Colour.INK: "#e8ebef",
    Colour.MUTED: "#a9b3be",
    Colour.GRID: "#333b45",
    Colour.LINK: "#7cc0ff",
    Colour.FAULT: "#402a1f",
    Colour.GAP: "#262d35",
    Colour.INSTANT: "#c5ccd5",
    Colour.BUDGET: "#beb4f5",
    Colour.GOOD: "#56b4e9",
    Colour.FAILED: "#ff8f55",
    Colour.BAD_PIZZA: "#e59cc6",
    Colour.LATE: "#e6a61a",
    Colour.TIMEOUT: "#b3a8f0",
    Colour.UNREACHABLE: "#2fc79b",
    Colour.REJECTED: "#9ca6b2",
    Colour.PASSED: "#3ccfa4",
    Colour.ALARM: "#ff8a80",
    Colour.CAUTION: "#e8ab2e",
    Colour.SERIES_1: "#56b4e9",
    Colour.SERIES_2: "#ff8f55",
    Colour.SERIES_3: "#2fc79b",
    Colour.SERIES_4: "#e59cc6",
    Colour.SERIES_5: "#e6a61a",
    Colour.SERIES_6: "#b3a8f0",
    Colour.SERIES_7: "#f5a3a3",
    Colour.SERIES_8: "#c5ccd5",
}


def theme_css() -> str:
    """Return a page's style sheet of colours: each as a custom property, by what the reader's screen prefers.

    Paper is light. What `picture_css` says of the pictures is in it.
    """
    light, dark = (";".join(f"--{name}:{codes[name]}" for name in Colour) for codes in (LIGHT, DARK))
    return f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}{picture_css()}"


def picture_css(colours: Collection[Colour] = tuple(Colour)) -> str:
    """Return the style sheet that turns these colours of a picture into the dark ones on a dark screen.

    A picture has the light colours as attributes, for paper and for programs that know no such style sheets. Custom
    properties are not used here: some of those programs show black for them.
    """
    rules = "".join(
        f'[fill="{LIGHT[name]}"]{{fill:{DARK[name]}}}[stroke="{LIGHT[name]}"]{{stroke:{DARK[name]}}}'
        for name in colours
    )
    return f"@media screen and (prefers-color-scheme:dark){{{rules}}}"
