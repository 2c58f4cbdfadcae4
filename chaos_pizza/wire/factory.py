"""The pizza factory: its requests, and what its answers mean."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from chaos_pizza.errors import BadAnswer, Refused
from chaos_pizza.model.event import VendorChaos
from chaos_pizza.model.incident import CureAnswer
from chaos_pizza.model.instant import YEARS
from chaos_pizza.redaction import Secret
from chaos_pizza.wire.message import Answer, Request, expect_object

_LINK_PATH = re.compile(r"/api/support/[A-Za-z0-9_-]{1,200}/report/[A-Za-z0-9_-]{1,200}")
CALM = "none"
"""The factory's word for no chaos."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """The factory's word on the vendor; `chaos` is `None` where it names none at all."""

    id: str
    chaos: VendorChaos | None

    @property
    def is_calm(self) -> bool:
        """Whether no chaos is on or scheduled."""
        return self.chaos is None or self.chaos.type == CALM


def vendor(key: Secret) -> Request:
    """Return the request for the vendor's own record, chaos included."""
    return Request("GET", "/api/vendor", token=key)


def jwks() -> Request:
    """Return the request for the keys that pizzas are signed with."""
    return Request("GET", "/.well-known/jwks.json")


def schedule_chaos(key: Secret, kind: str) -> Request:
    """Return the request that schedules chaos (`fail`, `badjwt` or `throttle`)."""
    return Request("PUT", f"/api/vendor/chaos/{kind}", token=key)


def order(key: Secret) -> Request:
    """Return an order of one pizza at the factory itself, for which the vendor's key alone is needed."""
    return Request(
        "POST",
        "/api/order",
        {
            "diner": {"id": 0, "name": "Chaos Pizza drill", "email": "drill@chaos-pizza.invalid"},
            "order": {
                "id": 0,
                "franchiseId": 0,
                "storeId": 0,
                "items": [{"menuId": 1, "description": "Drill", "price": 0.0001}],
            },
        },
        key,
    )


def verify(key: Secret, pizza: Secret) -> Request:
    """Return the request by which the shop's page has a pizza verified."""
    return Request("POST", "/api/order/verify", {"jwt": pizza.reveal()}, key)


def cure(path: Secret) -> Request:
    """Return the request that follows the path of the factory's link."""
    return Request("GET", path.reveal(), shows_secret=True)


def delete_chaos(admin_key: Secret, vendor_id: str) -> Request:
    """Return the admin's request that takes a vendor's chaos away, begun or not."""
    return Request("DELETE", "/api/admin/vendor", {"id": vendor_id, "deleteType": "chaos"}, admin_key)


def read_vendor(answer: Answer) -> Vendor:
    """Return the vendor's record; raises `Refused` (a wrong key) or `BadAnswer`."""
    if answer.status == 401:
        raise Refused("the factory doesn't know this vendor key; check PIZZA_VENDOR_KEY")
    body = expect_object(answer, "the factory", "the vendor")
    if not isinstance(body.get("id"), str | int):
        raise BadAnswer("the factory's answer about the vendor holds no id")
    return Vendor(str(body["id"])[:100], _chaos(body.get("chaos")))


def read_cure(answer: Answer) -> CureAnswer:
    """Return what came of following the link."""
    if answer.is_success and answer.message.startswith("Problem resolved"):
        return CureAnswer.RESOLVED
    if answer.is_success and answer.message.startswith("No chaos"):
        return CureAnswer.NOTHING_TO_RESOLVE
    return CureAnswer.REFUSED


def read_delete(answer: Answer) -> CureAnswer:
    """Return what came of the admin's delete."""
    return CureAnswer.RESOLVED if answer.is_success else CureAnswer.REFUSED


def link_path(answer: Answer) -> Secret | None:
    """Return the path of the link to end the chaos, as the shop or the factory hands it out; `None` without one.

    Only the path is taken, and only one of the very form the factory uses: the link's host is never followed.
    """
    body = answer.body if isinstance(answer.body, dict) else {}
    link = body.get("followLinkToEndChaos") or body.get("reportUrl")
    if not isinstance(link, str) or len(link) > 2000:
        return None
    try:
        path = urlsplit(link).path
    except ValueError:
        return None
    return Secret(path) if _LINK_PATH.fullmatch(path) else None


def _chaos(found: Any) -> VendorChaos | None:
    if not isinstance(found, dict) or not isinstance(found.get("type"), str):
        return None
    dates = (_date(found.get(name)) for name in ("initiatedDate", "startDate", "fixDate"))
    return VendorChaos(re.sub(r"[^a-z_-]", "", found["type"].lower())[:30] or "unknown", *dates)


def _date(text: Any) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo and at.year in YEARS else None
