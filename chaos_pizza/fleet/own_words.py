"""Complaints about a fleet's shop in the words of the fleet's file, where each shop has variables of its own."""

import re
from collections.abc import Mapping
from typing import Any

from chaos_pizza.model.target import SECRETS, VARIABLES

_KEYS = {variable: key for key, variable in VARIABLES.items()}
_COMMON = re.compile(rf"\b({'|'.join(sorted(_KEYS, key=len, reverse=True))})\b")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,60}")


def in_own_words(text: str, described: Mapping[str, Any]) -> str:
    """Return a complaint that names `PIZZA_…` variables, which no shop of a fleet is described by, in the shop's words.

    `described` is its target as it stands in the file. A secret is called by the variable that is named for it there,
    such as `TEAM_04_VENDOR_KEY`, or `its vendor key` where none is; all else by its key, such as `shop_url`.
    """
    return _COMMON.sub(lambda found: _called(_KEYS[found[1]], described), text)


def _called(key: str, described: Mapping[str, Any]) -> str:
    if key not in SECRETS:
        return key
    named = described.get(f"{key}_env")
    return named if isinstance(named, str) and _VARIABLE.fullmatch(named) else f"its {key.replace('_', ' ')}"
