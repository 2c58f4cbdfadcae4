"""A purchase at the shop, from its arrival to its record."""

from typing import Any

from starlette.responses import Response

from chaos_pizza.clock import Clock
from chaos_pizza.sandbox.endpoint import Call, Refusal, json_answer
from chaos_pizza.sandbox.kitchen import Kitchen
from chaos_pizza.sandbox.metrics import ShopMetrics
from chaos_pizza.sandbox.shop_accounts import User
from chaos_pizza.sandbox.shop_catalogue import is_price
from chaos_pizza.sandbox.shop_chaos import ShopChaos
from chaos_pizza.sandbox.shop_orders import Orders
from chaos_pizza.sandbox.signing import PizzaSigner
from chaos_pizza.sandbox.truth import Ledger, Outcome, PurchaseRecord


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

    async def buy(self, call: Call, diner: User) -> Response:
        """`POST /api/order`: the purchase."""
        if self._chaos.strikes():
            self._note(call, None, Outcome.FAILED, 500)
            raise Refusal(500, "Chaos monkey")
        row = self._orders.open(diner, call.body, call.received_at)
        try:
            self._orders.fill(row, call.body.get("items"))
        except Refusal as refusal:
            self._note(call, row["id"], Outcome.REJECTED, refusal.status)
            raise
        try:
            answer, outcome = await self._have_made(call.body, row["id"], diner)
        except Refusal as refusal:
            self._note(call, row["id"], Outcome.FAILED, refusal.status)
            raise
        self._note(call, row["id"], outcome, answer.status_code)
        return answer

    async def _have_made(self, body: dict[str, Any], order_id: int, diner: User) -> tuple[Response, Outcome]:
        order = {**body, "id": order_id}
        baked = await self._kitchen.bake({"id": diner.id, "name": diner.name, "email": diner.email}, order)
        link = {} if baked.report_url is None else {"followLinkToEndChaos": baked.report_url}
        if not baked.ok:
            return json_answer({"message": "Failed to fulfill order at factory", **link}, 500), Outcome.FAILED
        # The shop passes on whatever it got; only the ledger knows better.
        proven = baked.jwt is not None and self._signer.proves(baked.jwt)
        answer = json_answer({"order": order, "jwt": baked.jwt, **link})
        return answer, Outcome.OK if proven else Outcome.BAD_PIZZA

    def _note(self, call: Call, order_id: int | None, outcome: Outcome, status: int) -> None:
        answered_at = self._clock.now()
        record = PurchaseRecord(order_id, call.received_at, answered_at, outcome, status)
        self._ledger.purchase(record)
        self._metrics.purchase(ok=status < 300, price_btc=_price_btc(call.body.get("items")), seconds=record.seconds)


def _price_btc(items: object) -> float:
    prices = [item.get("price") for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return float(sum(price for price in prices if is_price(price)))
