"""What a worker has to know of the target, and no more: it buys, so the vendor's key is none of its business."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chaos_pizza.errors import TargetError
from chaos_pizza.model.target import VARIABLES, Target, checked_url
from chaos_pizza.redaction import Secret

_NEEDED = ("shop_url", "factory_url")
_FIELDS = (*_NEEDED, "diner_email", "diner_password")


@dataclass(frozen=True, slots=True)
class WorkerTarget:
    """The shop to buy at, and the factory whose keys tell a pizza; without a diner the worker registers its own."""

    shop_url: str
    factory_url: str
    diner_email: str | None = None
    diner_password: Secret | None = None

    @classmethod
    def of(cls, target: Target) -> "WorkerTarget":
        """Return what a worker has to know of a target."""
        return cls(target.shop_url, target.factory_url, target.diner_email, target.diner_password)

    @classmethod
    def of_fields(cls, values: Mapping[str, Any]) -> "WorkerTarget":
        """Return the target that plain texts describe; `TargetError`, naming the variables, where it is none."""
        given = {key: str(values[key]).strip() for key in _FIELDS if values.get(key) and str(values[key]).strip()}
        missing = [VARIABLES[key] for key in _NEEDED if key not in given]
        if missing:
            raise TargetError(f"{', '.join(missing)} not set: a worker has to know where to buy")
        shop_url, factory_url = (checked_url(given[key], VARIABLES[key]) for key in _NEEDED)
        password = given.get("diner_password")
        return cls(shop_url, factory_url, given.get("diner_email"), Secret(password) if password else None)

    @classmethod
    def of_environment(cls, environment: Mapping[str, str]) -> "WorkerTarget":
        """Return the target that the `PIZZA_…` variables describe; raises as `of_fields`."""
        return cls.of_fields({key: environment.get(VARIABLES[key]) for key in _FIELDS})

    @property
    def has_diner(self) -> bool:
        """Whether one diner does all the buying."""
        return bool(self.diner_email and self.diner_password)

    def to_fields(self) -> dict[str, str]:
        """Return the plain texts, the password revealed, to be handed to a process through a pipe."""
        password = self.diner_password.reveal() if self.diner_password else ""
        return {
            "shop_url": self.shop_url,
            "factory_url": self.factory_url,
            "diner_email": self.diner_email or "",
            "diner_password": password,
        }
