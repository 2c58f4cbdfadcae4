"""How the shop has its pizzas made: a call to the factory, and perhaps to a second one."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chaos_pizza.sandbox.endpoint import GIVEN, Answer, Call, Given

PATIENCE_S = 1.0
"""How long a shop with a backup factory waits for its first one, in seconds; a calm factory answers in some 10 ms."""

TakeOrder = Callable[[Call], Given | Awaitable[Given]]
"""A factory's `POST /api/order`, as it takes a call over HTTP."""


@dataclass(frozen=True, slots=True)
class Supplier:
    """A factory in this process, and the shop's key there."""

    take_order: TakeOrder = field(repr=False)
    api_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Baked:
    """A factory's answer to an order; both parts are secret."""

    ok: bool
    jwt: str | None = field(repr=False)
    report_url: str | None = field(repr=False)


class Kitchen:
    """Asks the factory, without a timeout, as the real shop does.

    The factory is of the same process, so that a call over HTTP would show nobody anything and cost more than all the
    rest of a purchase. With a backup it asks that one where the first answers an error, makes a pizza that `proves`
    denies, or takes longer than `PATIENCE_S`; what it no longer waits for is made all the same, as over HTTP.
    """

    def __init__(self, factory: Supplier, backup: Supplier | None, proves: Callable[[str], bool]) -> None:
        self._factory = factory
        self._backup = backup
        self._proves = proves
        self._unawaited: set[asyncio.Task[Baked]] = set()

    def bake(self, diner: dict[str, Any], order: dict[str, Any], at: datetime) -> Baked | Awaitable[Baked]:
        """Have a pizza made: at once, unless a factory stalls; `at` is when the shop was asked."""
        body = {"diner": diner, "order": order}
        baked = self._ask(self._factory, body, at)
        if self._backup is None:
            return baked
        if isinstance(baked, Baked):
            return baked if self._is_good(baked) else self._ask(self._backup, body, at)
        return self._ask_either(baked, self._backup, body, at)

    async def _ask_either(self, first: Awaitable[Baked], backup: Supplier, body: dict[str, Any], at: datetime) -> Baked:
        asking = asyncio.ensure_future(_awaited(first))
        await asyncio.wait({asking}, timeout=PATIENCE_S)
        if not asking.done():
            self._unawaited.add(asking)
            asking.add_done_callback(self._unawaited.discard)
        elif self._is_good(asking.result()):
            return asking.result()
        second = self._ask(backup, body, at)
        return second if isinstance(second, Baked) else await second

    def _is_good(self, baked: Baked) -> bool:
        return baked.ok and baked.jwt is not None and self._proves(baked.jwt)

    def _ask(self, supplier: Supplier, body: dict[str, Any], at: datetime) -> Baked | Awaitable[Baked]:
        given = supplier.take_order(Call(body, supplier.api_key, at, {}, {}))
        return _baked(given) if isinstance(given, GIVEN) else _baked_later(given)


async def _awaited(baked: Awaitable[Baked]) -> Baked:
    return await baked


async def _baked_later(given: Awaitable[Given]) -> Baked:
    return _baked(await given)


def _baked(given: Given) -> Baked:
    said = given.said if isinstance(given, Answer) and isinstance(given.said, dict) else {}
    return Baked(given.status < 300, said.get("jwt"), said.get("reportUrl"))
