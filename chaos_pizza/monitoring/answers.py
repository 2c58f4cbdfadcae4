"""What an alerting system answers instead of what it was asked for, in words that say what to do about it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chaos_pizza.errors import BadAnswer, Refused
from chaos_pizza.model.instant import YEARS
from chaos_pizza.wire.message import Answer, Request

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_ERROR = 200
_LONGEST_VALUE = 1000
_MOST_LABELS = 100
_LONGEST_S = 1e9


class Question(Request):
    """A request that messages name without its query, which would be most of the message."""

    __slots__ = ()

    @property
    def label(self) -> str:
        """The request as messages name it."""
        return f"{self.method} {self.path.partition('?')[0]}"


@dataclass(frozen=True, slots=True)
class System:
    """An alerting system: what people call it, where it is, and by which variables it is named."""

    name: str
    url: str
    url_variable: str
    token_variable: str

    @property
    def place(self) -> str:
        """The system and its address, as messages begin."""
        return f"{self.name} ({self.url})"


def expect_json(answer: Answer, system: System, what: str) -> Any:
    """Return the JSON of an answer; `what` names what was asked for.

    Raises `Refused` where it wants another token, and `BadAnswer` for a redirect, a page of HTML, a path that isn't
    there, and everything else that is no 2xx with JSON.
    """
    login = f"set {system.token_variable} to a valid token"
    address = f"check {system.url_variable}, its path prefix included"
    if answer.status in {401, 403}:
        raise Refused(
            f"{system.place} refused to tell {what} ({answer.status}): its token is missing, wrong, expired or lacks "
            f"the right; {login}"
        )
    if 300 <= answer.status < 400:
        raise BadAnswer(
            f"{system.place} sent a redirect ({answer.status}), as to a login page, instead of {what}; {login}, or "
            f"{address}"
        )
    if answer.status in {404, 405}:
        raise BadAnswer(
            f"{system.place} has no such path ({answer.status}) for {what}: is {system.name} there? {address}"
        )
    if "html" in answer.content_type:
        raise BadAnswer(
            f"{system.place} sent a page of HTML ({answer.status}), as a login page is, instead of {what}; {login}, or "
            f"{address}"
        )
    if not answer.is_success:
        raise BadAnswer(f"{system.place} answered {answer.status} when asked for {what}{_error_text(answer.body)}")
    if answer.body is None:
        kind = answer.content_type or "nothing readable"
        raise BadAnswer(f"{system.place} answered {kind} instead of JSON when asked for {what}; {address}")
    return answer.body


def expect_data(answer: Answer, system: System, what: str) -> dict[str, Any]:
    """Return the `data` object of an answer in Prometheus's envelope; raises as `expect_json`."""
    body = expect_json(answer, system, what)
    data = body.get("data") if isinstance(body, dict) and body.get("status") == "success" else None
    if not isinstance(data, dict):
        raise unreadable(system, what)
    return data


def unreadable(system: System, what: str) -> BadAnswer:
    """Return the error for an answer of another shape than it should have."""
    return BadAnswer(
        f"{system.place} told {what} in a form that is not {system.name}'s; check {system.url_variable} and its version"
    )


def read_labels(found: Any) -> dict[str, str] | None:
    """Return the labels of a series or an alert, fit to be written down; `None` where they are none."""
    if not isinstance(found, Mapping) or len(found) > _MOST_LABELS:
        return None
    if not all(isinstance(name, str) and isinstance(value, str) for name, value in found.items()):
        return None
    return {written(name): written(value) for name, value in found.items()}


def written(text: str) -> str:
    """Return a text as it can be written to a file: no lone surrogates, and not endless."""
    return text[:_LONGEST_VALUE].encode("utf-8", "replace").decode("utf-8")


def read_instant(found: Any) -> datetime | None:
    """Return the instant that an ISO text names; `None` for anything else, and for the year 1, which says "never"."""
    if not isinstance(found, str) or len(found) > 100:
        return None
    try:
        at = datetime.fromisoformat(found)
        in_utc = at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
    return in_utc if in_utc and in_utc.year in YEARS else None


def read_unix(found: Any) -> datetime | None:
    """Return the instant of so many seconds since 1970, to the millisecond; `None` where that is none."""
    seconds = read_number(found)
    if seconds is None or not 0 <= seconds < 2e11:
        return None
    return _EPOCH + timedelta(milliseconds=round(seconds * 1000))


def read_number(found: Any) -> float | None:
    """Return a finite number, given as such or as a text; `None` for anything else."""
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        number = float(found)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def read_seconds(found: Any) -> float | None:
    """Return a duration in seconds; `None` for what is no number, below 0, or longer than anybody's patience."""
    number = read_number(found)
    return number if number is not None and 0 <= number <= _LONGEST_S else None


def unix_text(at: datetime) -> str:
    """Return an instant as seconds since 1970 with three decimals."""
    return f"{(at - _EPOCH) / timedelta(seconds=1):.3f}"


def _error_text(body: Any) -> str:
    error = body.get("error") or body.get("message") if isinstance(body, dict) else body
    return f": {error[:_LONGEST_ERROR]}" if isinstance(error, str) and error else ""
