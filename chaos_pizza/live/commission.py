"""What a drill is held for."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from chaos_pizza.experiment.declaration import Declaration
from chaos_pizza.model.draw import Draw, RegisterEntry
from chaos_pizza.model.event import PurchasesObserved, Recorded
from chaos_pizza.model.lease import Lease
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.model.target import Target

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 40


@dataclass(frozen=True, slots=True)
class Blind:
    """What makes a drill a blind one: nobody but the coordinator is to know what breaks, or when, before its end.

    `plan` is the name of the game day's plan, by which the drill's folder is called. The journal is sealed with `key`
    (32 bytes), which is revealed at the end together with the `draw`; `commitment` is what everybody is told of that
    from the start. `responders` are the people who may mark. `by_factory` says that the factory draws the time, so that
    the drill may wait for days. `plan_text` is the plan as it was drawn from, and `register` what the register of draws
    says of this one.
    """

    plan: str
    draw: Draw
    key: bytes = field(repr=False)
    commitment: str
    responders: tuple[str, ...] = ()
    by_factory: bool = False
    plan_text: str | None = None
    register: RegisterEntry = field(default_factory=RegisterEntry)


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
    for a new one. `blind` is what a blind drill is sealed with, `None` for one that hides nothing.
    """

    declaration: Declaration
    target: Target
    reports: Path
    ephemeral: bool = False
    torso: Torso | None = None
    blind: Blind | None = None

    @property
    def slug(self) -> str:
        """What the drill's folder is called by: a blind one's plan, since the experiment would tell what breaks."""
        if self.blind is None:
            return self.declaration.experiment
        return _NOT_IN_NAMES.sub("-", self.blind.plan.lower())[:_LONGEST_SLUG].strip("-") or "gameday"


def lease_of(commission: Commission, folder: Path, armed_at: datetime) -> Lease:
    """Return the lease of a drill that this process holds, its results going to `folder`.

    That of a blind drill is the same for every kind of fault: the shop's own chaos is turned off wherever that can be.
    """
    target = commission.target
    may_be_shop = commission.blind is not None and target.has_shop_admin
    return Lease(
        drill_id=folder.name,
        folder=str(folder.resolve()),
        target_name=target.name,
        shop_url=target.shop_url,
        factory_url=target.factory_url,
        shop_too=may_be_shop or commission.declaration.settings.fault is FaultKind.SHOP_CHAOS,
        ephemeral=commission.ephemeral,
        armed_at=armed_at,
        runner_pid=os.getpid(),
    )
