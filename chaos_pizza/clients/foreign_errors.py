"""Errors of the libraries that carry calls become ours here, by one table for each library."""

from collections.abc import Sequence

from chaos_pizza.errors import PizzaError
from chaos_pizza.wire.message import Request

ErrorTable = Sequence[tuple[type[Exception], type[PizzaError], str]]
"""A library's error, ours for it, and what it says of the service; the first that fits counts."""


def place_of(who: str, base_url: str, request: Request) -> str:
    """Return what a message calls a service and what it was asked, as far as that may be told."""
    return f"{who} ({base_url}, {request.label})"


def translated(error: Exception, table: ErrorTable, place: str) -> PizzaError:
    """Return ours for a library's error at a place; one that is not in the table is raised as it is."""
    for foreign, ours, what in table:
        if isinstance(error, foreign):
            return ours(f"{place} {what}")
    raise error
