"""What came of one shop of a fleet."""

from dataclasses import dataclass
from datetime import datetime

from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.result import DrillResult, Verdict

REFUSED = 2
"""The exit code of a drill that could not be held: nothing was started."""


@dataclass(frozen=True, slots=True)
class ShopRow:
    """One shop, whatever came of it.

    `exit_code` is what its drill ended with, 2 where none could be held, `None` where it was not begun. `reasons` say
    why, the weightiest first. `drill` is the drill's id and `report` its page, seen from the fleet's folder; `None`
    where there is none. `cut` says that the fleet's own end ended it: resumed, the fleet drills that shop again.
    A measure is `None` where nothing is known of it. `processor_s` is what the drill took of a processor, its watchdog
    included and its report not. `complaints` say what went wrong after the drill.
    """

    shop: str
    exit_code: int | None = None
    reasons: tuple[str, ...] = ()
    drill: str | None = None
    report: str | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    detected_by: str | None = None
    ended_by: str | None = None
    ttd_s: Measure | None = None
    ttm_s: Measure | None = None
    ttr_s: Measure | None = None
    send_lateness_p99_s: float | None = None
    processor_s: float | None = None
    cut: bool = False
    complaints: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict | None:
        """The verdict that the exit code says; `None` where no drill was held."""
        return Verdict.of_exit_code(self.exit_code)

    @property
    def word(self) -> str:
        """The verdict in a word or three; `not held` where it was refused, `not begun` where its turn never came."""
        return Verdict.word_of_exit_code(self.exit_code)

    @property
    def is_proof(self) -> bool:
        """Whether its drill proves anything: it passed, or failed."""
        return self.verdict in {Verdict.PASSED, Verdict.FAILED}

    @property
    def is_settled(self) -> bool:
        """Whether there is a verdict on the shop, so that a fleet that is resumed need not drill it again."""
        return self.verdict is not None and not self.cut


def row_of(shop: str, exit_code: int, result: DrillResult, complaint: str | None = None) -> ShopRow:
    """Return a shop's row from its drill's result; `complaint` says what went wrong beside it."""
    measures, timeline = result.measures, result.timeline
    lateness = result.precision.lateness if result.precision else None
    return ShopRow(
        shop=shop,
        exit_code=exit_code,
        reasons=(*_loudest(exit_code, result), *_judged(exit_code, result), *([complaint] if complaint else [])),
        drill=result.drill_id,
        began_at=result.started_at,
        ended_at=result.ended_at,
        detected_by=timeline.detected_by,
        ended_by=timeline.ended_by.value if timeline.ended_by else None,
        ttd_s=measures.get(MeasureName.TTD),
        ttm_s=measures.get(MeasureName.TTM),
        ttr_s=measures.get(MeasureName.TTR),
        send_lateness_p99_s=lateness.p99_s if lateness else None,
    )


def _judged(exit_code: int, result: DrillResult) -> tuple[str, ...]:
    """Return the judgement's reasons; of an aborted drill the first says that calm is back, where that is proven."""
    reasons, timeline = result.judgement.reasons, result.timeline
    if exit_code != Verdict.ABORTED.exit_code or not reasons or not timeline.calm_verified:
        return reasons
    calm = "calm is proven" if timeline.fault_proven else "calm holds, and no fault was on"
    return (f"{reasons[0]}; {calm}", *reasons[1:])


def _loudest(exit_code: int, result: DrillResult) -> tuple[str, ...]:
    """Return what was seen last and outweighs what the journal holds, if that is so."""
    owes_calm = exit_code == Verdict.CALM_NOT_RESTORED.exit_code
    if owes_calm and result.judgement.verdict is not Verdict.CALM_NOT_RESTORED:
        return ("calm was not proven at the end: chaos may still be on",)
    return ()
