"""What a fleet of drills comes to: how many shops detected the fault, how soon, and how surely that is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chaos_pizza.fleet.ranking import Ranking, rank
from chaos_pizza.fleet.row import REFUSED, ShopRow
from chaos_pizza.model.result import NOT_BEGUN, NOT_HELD, Verdict
from chaos_pizza.retro.durations import Durations
from chaos_pizza.retro.median import Median, estimate_median
from chaos_pizza.retro.rate import Rate

_WORST_FIRST = (
    Verdict.CALM_NOT_RESTORED,
    Verdict.ABORTED,
    Verdict.INVALID,
    Verdict.FAILED,
    Verdict.PASSED,
)


@dataclass(frozen=True, slots=True)
class FleetFacts:
    """What is known of a fleet before its first drill; `began_at` is when its first drill was to begin.

    `shops` are the names of all that it was to drill; empty in a fleet of an earlier release.
    """

    id: str
    name: str
    experiment: str
    title: str
    experiment_sha256: str
    is_placebo: bool
    at_a_time: int
    began_at: datetime
    shops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FleetSummary:
    """A fleet's figures.

    `counts` says how many shops there are of each word (`passed`, `not held`, …), those of none left out. `detected` is
    how many detected the fault of those whose drill proves anything (of a placebo: the false alarms). `median_ttd_s` is
    `None` under five times. `ended_at` is `None` where no drill was held.
    """

    facts: FleetFacts
    ranking: Ranking
    counts: dict[str, int]
    detected: Rate
    median_ttd_s: Median | None
    ended_at: datetime | None
    exit_code: int

    @property
    def shops(self) -> int:
        """How many shops the fleet has."""
        return sum(self.counts.values())

    @property
    def drilled(self) -> int:
        """How many of them a drill was held at, whatever came of it."""
        return self.shops - self.counts.get(NOT_HELD, 0) - self.counts.get(NOT_BEGUN, 0)


def summarize(facts: FleetFacts, rows: Sequence[ShopRow]) -> FleetSummary:
    """Return what the rows of a fleet come to."""
    ranking = rank(rows)
    proofs = ranking.proofs
    words = [row.word for row in rows]
    ends = [row.ended_at for row in rows if row.ended_at is not None]
    return FleetSummary(
        facts=facts,
        ranking=ranking,
        counts={word: words.count(word) for word in _words() if word in words},
        detected=Rate(_detected(ranking), len(proofs)),
        median_ttd_s=estimate_median(Durations.of(row.ttd_s for row in proofs)),
        ended_at=max(ends, default=None),
        exit_code=worst_exit_code(rows),
    )


def _detected(ranking: Ranking) -> int:
    return len(ranking.detected) + sum(row.detected_by is not None for row in ranking.without_time)


def worst_exit_code(rows: Sequence[ShopRow]) -> int:
    """Return the exit code of a fleet: the worst verdict's, 5 before 4, 3, 1 and 0, as that of a series in CI.

    A shop that could not be drilled counts as 3 beside others that were: its drill proves nothing; one whose turn never
    came as 4: the fleet was ended before. Where none was held at all the code is 2, as nothing was started.
    """
    verdicts = {row.verdict for row in rows if row.verdict is not None}
    if any(row.exit_code is None for row in rows):
        verdicts.add(Verdict.ABORTED)
    if not verdicts:
        return REFUSED
    if any(row.exit_code == REFUSED for row in rows):
        verdicts.add(Verdict.INVALID)
    return next(verdict.exit_code for verdict in _WORST_FIRST if verdict in verdicts)


def at_least_invalid(exit_code: int) -> int:
    """Return the exit code of a fleet of which something could not be written: its own, but 3 in place of 0, 1 and 2.

    Drills were held, so that 2 would not be true; and what nobody can read later proves nothing.
    """
    return max(exit_code, Verdict.INVALID.exit_code)


def _words() -> tuple[str, ...]:
    return (*(verdict.value for verdict in reversed(_WORST_FIRST)), NOT_HELD, NOT_BEGUN)
