"""What a drill is held for."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chaos_pizza.experiment.declaration import Declaration
from chaos_pizza.model.event import PurchasesObserved, Recorded
from chaos_pizza.model.lease import Lease
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.model.target import Target


@dataclass(frozen=True, slots=True)
class Torso:
    """A drill that was cut off, to be gone on with: its folder, and what its journal holds."""

    folder: Path
    records: Sequence[Recorded]

    @property
    def next_number(self) -> int:
        """The number of the next purchase; one is left out, so that the gap shows in the numbers too."""
        last = -1
        for recorded in self.records:
            if isinstance(recorded.event, PurchasesObserved):
                last = max([last, *(sample.number for sample in recorded.event.samples)])
                last = max([last, *(overdue.number for overdue in recorded.event.overdue)])
        return last + 2


@dataclass(frozen=True, slots=True)
class Commission:
    """What a drill is held for: what is declared, on which target, with results going where.

    `ephemeral` says that the target is a sandbox of the drill's own. `torso` is the drill to be gone on with, `None`
    for a new one.
    """

    declaration: Declaration
    target: Target
    reports: Path
    ephemeral: bool = False
    torso: Torso | None = None


def lease_of(commission: Commission, folder: Path, armed_at: datetime) -> Lease:
    """Return the lease of a drill that this process holds, its results going to `folder`."""
    target = commission.target
    return Lease(
        drill_id=folder.name,
        folder=str(folder.resolve()),
        target_name=target.name,
        shop_url=target.shop_url,
        factory_url=target.factory_url,
        shop_too=commission.declaration.settings.fault is FaultKind.SHOP_CHAOS,
        ephemeral=commission.ephemeral,
        armed_at=armed_at,
        runner_pid=os.getpid(),
    )
