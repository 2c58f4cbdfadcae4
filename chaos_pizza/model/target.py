"""The shop and the factory that a drill is held on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
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
    "prometheus_url": "PIZZA_PROMETHEUS_URL",
    "prometheus_token": "PIZZA_PROMETHEUS_TOKEN",
    "alertmanager_url": "PIZZA_ALERTMANAGER_URL",
    "alertmanager_token": "PIZZA_ALERTMANAGER_TOKEN",
    "grafana_url": "PIZZA_GRAFANA_URL",
    "grafana_token": "PIZZA_GRAFANA_TOKEN",
    "cloudwatch_region": "PIZZA_CLOUDWATCH_REGION",
    "loki_url": "PIZZA_LOKI_URL",
    "loki_token": "PIZZA_LOKI_TOKEN",
    "log_group": "PIZZA_LOG_GROUP",
    "log_file": "PIZZA_LOG_FILE",
    "webhook_port": "PIZZA_WEBHOOK_PORT",
    "monitor_port": "PIZZA_MONITOR_PORT",
}
"""The environment variable of each field of a target."""
REQUIRED = ("shop_url", "factory_url", "vendor_key")
SECRETS = (
    *("vendor_key", "diner_password", "admin_password", "factory_admin_key"),
    *("prometheus_token", "alertmanager_token", "grafana_token", "loki_token"),
)
_URLS = ("shop_url", "factory_url", "metrics_url", "prometheus_url", "alertmanager_url", "grafana_url", "loki_url")
_PORTS = ("webhook_port", "monitor_port")
_UNFIT_FOR_URL = re.compile(r"[\s\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Target:
    """A shop, its factory, and what is needed to drill them.

    URLs have no trailing slash and no credentials. `metrics_url` is `None` where the shop has no /metrics; without a
    diner the drill registers its own; without the shop's admin there is no shop chaos; without the factory's admin key
    only the link ends a fault.

    The team's alerting is read where `prometheus_url`, `alertmanager_url`, `grafana_url` or `cloudwatch_region` says
    where it is, its logs where `loki_url`, `log_group` (CloudWatch, in that region) or `log_file` (lines of JSON) does.
    At `webhook_port` on this machine the drill takes notifications, and at `monitor_port` it shows what its own
    purchases count, for a Prometheus to scrape.
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
    prometheus_url: str | None = None
    prometheus_token: Secret | None = None
    alertmanager_url: str | None = None
    alertmanager_token: Secret | None = None
    grafana_url: str | None = None
    grafana_token: Secret | None = None
    cloudwatch_region: str | None = None
    loki_url: str | None = None
    loki_token: Secret | None = None
    log_group: str | None = None
    log_file: str | None = None
    webhook_port: int | None = None
    monitor_port: int | None = None

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
        read: dict[str, Any] = {key: Secret(value) if key in SECRETS else value for key, value in given.items()}
        for key in _PORTS:
            if key in given:
                read[key] = _port(given[key], f"target {name!r}: {VARIABLES[key]}")
        return cls(name=name, **read)

    @classmethod
    def of_environment(cls, name: str, environment: Mapping[str, str]) -> "Target":
        """Return the target that the `PIZZA_…` variables describe; `TargetError` as for `of_fields`."""
        return cls.of_fields(name, {key: environment.get(variable) for key, variable in VARIABLES.items()})

    @property
    def has_shop_admin(self) -> bool:
        """Whether the shop's admin is known."""
        return bool(self.admin_email and self.admin_password)

    @property
    def has_alerting(self) -> bool:
        """Whether an alerting system of the team's is named."""
        return bool(self.prometheus_url or self.alertmanager_url or self.grafana_url or self.cloudwatch_region)

    def secrets(self) -> tuple[Secret, ...]:
        """Return every secret of the target, for a redactor to learn."""
        values = (getattr(self, field.name) for field in fields(self))
        return tuple(value for value in values if isinstance(value, Secret))

    def to_fields(self) -> dict[str, str]:
        """Return the plain texts, secrets revealed, to be handed to the Chaos Toolkit; "" for what is missing."""
        values = {key: getattr(self, key) for key in VARIABLES}
        return {key: value.reveal() if isinstance(value, Secret) else str(value or "") for key, value in values.items()}


def without_target(environment: Mapping[str, str], *, named_in: str = "") -> dict[str, str]:
    """Return an environment without what describes a target, for a process that has nothing to do with it.

    Of that it keeps what a text names, `named_in`: a team may use one secret for two things.
    """
    dropped = {variable for variable in VARIABLES.values() if variable not in named_in}
    return {name: value for name, value in environment.items() if name not in dropped}


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


def _port(text: str, place: str) -> int:
    """Return the port that a text names, from 1 to 65535; `TargetError`, which names `place`, where it names none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65_535):
        raise TargetError(f"{place} is no port; ports go from 1 to 65535")
    return int(text)
