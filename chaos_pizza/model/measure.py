"""How long something took, and how sure that is."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Measure:
    """A duration in seconds.

    `value` is the best single figure, `earliest` and `latest` the bounds it is known to lie in (in seconds, like the
    value). Where `censored`, what was waited for had not happened after `value` seconds: `value` is a lower bound and
    `latest` is `None`. A duration of which nothing at all is known is no `Measure` but `None`.
    """

    value: float
    earliest: float
    latest: float | None
    censored: bool = False


class MeasureName(StrEnum):
    """The measures of a drill."""

    TTD = "ttd_s"
    TTD_FROM_IMPACT = "ttd_from_impact_s"
    TTA = "tta_s"
    TTM = "ttm_s"
    TTR = "ttr_s"
    IMPACT_DELAY = "impact_delay_s"
    RECOVERY_LAG = "recovery_lag_s"
