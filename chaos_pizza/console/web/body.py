"""What comes with a request: a small JSON object, and nothing else is read to its end."""

import asyncio
from typing import Any

from starlette.requests import ClientDisconnect, Request

from chaos_pizza.console.web.refusal import Refusal
from chaos_pizza.serving.strict_json import parsed

LARGEST_BODY = 4096
"""The largest body that is taken, in bytes."""
_TIMEOUT_S = 5.0
_TOO_LARGE = f"at most {LARGEST_BODY} bytes are taken"


def check_announced(length: str | None) -> None:
    """Refuse a body by the length that its headers give, before any of it is read."""
    if length is None:
        return
    if not length.isdecimal() or not length.isascii():
        raise Refusal(400, "the Content-Length is no number")
    if len(length) > len(str(LARGEST_BODY)) or int(length) > LARGEST_BODY:
        raise Refusal(413, _TOO_LARGE)


async def read_object(request: Request) -> dict[str, Any]:
    """Return the JSON object that a request brings; raises a `Refusal` for anything else, or what comes too slowly."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal(400, "send JSON, as application/json")
    raw = bytearray()
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            async for chunk in request.stream():
                raw += chunk
                if len(raw) > LARGEST_BODY:
                    raise Refusal(413, _TOO_LARGE)
    except TimeoutError:
        raise Refusal(400, f"the request was not here within {_TIMEOUT_S:g} s") from None
    except ClientDisconnect:
        raise Refusal(400, "the request broke off") from None
    try:
        content = parsed(bytes(raw))
    except ValueError:
        raise Refusal(400, "this is no JSON") from None
    if not isinstance(content, dict):
        raise Refusal(400, "send a JSON object")
    return content


def text_of(content: dict[str, Any], name: str, most_chars: int, *, default: str | None = None) -> str:
    """Return a text of a JSON object; raises a `Refusal` where it is none, too long, or missing and without default."""
    value = content.get(name, default)
    if not isinstance(value, str):
        raise Refusal(400, f"{name} is to be a text")
    if len(value) > most_chars:
        raise Refusal(400, f"{name} has at most {most_chars} characters")
    return value


def refuse_strange(content: dict[str, Any], *names: str) -> None:
    """Refuse a JSON object with anything but these names in it."""
    strange = sorted(set(content) - set(names))
    if strange:
        raise Refusal(400, f"only {', '.join(names)} can be sent here")
