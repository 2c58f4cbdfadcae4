"""How many purchases a second a drill makes when, and what its visitors do besides."""

from dataclasses import dataclass
from enum import StrEnum


class ProfileKind(StrEnum):
    """How a drill's purchases lie in time; `rate_per_s` is the traffic's."""

    CONSTANT = "constant"
    """Evenly, at `rate_per_s`."""
    POISSON = "poisson"
    """As people come who know nothing of each other, `rate_per_s` of them a second on average."""
    RAMP = "ramp"
    """Evenly faster from `from_per_s` to `rate_per_s`, and constant from there on."""
    DAY = "day"
    """As in a day: a cosine between `lowest_ratio` times `rate_per_s` and `rate_per_s`, again and again."""


@dataclass(frozen=True, slots=True)
class TrafficProfile:
    """How the purchases lie in time.

    A ramp goes from `from_per_s` purchases a second to the traffic's `rate_per_s` in `over_s` seconds. A day lasts
    `period_s` seconds; at its quietest moment there are `lowest_ratio` (0 to 1) times as many purchases a second as at
    its peak, and the drill begins `begins_s` seconds after the quietest moment.
    """

    kind: ProfileKind = ProfileKind.CONSTANT
    from_per_s: float = 1.0
    over_s: float = 60.0
    period_s: float = 86_400.0
    lowest_ratio: float = 0.1
    begins_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """What visitors do beside the purchases; all are shares, from 0 to 1.

    Whoever buys comes in first: `register_ratio` of them are new and register, the others log in; then they look at the
    menu. `verify_ratio` have a pizza verified. `browse_ratio` of all visitors only look at the menu and the stores, and
    buy nothing.
    """

    register_ratio: float = 0.1
    verify_ratio: float = 0.3
    browse_ratio: float = 0.5
