"""What can happen to those that make a drill's purchases where these are other processes or machines."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LoadWorkerJoined:
    """A worker is ready to buy: number `worker` (from 1) of `workers`, at `place` (a process, or a machine's name).

    Its clock is `offset_s` seconds ahead of the drill's, give or take `uncertainty_s`. The times of its purchases stand
    in the journal on the drill's clock already, and are as exact as that.
    """

    worker: int
    workers: int
    place: str
    offset_s: float
    uncertainty_s: float


@dataclass(frozen=True, slots=True)
class LoadWorkerTimed:
    """A worker's clock was found to stand otherwise than it was last known; from here on its times are read by this."""

    worker: int
    at: datetime
    offset_s: float
    uncertainty_s: float


@dataclass(frozen=True, slots=True)
class LoadWorkerLost:
    """A worker was lost at `at`, and was last heard at `last_heard_at`; none of what it was still to buy is bought.

    `purchases_missing` counts those that were due by `at` and of which nothing was heard; they, and all that come due
    afterwards, are counted as dropped as they come due. `workers_left` is how many go on.
    """

    worker: int
    at: datetime
    last_heard_at: datetime
    purchases_missing: int
    workers_left: int
    reason: str


@dataclass(frozen=True, slots=True)
class LoadRefused:
    """What came from those that buy, and could not be believed: `count` messages since the last such event.

    `reason` is what was wrong with the first of them.
    """

    count: int
    reason: str
