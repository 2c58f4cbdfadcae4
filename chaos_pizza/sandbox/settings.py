"""How a sandbox is to be set up, checked before anything is started."""

import math
import re
from dataclasses import dataclass
from typing import Self

from chaos_pizza.errors import UsageError

LONGEST_DELAY_S = 7 * 24 * 3600.0
"""The longest delay of chaos, in seconds: a week."""

MOST_SHOPS = 500
"""The most shops of a sandbox."""

LONGEST_STALL_S = 3600.0
"""The longest stall of the factory, in seconds: an hour."""

_NUMBER = r"(\d+(?:\.\d+)?)"
_DELAY = re.compile(rf"{_NUMBER}(?:-{_NUMBER})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class DelayRange:
    """The seconds between asking for chaos and its start: drawn anew each time, from `earliest_s` to `latest_s`."""

    earliest_s: float
    latest_s: float

    def __post_init__(self) -> None:
        if not 0 <= self.earliest_s <= self.latest_s <= LONGEST_DELAY_S:
            raise UsageError(
                f"a chaos delay of {self.earliest_s:g}-{self.latest_s:g} s is out of order or out of range; "
                f"it goes from 0 to {LONGEST_DELAY_S:g} s, the smaller number first"
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `5`, `0.5` or `5-20` (seconds); UsageError where it is anything else."""
        match = _DELAY.fullmatch(text.strip())
        if match is None:
            raise UsageError(f"{text!r} is no chaos delay; give seconds such as 5, or a range such as 5-20")
        earliest, latest = match.groups()
        return cls(float(earliest), float(latest or earliest))


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """How a sandbox is to be set up; UsageError where a value is out of range.

    A port of 0 is any free one. `chaos_delay_s` is a number of seconds or a range as text (`"5-20"`); `stall_s` is how
    long the factory stalls under `throttle` and on an oversized order (the real one: 32). With a `seed` every secret,
    delay and coin is drawn the same again (the RSA key is not). With `backup_factory` the shop has a second factory to
    fall back on. Of several `shops` each is a vendor of its own at the one factory, with its own chaos, diners and
    address; unless its port is any free one, the first is at `shop_port` and the others at those that follow.
    """

    shop_port: int = 0
    factory_port: int = 0
    chaos_delay_s: float | str = 0.0
    stall_s: float = 32.0
    seed: int | None = None
    backup_factory: bool = False
    shops: int = 1

    def __post_init__(self) -> None:
        for what, port in (("shop", self.shop_port), ("factory", self.factory_port)):
            if not 0 <= port <= 65535:
                raise UsageError(f"{port} is no port for the {what}; ports go from 0 (any free one) to 65535")
        if not 1 <= self.shops <= MOST_SHOPS:
            raise UsageError(f"a sandbox of {self.shops} shops is out of range; it has 1 to {MOST_SHOPS}")
        if self.shop_port and self.shop_port + self.shops > 65536:
            raise UsageError(f"there are no {self.shops} ports from {self.shop_port} on; ports go up to 65535")
        if not (math.isfinite(self.stall_s) and 0 <= self.stall_s <= LONGEST_STALL_S):
            raise UsageError(f"a stall of {self.stall_s:g} s is out of range; it goes from 0 to {LONGEST_STALL_S:g} s")
        _ = self.chaos_delay  # a bad range must be told now, not when chaos is asked for

    @property
    def chaos_delay(self) -> DelayRange:
        """The chaos delay as a range."""
        if isinstance(self.chaos_delay_s, str):
            return DelayRange.parse(self.chaos_delay_s)
        return DelayRange(self.chaos_delay_s, self.chaos_delay_s)
