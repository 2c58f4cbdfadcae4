"""Whether a blind drill is on at a target: then what its factory says of chaos is for the coordinator alone."""

from pathlib import Path

from chaos_pizza.folder import is_sealed_drill
from chaos_pizza.lease_file import list_leases
from chaos_pizza.model.lease import Lease
from chaos_pizza.model.target import Target
from chaos_pizza.safety.host import address_of

SEALED = "sealed, for a game day is on; --role coordinator shows it"
"""What is told in place of the factory's word."""


def sealed_lease_on(target: Target) -> Lease | None:
    """Return the lease of a blind drill that is not over at a target's factory; `None` where there is none.

    It stands from before anything can be asked for until calm is proven, whatever becomes of the drill's processes.
    Raises `UsageError` where leases can't be looked for.
    """
    return next((lease for lease in leases_on(target) if is_sealed_drill(Path(lease.folder))), None)


def leases_on(target: Target) -> list[Lease]:
    """Return the leases of drills that are not over at a target's factory; raises as `sealed_lease_on`."""
    address = address_of(target.factory_url)
    return [lease for lease in list_leases() if address_of(lease.factory_url) == address]
