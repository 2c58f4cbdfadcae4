"""The shop and the factory that a drill is held on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from chaos_pizza.errors import TargetError
from chaos_pizza.redaction import Secret

VARIABLES = {
    "shop_url": "PIZZA_SHOP_URL",
    "factory_url": "PIZZA_FACTORY_URL",
    "metrics_url": "PIZZA_METRICS_URL",
    "vendor_id": "PIZZA_VENDOR_ID",
    "vendor_key": "PIZZA_VENDOR_KEY",
    "diner_email": "PIZZA_DINER_EMAIL",
    "diner_password": "PIZZA_DINER_PASSWORD",
    "admin_email": "PIZZA_ADMIN_EMAIL",
    "admin_password": "PIZZA_ADMIN_PASSWORD",
    "factory_admin_key": "PIZZA_FACTORY_ADMIN_KEY",
}
"""The environment variable of each field of a target."""
REQUIRED = ("shop_url", "factory_url", "vendor_key")
SECRETS = ("vendor_key", "diner_password", "admin_password", "factory_admin_key")
_URLS = ("shop_url", "factory_url", "metrics_url")
_UNFIT_FOR_URL = re.compile(r"[\s\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Target:
    """A shop, its factory, and what is needed to drill them.

    URLs have no trailing slash and no credentials. `metrics_url` is `None` where the shop has no /metrics; without a
    diner the drill registers its own; without the shop's admin there is no shop chaos; without the factory's admin key
    only the link ends a fault.
    """

    name: str
    shop_url: str
    factory_url: str
    vendor_key: Secret
    vendor_id: str | None = None
    metrics_url: str | None = None
    diner_email: str | None = None
    diner_password: Secret | None = None
    admin_email: str | None = None
    admin_password: Secret | None = None
    factory_admin_key: Secret | None = None

    @classmethod
    def of_fields(cls, name: str, values: Mapping[str, str | None]) -> "Target":
        """Return the target that plain texts describe, by field name; an empty text counts as missing.

        Raises `TargetError`, naming the environment variables, where something is missing or no URL.
        """
        given = {key: value.strip() for key, value in values.items() if key in VARIABLES and value and value.strip()}
        missing = [VARIABLES[key] for key in REQUIRED if key not in given]
        if missing:
            raise TargetError(
                f"target {name!r}: {', '.join(missing)} not set; start `chaos-pizza sandbox` and take over the lines "
                "it prints, or set them to your own shop's"
            )
        for key in _URLS:
            if key in given:
                given[key] = checked_url(given[key], f"target {name!r}: {VARIABLES[key]}")
        return cls(name=name, **{key: Secret(value) if key in SECRETS else value for key, value in given.items()})  # type: ignore[arg-type]

    @classmethod
    def of_environment(cls, name: str, environment: Mapping[str, str]) -> "Target":
        """Return the target that the `PIZZA_…` variables describe; `TargetError` as for `of_fields`."""
        return cls.of_fields(name, {key: environment.get(variable) for key, variable in VARIABLES.items()})

    @property
    def has_shop_admin(self) -> bool:
        """Whether the shop's admin is known."""
        return bool(self.admin_email and self.admin_password)

    def secrets(self) -> tuple[Secret, ...]:
        """Return every secret of the target, for a redactor to learn."""
        values = (getattr(self, field.name) for field in fields(self))
        return tuple(value for value in values if isinstance(value, Secret))

    def to_fields(self) -> dict[str, str]:
        """Return the plain texts, secrets revealed, to be handed to the Chaos Toolkit; "" for what is missing."""
        values = {key: getattr(self, key) for key in VARIABLES}
        return {key: value.reveal() if isinstance(value, Secret) else value or "" for key, value in values.items()}


def checked_url(url: str, place: str) -> str:
    """Return a service's base URL without a trailing slash; `TargetError`, which names `place`, where it is none."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or _UNFIT_FOR_URL.search(url):
        raise TargetError(f"{place} is no http or https URL")
    if parts.username or parts.password:
        raise TargetError(f"{place} holds credentials; take them out of the URL")
    if "?" in url or "#" in url:
        raise TargetError(f"{place} has a query or fragment; give the base URL alone")
    return url.rstrip("/")
