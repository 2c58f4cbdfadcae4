"""The pizza factory's HTTP surface: every row of the table "Pizza factory" in the contract."""

from collections.abc import Awaitable
from typing import Any

from chaos_pizza.sandbox.chaos import ChaosKind, Resolution
from chaos_pizza.sandbox.endpoint import Answer, Call, Endpoint, Given, Handler, Refusal, Service
from chaos_pizza.sandbox.factory_vendors import Vendor, Vendors
from chaos_pizza.sandbox.json_text import spelt
from chaos_pizza.sandbox.signing import PizzaSigner, spoil
from chaos_pizza.sandbox.stall import Stalls
from chaos_pizza.serving.exchange import HttpAnswer, Respond

OVEN_CAPACITY = 20
"""The most pizzas an order may hold."""


class Factory:
    """Makes pizzas for its vendors, and has chaos when they ask for it."""

    def __init__(self, service: Service, vendors: Vendors, signer: PizzaSigner, stalls: Stalls) -> None:
        self._service = service
        self._vendors = vendors
        self._signer = signer
        self._stalls = stalls
        self.orders = self._endpoint("POST", "/api/order", self.post_order)
        """Where a shop of the same process orders, too."""

    def app(self) -> Respond:
        """Return what answers the factory's requests."""
        return self._service.app(
            self._endpoint("GET", "/api/vendor", self.get_vendor),
            self._endpoint("GET", "/api/vendor/{id}", self.get_vendor_exists),
            self._endpoint("PUT", "/api/vendor/chaos/{type}", self.put_chaos),
            self._endpoint("GET", "/api/support/{apiKey}/report/{fixCode}", self.get_report),
            self._endpoint("DELETE", "/api/admin/vendor", self.delete_chaos),
            self.orders,
            self._endpoint("POST", "/api/order/verify", self.post_verify),
            self._endpoint("GET", "/.well-known/jwks.json", self.get_jwks),
        )

    def get_vendor(self, call: Call) -> Given:
        """`GET /api/vendor`: the vendor's own account, with its chaos."""
        return Answer(self._vendors.with_key(call.token).shown())

    def get_vendor_exists(self, call: Call) -> Given:
        """`GET /api/vendor/{id}`: whether there is such a vendor."""
        if self._vendors.find(call.path["id"]) is None:
            raise Refusal(404, "Unknown vendor")
        return Answer({"exists": True})

    def put_chaos(self, call: Call) -> Given:
        """`PUT /api/vendor/chaos/{type}`: schedule chaos."""
        vendor = self._vendors.with_key(call.token)
        if call.path["type"] not in set(ChaosKind):
            raise Refusal(400, "Invalid chaos type")
        vendor.chaos.initiate(ChaosKind(call.path["type"]))
        return Answer({"message": "Chaos initiated"})

    def get_report(self, call: Call) -> Given:
        """`GET /api/support/{apiKey}/report/{fixCode}`: the link that ends chaos."""
        vendor = self._vendors.find_by_key(call.path["apiKey"])
        resolution = Resolution.NOTHING if vendor is None else vendor.chaos.resolve(call.path["fixCode"])
        return Answer({"message": resolution.value}, 400 if resolution is Resolution.UNRESOLVED else 200)

    def delete_chaos(self, call: Call) -> Given:
        """`DELETE /api/admin/vendor`: an admin takes a vendor's chaos away."""
        self._vendors.admin_with_key(call.token)
        vendor = self._vendors.find(call.body.get("id"))
        if vendor is None or call.body.get("deleteType") != "chaos":
            raise Refusal(400, "Missing required parameter")
        vendor.chaos.delete()
        return HttpAnswer(204)

    def post_order(self, call: Call) -> Answer | Awaitable[Answer]:
        """`POST /api/order`: make the pizza, unless there is chaos or the oven is full."""
        vendor = self._vendors.with_key(call.token)
        spell = vendor.chaos.acting()
        if spell is None:
            return self._bake(vendor, call.body, {})
        report = {"reportUrl": f"https://{call.host}/api/support/{vendor.api_key}/report/{spell.fix_code}"}
        if spell.kind is ChaosKind.FAIL:
            return Answer({"message": "chaos monkey", **report}, 500)
        if spell.kind is ChaosKind.BADJWT:
            return Answer({"jwt": spoil(self._sign(vendor, call.body)), **report})
        return self._bake_late(vendor, call.body, report)

    def post_verify(self, call: Call) -> Given:
        """`POST /api/order/verify`: whether a pizza is one of ours."""
        self._vendors.with_key(call.token)
        jwt = call.body.get("jwt")
        payload = self._signer.payload_of(jwt) if isinstance(jwt, str) else None
        if payload is None:
            raise Refusal(403, "invalid")
        return Answer({"message": "valid", "payload": payload})

    def get_jwks(self, _: Call) -> Given:
        """`GET /.well-known/jwks.json`: the public key."""
        return Answer(self._signer.jwks())

    def _bake(self, vendor: Vendor, body: dict[str, Any], report: dict[str, str]) -> Answer | Awaitable[Answer]:
        diner, order = body.get("diner"), body.get("order")
        if not (isinstance(diner, dict) and isinstance(order, dict) and isinstance(order.get("items"), list)):
            raise Refusal(400, "Missing required parameters")
        if not 1 <= len(order["items"]) <= OVEN_CAPACITY:
            return self._overfill()
        return Answer({"jwt": self._sign(vendor, body), **report})

    async def _bake_late(self, vendor: Vendor, body: dict[str, Any], report: dict[str, str]) -> Answer:
        await self._stalls.wait()
        baked = self._bake(vendor, body, report)
        return baked if isinstance(baked, Answer) else await baked

    async def _overfill(self) -> Answer:
        await self._stalls.wait()
        raise Refusal(503, "Unable to satisfy pizza order. The oven is full.")

    def _endpoint(self, method: str, path: str, handler: Handler) -> Endpoint:
        return Endpoint(self._service, method, path, handler)

    def _sign(self, vendor: Vendor, body: dict[str, Any]) -> str:
        # Put together from what is spelt already: nearly all of it was by the shop, or for the pizza before.
        diner, order = spelt(body.get("diner")), spelt(body.get("order"))
        payload = f'{{"vendor":{spelt(vendor.signed)},"diner":{diner},"order":{order}}}'
        return self._signer.sign(payload.encode("ascii"), self._service.clock.now())
