"""How often a rule pages for nothing, and how surely that is known."""

from dataclasses import dataclass

WEEK_S = 7 * 86_400.0
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class FalsePages:
    """How often an alert fired in `weeks` weeks of calm."""

    count: int
    weeks: float

    @property
    def per_week(self) -> float | None:
        """The pages for nothing in a week; `None` without any calm."""
        return self.count / self.weeks if self.weeks > 0 else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """What the true rate per week lies between, by the exact Poisson interval (95 %, as Garwood has it).

        `None` without any calm. Without a single page it still does not end at 0.
        """
        if self.weeks <= 0:
            return None
        # Here, since loading it takes longer than most commands do.
        from scipy.special import gammaincinv  # noqa: PLC0415

        tail = (1 - CONFIDENCE) / 2
        # The gamma distribution's quantiles are half of chi-squared's with twice as many degrees of freedom.
        least = float(gammaincinv(self.count, tail)) if self.count else 0.0
        return least / self.weeks, float(gammaincinv(self.count + 1, 1 - tail)) / self.weeks
