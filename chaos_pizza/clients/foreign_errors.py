"""Errors of the libraries that carry calls become ours here, by one table for each library."""

import re
import ssl
from collections.abc import Iterator, Sequence

from chaos_pizza.errors import PizzaError
from chaos_pizza.wire.message import Request

ErrorTable = Sequence[tuple[type[Exception], type[PizzaError], str]]
"""A library's error, ours for it, and what it says of the service; the first that fits counts."""

_HARMLESS = re.compile(r"[A-Za-z0-9 _.,:'()-]{1,120}")
"""What OpenSSL says in its own words, and no name of anybody's that could be taken for something else."""


def place_of(who: str, base_url: str, request: Request) -> str:
    """Return what a message calls a service and what it was asked, as far as that may be told."""
    return f"{who} ({base_url}, {request.label})"


def translated(error: Exception, table: ErrorTable, place: str) -> PizzaError:
    """Return ours for a library's error at a place; one that is not in the table is raised as it is."""
    for foreign, ours, what in table:
        if isinstance(error, foreign):
            return ours(f"{place} {what}")
    raise error


def tls_complaint(error: BaseException) -> str | None:
    """Return what is wrong with a service's TLS where an error, or what caused it, says so; `None` for all others.

    A connection that ended while it was being made safe says nothing about TLS: it could as well have ended before.
    """
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"shows a certificate that can't be trusted{_in_brackets(cause.verify_message)}"
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            reason = (cause.reason or "").replace("_", " ").lower()
            return f"can't be spoken to over TLS{_in_brackets(reason)}; is the address right?"
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__  # httpx names the first, and what is below it only the second


def _in_brackets(said: str) -> str:
    said = said.rstrip(".")
    return f" ({said})" if _HARMLESS.fullmatch(said) else ""
