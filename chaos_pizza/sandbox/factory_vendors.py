"""The vendors a factory knows, by their keys and by their ids."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chaos_pizza.sandbox.chaos import VendorChaos
from chaos_pizza.sandbox.endpoint import Refusal
from chaos_pizza.sandbox.instants import iso_ms
from chaos_pizza.sandbox.json_text import Spelt


@dataclass(frozen=True, slots=True)
class Vendor:
    """One shop's account at the factory; `api_key` is secret, and `signed` is what stands of it on each pizza."""

    id: str
    name: str
    email: str
    api_key: str = field(repr=False)
    created_at: datetime
    roles: tuple[str, ...]
    chaos: VendorChaos = field(repr=False)
    signed: Spelt = field(repr=False)

    def shown(self) -> dict[str, Any]:
        """Return what the vendor sees of its own account."""
        chaos = self.chaos.shown()
        return {
            "id": self.id,
            "name": self.name,
            "apiKey": self.api_key,
            "created": iso_ms(self.created_at),
            "email": self.email,
            **({} if chaos is None else {"chaos": chaos}),
            "roles": list(self.roles),
            "connections": {},
        }


class Vendors:
    """All vendors of a factory."""

    def __init__(self) -> None:
        self._by_key: dict[str, Vendor] = {}
        self._by_id: dict[str, Vendor] = {}

    def add(
        self,
        vendor_id: str,
        name: str,
        api_key: str,
        created_at: datetime,
        chaos: VendorChaos,
        *,
        admin: bool = False,
    ) -> Vendor:
        """Open an account, with the chaos that its vendor will ask for."""
        roles = ("vendor", "admin") if admin else ("vendor",)
        signed = Spelt(id=vendor_id, name=name)
        vendor = Vendor(vendor_id, name, f"{vendor_id}@jwt.com", api_key, created_at, roles, chaos, signed)
        self._by_key[api_key] = self._by_id[vendor_id] = vendor
        return vendor

    def with_key(self, api_key: str) -> Vendor:
        """Return the key's vendor; Refusal (401) where it is nobody's."""
        vendor = self._by_key.get(api_key)
        if vendor is None:
            raise Refusal(401, "invalid authentication")
        return vendor

    def admin_with_key(self, api_key: str) -> Vendor:
        """Return the key's vendor; Refusal (401) where it is no admin's."""
        vendor = self.with_key(api_key)
        if "admin" not in vendor.roles:
            raise Refusal(401, "invalid authentication")
        return vendor

    def find_by_key(self, api_key: str) -> Vendor | None:
        """Return the key's vendor, if there is one."""
        return self._by_key.get(api_key)

    def find(self, vendor_id: object) -> Vendor | None:
        """Return the vendor of that id, if there is one."""
        return self._by_id.get(vendor_id) if isinstance(vendor_id, str) else None
