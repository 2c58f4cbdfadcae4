"""A purchase at the shop, from its arrival to its record."""

from collections.abc import Awaitable
from functools import lru_cache

from chaos_pizza.clock import Clock
from chaos_pizza.sandbox.endpoint import Answer, Call, Given, Refusal
from chaos_pizza.sandbox.json_text import Spelt
from chaos_pizza.sandbox.kitchen import Baked, Kitchen
from chaos_pizza.sandbox.metrics import ShopMetrics
from chaos_pizza.sandbox.shop_accounts import User
from chaos_pizza.sandbox.shop_catalogue import is_price
from chaos_pizza.sandbox.shop_chaos import ShopChaos
from chaos_pizza.sandbox.shop_orders import Orders
from chaos_pizza.sandbox.signing import PizzaSigner
from chaos_pizza.sandbox.truth import Ledger, Outcome, PurchaseRecord
from chaos_pizza.serving.exchange import HttpAnswer


class Purchasing:
    """Sells pizzas: writes the order, has it made, answers, and notes both what the shop sees and what is true."""

    def __init__(
        self,
        *,
        clock: Clock,
        orders: Orders,
        kitchen: Kitchen,
        chaos: ShopChaos,
        metrics: ShopMetrics,
        ledger: Ledger,
        signer: PizzaSigner,
    ) -> None:
        self._clock = clock
        self._orders = orders
        self._kitchen = kitchen
        self._chaos = chaos
        self._metrics = metrics
        self._ledger = ledger
        self._signer = signer

    def buy(self, call: Call, diner: User) -> Given | Awaitable[Given]:
        """`POST /api/order`: the purchase; it takes time only where the factory does."""
        if self._chaos.strikes():
            self._note(call, None, Outcome.FAILED, 500)
            raise Refusal(500, "Chaos monkey")
        number = self._orders.open(diner, call.body, call.received_at)
        try:
            self._orders.fill(diner, call.body.get("items"))
        except Refusal as refusal:
            self._note(call, number, Outcome.REJECTED, refusal.status)
            raise
        order = Spelt(call.body, id=number)
        baked = self._kitchen.bake(_told_of(diner), order, call.received_at)
        return self._sold(call, order, baked) if isinstance(baked, Baked) else self._sold_later(call, order, baked)

    async def _sold_later(self, call: Call, order: Spelt, baked: Awaitable[Baked]) -> Given:
        return self._sold(call, order, await baked)

    def _sold(self, call: Call, order: Spelt, baked: Baked) -> Given:
        link = {} if baked.report_url is None else {"followLinkToEndChaos": baked.report_url}
        if not baked.ok:
            self._note(call, order["id"], Outcome.FAILED, 500)
            return Answer({"message": "Failed to fulfill order at factory", **link}, 500)
        # The shop passes on whatever it got; only the ledger knows better.
        proven = baked.jwt is not None and self._signer.proves(baked.jwt)
        self._note(call, order["id"], Outcome.OK if proven else Outcome.BAD_PIZZA, 200)
        if proven and not link:
            # As below, but the order is spelt already, and a JWT needs no spelling.
            return HttpAnswer(200, f'{{"order":{order.text()},"jwt":"{baked.jwt}"}}'.encode("ascii"))
        return Answer({"order": order, "jwt": baked.jwt, **link})

    def _note(self, call: Call, order_id: int | None, outcome: Outcome, status: int) -> None:
        answered_at = self._clock.now()
        record = PurchaseRecord(order_id, call.received_at, answered_at, outcome, status)
        self._ledger.purchase(record)
        self._metrics.purchase(ok=status < 300, price_btc=_price_btc(call.body.get("items")), seconds=record.seconds)


@lru_cache(maxsize=1000)
def _told_of(diner: User) -> Spelt:
    """Return what the factory is told of a diner; who buys often is spelt once."""
    return Spelt(id=diner.id, name=diner.name, email=diner.email)


def _price_btc(items: object) -> float:
    prices = [item.get("price") for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return float(sum([price for price in prices if is_price(price)]))
