"""The shops of a fleet in the order of their time to detect."""

from collections.abc import Sequence
from dataclasses import dataclass

from chaos_pizza.fleet.row import ShopRow
from chaos_pizza.model.measure import Measure
from chaos_pizza.model.result import Verdict
from chaos_pizza.report.phrasing import duration

_APART = (Verdict.CALM_NOT_RESTORED, Verdict.ABORTED, Verdict.INVALID)
"""What proves nothing, and is told apart; what has to be seen to comes first."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The rows of a fleet, each in one of four lists.

    `detected` stand the quickest first, each with its rank. Those share one whose times are the
    same as they are shown: less than that is within what is not known of either. `undetected` have
    a lower bound alone, and stand the least first: nobody can say which of them would have taken longest.
    `without_time` prove something, but have no time to detect, as a placebo that nothing detected. `apart` prove
    nothing: what owes calm stands first, then what was aborted, invalid, refused, and not begun.
    """

    detected: tuple[tuple[int, ShopRow], ...]
    undetected: tuple[ShopRow, ...]
    without_time: tuple[ShopRow, ...]
    apart: tuple[ShopRow, ...]

    @property
    def proofs(self) -> tuple[ShopRow, ...]:
        """All rows whose drill proves anything, in this order."""
        return (*(row for _, row in self.detected), *self.undetected, *self.without_time)


def rank(rows: Sequence[ShopRow]) -> Ranking:
    """Return the rows in their order, which doesn't depend on the one they come in."""
    proofs = sorted((row for row in rows if row.is_proof), key=lambda row: row.shop)
    timed = [(row.ttd_s, row) for row in proofs if row.ttd_s is not None]
    detected = sorted((each for each in timed if not each[0].censored), key=_value)
    undetected = sorted((each for each in timed if each[0].censored), key=_value)
    apart = sorted((row for row in rows if not row.is_proof), key=lambda row: (_weight(row), row.shop))
    return Ranking(
        detected=tuple(_ranked(detected)),
        undetected=tuple(row for _, row in undetected),
        without_time=tuple(row for row in proofs if row.ttd_s is None),
        apart=tuple(apart),
    )


def _value(timed: tuple[Measure, ShopRow]) -> float:
    return timed[0].value


def _ranked(timed: Sequence[tuple[Measure, ShopRow]]) -> list[tuple[int, ShopRow]]:
    """Return each row with its rank; of those that share one the names decide which stands first."""
    shown = [duration(measure.value) for measure, _ in timed]
    ranked = [(1 + shown.index(each), row) for each, (_, row) in zip(shown, timed, strict=True)]
    return sorted(ranked, key=lambda each: (each[0], each[1].shop))


def _weight(row: ShopRow) -> int:
    if row.verdict is not None:
        return _APART.index(row.verdict)
    return len(_APART) + (row.exit_code is None)
