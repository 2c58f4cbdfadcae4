"""JSON as strangers send it, read as strictly as the standard has it."""

import json
import math
from typing import Any, NoReturn


def parsed(raw: bytes) -> Any:
    """Return what JSON says; `ValueError` where it is none, too deep, or holds a number that is none or too great."""
    try:
        return _DECODER.decode(raw.decode(json.detect_encoding(raw), "surrogatepass"))
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _not_json(text: str) -> NoReturn:
    raise ValueError(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


# Made once: `json.loads` makes one for each text that is read by other rules than its own.
_DECODER = json.JSONDecoder(parse_constant=_not_json, parse_float=_finite)
