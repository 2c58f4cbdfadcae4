"""What a game day's lot fell on, and what is said of it before anybody may know."""

from dataclasses import dataclass
from datetime import datetime

from chaos_pizza.model.settings import FaultKind


@dataclass(frozen=True, slots=True)
class Draw:
    """What a game day's lot fell on; a pure function of its plan, its seed and the window that was next.

    `plan_sha256` is the digest of the plan it was drawn from, `experiment` the path the plan names, `fault` what that
    one brings about (`none` for a placebo). The drill begins at `opens_at` and asks for the fault at `starts_at`;
    `None` where the factory itself draws the time. `nonce` (64 hexadecimal digits) keeps anybody from guessing the draw
    by trying all of them against its commitment.
    """

    plan_sha256: str
    seed: int
    experiment: str
    fault: FaultKind
    opens_at: datetime
    starts_at: datetime | None
    nonce: str


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """What the register of draws says of one of them; all is `None` where there is no register.

    It is its plan's draw `number` (from 1); `unheld` of those before came to the end of no drill; `flaw` says what is
    wrong with the register itself, `None` where nothing is.
    """

    number: int | None = None
    unheld: int | None = None
    flaw: str | None = None
