"""Where the time to detect went: its parts for machines, as rows for Markdown, and what would have halved it."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any

from chaos_pizza.model.detection import PartName, Sight, WaterfallPart
from chaos_pizza.report.phrasing import duration, span

Row = tuple[str, ...]
_GRAIN = Decimal("0.001")
_SETTINGS = {
    PartName.SCRAPE: "a shorter scrape interval",
    PartName.WINDOW: "a lower threshold or a shorter window",
    PartName.EVALUATION: "a shorter evaluation interval",
    PartName.FOR: "a shorter `for`",
    PartName.GROUP_WAIT: "a shorter group wait",
}
_TRY = "`chaos-pizza backtest` tries other rules against this drill and all others."
SIGHTS = {
    Sight.FIRED: "fired",
    Sight.MOVED: "moved, but did not fire",
    Sight.BLIND: "**blind** to this fault: its figures did not move",
    Sight.UNKNOWN: "did not fire; its figures were not read",
}


def waterfall_entries(parts: Sequence[WaterfallPart]) -> list[dict[str, Any]]:
    """Return the parts as mappings fit for JSON, seconds with 3 decimals.

    The rounded seconds still add up: each is the difference of two rounded instants. Bounds are rounded outwards.
    """
    entries, begin = [], 0.0
    for part in parts:
        end = begin + part.took.value
        since_s, until_s = _rounded(begin, ROUND_HALF_EVEN), _rounded(end, ROUND_HALF_EVEN)
        entries.append(
            {
                "part": part.name.value,
                "from_s": float(since_s),
                "seconds": float(until_s - since_s),
                "earliest_s": float(min(_rounded(part.took.earliest, ROUND_FLOOR), until_s - since_s)),
                "latest_s": float(max(_rounded(part.took.latest or 0.0, ROUND_CEILING), until_s - since_s)),
                "basis": "measured" if part.measured else "computed",
                "tunable": part.name.is_tunable,
                "within_ttd": part.within_ttd,
            }
        )
        begin = end
    return entries


def waterfall_rows(parts: Sequence[WaterfallPart]) -> list[Row]:
    """Return part, length, how it is known and what makes it shorter, for every part; empty for none."""
    return [
        (
            _label(part),
            span(part.took),
            ("measured" if part.measured else "computed") + ("" if part.within_ttd else ", after the detection"),
            _SETTINGS.get(part.name, "-"),
        )
        for part in parts
    ]


def _label(part: WaterfallPart) -> str:
    """Return a part's name; of a delay that is computed also until when, for it is not the measure of that name."""
    is_inferred = part.name is PartName.IMPACT_DELAY and not part.measured
    return part.name.value.replace("_", " ") + (", until the figures could move" if is_inferred else "")


def describe_halving(parts: Sequence[WaterfallPart]) -> list[str]:
    """Return whether settings of the alerting would have halved the time to detect, and which; empty without parts."""
    within = [part for part in parts if part.within_ttd]
    ttd_s = sum(part.took.value for part in within)
    tunable = sorted((part for part in within if part.name.is_tunable), key=lambda part: -part.took.value)
    tunable_s = sum(part.took.value for part in tunable)
    if not within or ttd_s <= 0:
        return []
    known = "" if all(part.measured for part in tunable) else "about "
    split = (
        f"Of the {duration(ttd_s)}, {known}{duration(tunable_s)} belong to settings of the alerting, and "
        f"{known}{duration(ttd_s - tunable_s)} do not."
    )
    if tunable_s < ttd_s / 2:
        return [split, "So no setting of the alerting would have halved it.", _TRY]
    enough = list(_enough(tunable, ttd_s / 2))
    settings = _listed([f"{_SETTINGS[part.name]} (up to {duration(part.took.value)})" for part in enough])
    # A length that was computed may be luck: what may be less than it looks may also not have been enough.
    would = "would" if all(part.measured for part in enough) else "might"
    return [split, f"{settings} {would} have halved it, as far as these parts tell.", _TRY]


def _enough(tunable: Sequence[WaterfallPart], wanted_s: float) -> Iterator[WaterfallPart]:
    """Yield the parts to make shorter, the longest first, until it is enough."""
    saved_s = 0.0
    for part in tunable:
        yield part
        saved_s += part.took.value
        if saved_s >= wanted_s:
            return


def _listed(texts: Sequence[str]) -> str:
    text = f"{', '.join(texts[:-1])} and {texts[-1]}" if len(texts) > 1 else texts[0]
    return text[0].upper() + text[1:]


def _rounded(seconds: float, rounding: str) -> Decimal:
    return Decimal(str(seconds)).quantize(_GRAIN, rounding)
