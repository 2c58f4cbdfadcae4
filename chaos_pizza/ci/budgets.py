"""Budgets that a run sets in place of the experiment's own."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace

from chaos_pizza.errors import UsageError
from chaos_pizza.experiment.declaration import Declaration
from chaos_pizza.model.settings import Budgets

NAMES = tuple(field.name for field in fields(Budgets))
LIFTED = "none"
_GREATEST_S = 1e9
_LONGEST_SHOWN = 40


def read_budgets(texts: Iterable[str]) -> dict[str, float | None]:
    """Return the budgets that texts such as `ttd_s=60` set, by name; `None` where `none` lifts one.

    Times are in seconds, 0 to 1e9, `success_ratio` from 0 to 1. Raises `UsageError` for a text that sets none, and
    where two set the same.
    """
    budgets: dict[str, float | None] = {}
    for text in texts:
        name, sign, figure = (part.strip() for part in text.partition("="))
        if not sign or name not in NAMES:
            raise UsageError(f"no budget is called {_quoted(name)}; known are {', '.join(NAMES)}: --budget ttd_s=60")
        if name in budgets:
            raise UsageError(f"the budget {name} is set twice; name it once")
        budgets[name] = _figure(name, figure)
    return budgets


def with_budgets(declaration: Declaration, budgets: Mapping[str, float | None]) -> Declaration:
    """Return a drill's declaration with these budgets in place of its own; those not named stay as they are."""
    settings = declaration.settings
    return replace(declaration, settings=replace(settings, budgets=replace(settings.budgets, **budgets)))


def to_texts(budgets: Mapping[str, float | None]) -> list[str]:
    """Return the texts that `read_budgets` reads as these budgets."""
    return [f"{name}={LIFTED if figure is None else repr(figure)}" for name, figure in budgets.items()]


def _figure(name: str, text: str) -> float | None:
    if text == LIFTED:
        return None
    greatest = 1.0 if name.endswith("_ratio") else _GREATEST_S
    try:
        figure = float(text)
    except ValueError:
        figure = math.nan
    if not 0 <= figure <= greatest:
        raise UsageError(
            f"the budget {name} is to be a number from 0 to {greatest:g}, or {LIFTED} to lift it, not {_quoted(text)}"
        )
    return figure


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…")
