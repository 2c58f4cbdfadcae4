"""How often something happened among the drills, and how surely that is known."""

from dataclasses import dataclass

from chaos_pizza.retro.durations import LEAST_FOR_INTERVAL
from chaos_pizza.retro.survival import CONFIDENCE


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` of `of` drills."""

    count: int
    of: int

    @property
    def bounds(self) -> tuple[float, float] | None:
        """What the true ratio (0 to 1) lies between with at least 95 %; `None` where there are too few drills.

        The exact interval of C. J. Clopper and E. S. Pearson, "The Use of Confidence or Fiducial Limits Illustrated in
        the Case of the Binomial", Biometrika 26 (1934), 404-413.
        """
        if self.of < LEAST_FOR_INTERVAL:
            return None
        from scipy.stats import binomtest  # noqa: PLC0415 - slow

        interval = binomtest(self.count, self.of).proportion_ci(CONFIDENCE, "exact")
        return float(interval.low), float(interval.high)
