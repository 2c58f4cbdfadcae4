"""JSON as the sandbox says it: in ASCII, and what is said more than once is spelt once."""

import json
from typing import Any

# What came in as JSON holds no value that holds itself, so nobody needs to look for that.
_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False)


class Spelt(dict[str, Any]):
    """An object that keeps its JSON once it was spelt: whoever has it changes it no more."""

    _text: str | None = None

    def text(self) -> str:
        """Return its JSON; raises as `spelt` does."""
        if self._text is None:
            self._text = _ENCODER.encode(self)
        return self._text


def spelt(value: object) -> str:
    """Return a value as JSON in ASCII, so that even half a surrogate pair finds its way.

    Raises `ValueError` for a number that JSON doesn't have, `RecursionError` for what is nested too deep, and
    `TypeError` for what is no JSON at all.
    """
    return value.text() if isinstance(value, Spelt) else _ENCODER.encode(value)


def to_json(value: object) -> bytes:
    """Return the same as it goes over the wire."""
    return spelt(value).encode("ascii")
