"""The pizza factory's HTTP surface: every row of the table "Pizza factory" in the contract."""

from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp

from chaos_pizza.sandbox.chaos import ChaosKind, Resolution
from chaos_pizza.sandbox.endpoint import Call, Refusal, Service, json_answer
from chaos_pizza.sandbox.factory_vendors import Vendor, Vendors
from chaos_pizza.sandbox.signing import PizzaSigner, spoil
from chaos_pizza.sandbox.stall import Stalls

OVEN_CAPACITY = 20
"""The most pizzas an order may hold."""


class Factory:
    """Makes pizzas for its vendors, and has chaos when they ask for it."""

    def __init__(self, service: Service, vendors: Vendors, signer: PizzaSigner, stalls: Stalls) -> None:
        self._service = service
        self._vendors = vendors
        self._signer = signer
        self._stalls = stalls

    def app(self) -> ASGIApp:
        """Return the factory as an application."""
        endpoint = self._service.endpoint
        return self._service.app(
            endpoint("GET", "/api/vendor", self.get_vendor),
            endpoint("GET", "/api/vendor/{id}", self.get_vendor_exists),
            endpoint("PUT", "/api/vendor/chaos/{type}", self.put_chaos),
            endpoint("GET", "/api/support/{apiKey}/report/{fixCode}", self.get_report),
            endpoint("DELETE", "/api/admin/vendor", self.delete_chaos),
            endpoint("POST", "/api/order", self.post_order),
            endpoint("POST", "/api/order/verify", self.post_verify),
            endpoint("GET", "/.well-known/jwks.json", self.get_jwks),
        )

    async def get_vendor(self, call: Call) -> Response:
        """`GET /api/vendor`: the vendor's own account, with its chaos."""
        return json_answer(self._vendors.with_key(call.token).shown())

    async def get_vendor_exists(self, call: Call) -> Response:
        """`GET /api/vendor/{id}`: whether there is such a vendor."""
        if self._vendors.find(call.path["id"]) is None:
            raise Refusal(404, "Unknown vendor")
        return json_answer({"exists": True})

    async def put_chaos(self, call: Call) -> Response:
        """`PUT /api/vendor/chaos/{type}`: schedule chaos."""
        vendor = self._vendors.with_key(call.token)
        if call.path["type"] not in set(ChaosKind):
            raise Refusal(400, "Invalid chaos type")
        vendor.chaos.initiate(ChaosKind(call.path["type"]))
        return json_answer({"message": "Chaos initiated"})

    async def get_report(self, call: Call) -> Response:
        """`GET /api/support/{apiKey}/report/{fixCode}`: the link that ends chaos."""
        vendor = self._vendors.find_by_key(call.path["apiKey"])
        resolution = Resolution.NOTHING if vendor is None else vendor.chaos.resolve(call.path["fixCode"])
        return json_answer({"message": resolution.value}, 400 if resolution is Resolution.UNRESOLVED else 200)

    async def delete_chaos(self, call: Call) -> Response:
        """`DELETE /api/admin/vendor`: an admin takes a vendor's chaos away."""
        self._vendors.admin_with_key(call.token)
        vendor = self._vendors.find(call.body.get("id"))
        if vendor is None or call.body.get("deleteType") != "chaos":
            raise Refusal(400, "Missing required parameter")
        vendor.chaos.delete()
        return Response(status_code=204)

    async def post_order(self, call: Call) -> Response:
        """`POST /api/order`: make the pizza, unless there is chaos or the oven is full."""
        vendor = self._vendors.with_key(call.token)
        spell = vendor.chaos.acting()
        if spell is None:
            return json_answer({"jwt": await self._bake(vendor, call.body)})
        report = {"reportUrl": f"https://{call.host}/api/support/{vendor.api_key}/report/{spell.fix_code}"}
        if spell.kind is ChaosKind.FAIL:
            return json_answer({"message": "chaos monkey", **report}, 500)
        if spell.kind is ChaosKind.BADJWT:
            return json_answer({"jwt": spoil(self._sign(vendor, call.body)), **report})
        await self._stalls.wait()
        return json_answer({"jwt": await self._bake(vendor, call.body), **report})

    async def post_verify(self, call: Call) -> Response:
        """`POST /api/order/verify`: whether a pizza is one of ours."""
        self._vendors.with_key(call.token)
        jwt = call.body.get("jwt")
        payload = self._signer.payload_of(jwt) if isinstance(jwt, str) else None
        if payload is None:
            raise Refusal(403, "invalid")
        return json_answer({"message": "valid", "payload": payload})

    async def get_jwks(self, _: Call) -> Response:
        """`GET /.well-known/jwks.json`: the public key."""
        return json_answer(self._signer.jwks())

    async def _bake(self, vendor: Vendor, body: dict[str, Any]) -> str:
        diner, order = body.get("diner"), body.get("order")
        if not (isinstance(diner, dict) and isinstance(order, dict) and isinstance(order.get("items"), list)):
            raise Refusal(400, "Missing required parameters")
        if not 1 <= len(order["items"]) <= OVEN_CAPACITY:
            await self._stalls.wait()
            raise Refusal(503, "Unable to satisfy pizza order. The oven is full.")
        return self._sign(vendor, body)

    def _sign(self, vendor: Vendor, body: dict[str, Any]) -> str:
        payload = {"vendor": {"id": vendor.id, "name": vendor.name}}
        return self._signer.sign(
            {**payload, "diner": body.get("diner"), "order": body.get("order")}, self._service.clock.now()
        )
