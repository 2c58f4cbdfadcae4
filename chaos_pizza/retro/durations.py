"""Times of several drills as one sample: those that found their end, and those that are lower bounds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chaos_pizza.model.measure import Measure

LEAST_FOR_INTERVAL = 5
"""Under so many drills no interval and no median is given, and no test made: the points are all there is."""


@dataclass(frozen=True, slots=True)
class Durations:
    """A sample of times in seconds, each kind in ascending order; either may be empty.

    `seen_s` are times that found their end. `at_least_s` are right-censored: what was waited for had not happened by
    then.
    """

    seen_s: tuple[float, ...] = ()
    at_least_s: tuple[float, ...] = ()

    @classmethod
    def of(cls, measures: Iterable[Measure | None]) -> "Durations":
        """Return the sample of some measures' values; what is unknown (`None`) is not in it."""
        known = [measure for measure in measures if measure is not None]
        return cls(
            tuple(sorted(measure.value for measure in known if not measure.censored)),
            tuple(sorted(measure.value for measure in known if measure.censored)),
        )

    @property
    def count(self) -> int:
        """How many times there are, of both kinds."""
        return len(self.seen_s) + len(self.at_least_s)

    @property
    def is_enough(self) -> bool:
        """Whether there are enough for an interval."""
        return self.count >= LEAST_FOR_INTERVAL

    def censored_data(self) -> Any:
        """Return the sample as scipy's `CensoredData`."""
        # Here, since loading it takes longer than most commands do.
        from scipy.stats import CensoredData  # noqa: PLC0415

        return CensoredData(uncensored=list(self.seen_s), right=list(self.at_least_s))
