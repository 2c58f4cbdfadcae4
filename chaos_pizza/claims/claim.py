"""A claim: what a drill must show before an action item counts as done."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from chaos_pizza.model.detection import Sight
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import Verdict


class Relation(StrEnum):
    """How what a drill showed must stand to what is wanted."""

    AT_MOST = "<="
    BELOW = "<"
    AT_LEAST = ">="
    ABOVE = ">"
    IS = "="


class FigureKind(StrEnum):
    """What sort of thing a figure is; it says in which form the wanted value is written."""

    TIME = "time"
    """Seconds, known as an interval."""
    RATIO = "ratio"
    """A share from 0 to 1."""
    AMOUNT = "amount"
    """A number that need not be whole."""
    COUNT = "count"
    """A whole number."""
    WORD = "word"
    """One word out of a few."""


SIGHT = "sight"
DETECTED_BY = "detected_by"
VERDICT = "verdict"
FIGURES: dict[str, FigureKind] = {
    **{name.value: FigureKind.TIME for name in MeasureName},
    "success_ratio": FigureKind.RATIO,
    "failed": FigureKind.COUNT,
    "diners_affected": FigureKind.COUNT,
    "orders_without_pizza": FigureKind.COUNT,
    "minutes_below_tolerance": FigureKind.AMOUNT,
    "revenue_lost_btc": FigureKind.AMOUNT,
    VERDICT: FigureKind.WORD,
    DETECTED_BY: FigureKind.WORD,
    SIGHT: FigureKind.WORD,
}
"""Every figure that can be claimed, under the name that it has in `drill.json`."""

WORDS: dict[str, tuple[str, ...]] = {
    # A drill with any other verdict tells nothing, so nothing can be claimed of it.
    VERDICT: (Verdict.PASSED.value, Verdict.FAILED.value),
    DETECTED_BY: ("alert", "person"),
    SIGHT: (Sight.FIRED.value,),
}
"""What a figure of words may be claimed to be."""

_ORDERED = (Relation.AT_MOST, Relation.BELOW, Relation.AT_LEAST, Relation.ABOVE)
RELATIONS: dict[FigureKind, tuple[Relation, ...]] = {
    FigureKind.TIME: _ORDERED,
    FigureKind.RATIO: _ORDERED,
    FigureKind.AMOUNT: _ORDERED,
    FigureKind.COUNT: (*_ORDERED, Relation.IS),
    FigureKind.WORD: (Relation.IS,),
}
"""How a figure of each kind can be compared: no measured time is ever equal to another."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a drill of an experiment must show.

    `figure` is one of `FIGURES`. `wanted` is a number (seconds for a time, 0 to 1 for a ratio), or one of the figure's
    `WORDS`. `rule` names the alert rule whose sight is meant, and is `None` for every other figure.
    """

    figure: str
    experiment: str
    relation: Relation
    wanted: float | str
    rule: str | None = None

    def __str__(self) -> str:
        rule = f"[{self.rule}]" if self.rule is not None else ""
        wanted = self.wanted if isinstance(self.wanted, str) else number_text(self.wanted)
        return f"{self.figure}{rule}({self.experiment}) {self.relation.value} {wanted}"


@dataclass(frozen=True, slots=True)
class Claim:
    """All that must be shown, at least one condition; `str()` of it is the claim as it is written."""

    conditions: tuple[Condition, ...]

    @property
    def experiments(self) -> tuple[str, ...]:
        """The experiments whose drills it is about, each once, in the order they are named."""
        return tuple(dict.fromkeys(condition.experiment for condition in self.conditions))

    def __str__(self) -> str:
        return " and ".join(map(str, self.conditions))


def number_text(number: float) -> str:
    """Return a number in as many digits as it takes, and without an exponent: `90`, `0.99`, `0.00001`."""
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
