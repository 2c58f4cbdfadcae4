"""How a claim is written, and how it is read.

    claim     = condition { "and" condition }
    condition = figure [ "[" rule "]" ] "(" experiment ")" relation value
    relation  = "<=" | "<" | ">=" | ">" | "="
    value     = number [ "s" | "min" | "h" | "%" ] | word

`ttd_s(factory-badjwt) <= 90`, `ttm_s(factory-fail) < 15 min`, `success_ratio(backup-factory) >= 99 %`,
`verdict(placebo) = passed`, `sight[revenue-down](factory-fail) = fired and detected_by(factory-fail) = alert`.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from difflib import get_close_matches
from typing import NoReturn

from chaos_pizza.claims.claim import FIGURES, RELATIONS, SIGHT, WORDS, Claim, Condition, FigureKind, Relation
from chaos_pizza.errors import UsageError
from chaos_pizza.report.escape import one_line

LONGEST_CLAIM = 1000
"""In characters; whoever needs more writes a second action item."""

_NAME = re.compile(r"\w+")
_EXPERIMENT = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_RULE = re.compile(r"[^\]]{1,200}")
_RELATION = re.compile(r"<=|>=|==|[<>=≤≥]")
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,12})?")
_UNIT = re.compile(r"[^\W\d_]+|%")
_AND = re.compile(r"and\b", re.IGNORECASE)
_SPELLED = {"==": "=", "≤": "<=", "≥": ">="}
_UNITS: dict[FigureKind, dict[str, Decimal]] = {
    FigureKind.TIME: {"s": Decimal(1), "min": Decimal(60), "h": Decimal(3600)},
    FigureKind.RATIO: {"%": Decimal("0.01")},
}


def parse_claim(text: str) -> Claim:
    """Return the claim that a text makes.

    Raises `UsageError`, in one line that says at which character what was expected, and the nearest word it knows.
    """
    if len(text) > LONGEST_CLAIM:
        raise UsageError(f"a claim has up to {LONGEST_CLAIM} characters, and this one {len(text)}")
    reader = _Reader(text)
    conditions = [_condition(reader)]
    while not reader.is_done():
        reader.take(_AND, "`and` and another condition, or the claim's end")
        conditions.append(_condition(reader))
    return Claim(tuple(conditions))


class _Reader:
    """Goes through a claim from left to right, past the spaces."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._taken_at = 0

    def is_done(self) -> bool:
        self._skip_spaces()
        return self._place == len(self._text)

    def take(self, wanted: re.Pattern[str] | str, expected: str) -> str:
        """Return the next piece; complain that `expected` was expected where it is none such."""
        found = self.take_if(wanted)
        if found is None:
            self._taken_at = self._place
            rest = one_line(self._text[self._place :], 20)
            self.complain(f"{expected} was expected, not {rest!r}" if rest else f"{expected} was expected")
        return found

    def take_if(self, wanted: re.Pattern[str] | str) -> str | None:
        """Return the next piece, `None` where it is none such."""
        self._skip_spaces()
        found = re.compile(re.escape(wanted) if isinstance(wanted, str) else wanted).match(self._text, self._place)
        if found is None:
            return None
        self._taken_at, self._place = self._place, found.end()
        return found.group()

    def complain(self, complaint: str) -> NoReturn:
        """Raise the complaint, of what was taken last."""
        raise UsageError(f"character {self._taken_at + 1} of the claim: {complaint}")

    def _skip_spaces(self) -> None:
        while self._place < len(self._text) and self._text[self._place].isspace():
            self._place += 1


def _condition(reader: _Reader) -> Condition:
    figure = reader.take(_NAME, "a figure, such as ttd_s,")
    if figure not in FIGURES:
        reader.complain(f"there is no figure {one_line(figure, 40)!r}; {_nearest(figure, FIGURES)}")
    rule = _rule(reader) if figure == SIGHT else None
    reader.take("(", "`(` and an experiment's name")
    experiment = reader.take(_EXPERIMENT, "an experiment's name, of a-z, 0-9 and -,")
    reader.take(")", "`)` after the experiment's name")
    kind = FIGURES[figure]
    relation = _relation(reader, figure, kind)
    wanted = _word(reader, figure) if kind is FigureKind.WORD else _number(reader, figure, kind)
    return Condition(figure, experiment, relation, wanted, rule)


def _rule(reader: _Reader) -> str:
    reader.take("[", "`[` and the name of an alert rule")
    rule = reader.take(_RULE, "the name of an alert rule").strip()
    if not rule or not rule.isprintable():
        reader.complain("the name of an alert rule is to be a printable text")
    reader.take("]", "`]` after the rule's name, of up to 200 characters,")
    return rule


def _relation(reader: _Reader, figure: str, kind: FigureKind) -> Relation:
    allowed = " or ".join(f"`{relation.value}`" for relation in RELATIONS[kind])
    written = reader.take(_RELATION, allowed)
    relation = Relation(_SPELLED.get(written, written))
    if relation not in RELATIONS[kind]:
        reader.complain(f"{figure} is held against something with {allowed}, not with `{written}`")
    return relation


def _word(reader: _Reader, figure: str) -> str:
    allowed = " or ".join(WORDS[figure])
    word = reader.take(_NAME, allowed)
    if word not in WORDS[figure]:
        reader.complain(f"{figure} can be {allowed}, not {one_line(word, 40)!r}")
    return word


def _number(reader: _Reader, figure: str, kind: FigureKind) -> float:
    number = Decimal(reader.take(_NUMBER, "a number"))
    units = _UNITS.get(kind, {})
    if kind is FigureKind.COUNT and number != int(number):
        reader.complain(f"{figure} is a whole number")
    unit = None if reader.take_if(_AHEAD_AND) is not None else reader.take_if(_UNIT)
    if unit is not None:
        if unit not in units:
            known = f"in {', '.join(units)}" if units else "without a unit"
            reader.complain(f"{figure} is counted {known}, not in {one_line(unit, 20)!r}")
        number *= units[unit]
    if kind is FigureKind.RATIO and number > 1:
        reader.complain(f"{figure} lies between 0 and 1")
    return float(number)


_AHEAD_AND = re.compile(r"(?=and\b)", re.IGNORECASE)


def _nearest(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word.lower(), known, n=1, cutoff=0.6) or [name for name in known if word.lower() in name]
    return f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
