"""JSON as strangers send it, read as strictly as the standard has it."""

import json
import math
from typing import Any, NoReturn


def parsed(raw: bytes) -> Any:
    """Return what JSON says; `ValueError` where it is none, too deep, or holds a number that is none or too great."""
    try:
        text = raw.decode(json.detect_encoding(raw), "surrogatepass").strip(_WHITESPACE)
        value, end = _DECODER.raw_decode(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if end != len(text):
        raise ValueError(text[end : end + 20])
    return value


_WHITESPACE = " \t\n\r"  # RFC 8259, section 2


def _not_json(text: str) -> NoReturn:
    raise ValueError(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


# Made once: `json.loads` makes one for each text that is read by other rules than its own.
_DECODER = json.JSONDecoder(parse_constant=_not_json, parse_float=_finite)
