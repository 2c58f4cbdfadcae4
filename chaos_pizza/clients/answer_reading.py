"""What came over the wire becomes an answer here: parsed, cleaned of secrets, dated; whatever carried it."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from chaos_pizza.model.instant import YEARS
from chaos_pizza.redaction import Redactor
from chaos_pizza.wire.message import Answer

LARGEST_ANSWER = 1_000_000
"""Bytes; a menu of a thousand pizzas is a tenth of it."""

# As nearly all services say it; the redactor would find nothing in it, but take its time.
_USUAL = {"application/json": "application/json", "application/json; charset=utf-8": "application/json"}


def read_answer(
    status: int,
    content_type: str,
    date: str | None,
    raw: bytes,
    redactor: Redactor,
    sent_at: datetime,
    received_at: datetime,
) -> Answer:
    """Return the answer: `content_type` and `date` are headers as they came ("" and `None` without), `raw` the body."""
    return Answer(
        status=status,
        body=_parsed(raw, redactor),
        content_type=_USUAL.get(content_type) or redactor.line(content_type.split(";", maxsplit=1)[0])[:60],
        server_date_at=_date(date) if date else None,
        sent_at=sent_at,
        received_at=received_at,
    )


def _parsed(raw: bytes, redactor: Redactor) -> Any:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if isinstance(body, dict):
        # A stack names files of the server's machine; a message may hold anything.
        body.pop("stack", None)
        if isinstance(body.get("message"), str):
            body["message"] = redactor.line(body["message"])
    return body


@lru_cache(maxsize=16)  # A date is the same for a second, in which there may be thousands of answers.
def _date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError, IndexError):
        return None
    return at.astimezone(UTC) if at.tzinfo and at.year in YEARS else None
