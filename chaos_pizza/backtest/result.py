"""The back-test as a whole: rules and recordings in, everything that is said of them out."""

from collections.abc import Sequence
from dataclasses import dataclass

from chaos_pizza.backtest.advice import Advice, advise
from chaos_pizza.backtest.front import pareto_front
from chaos_pizza.backtest.grid import spread
from chaos_pizza.backtest.recording import Recording
from chaos_pizza.backtest.trial import Trial
from chaos_pizza.backtest.trying import try_all
from chaos_pizza.model.alert import AlertRule

GRID = 1000
"""How many rules a grid holds, those that it is made from included."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """What came of trying rules against everything recorded.

    `drills` and `calm` name the recordings. `trials` are of every rule that was tried, in each source: those of the
    rules as they stand (`standing`) first. `front` is taken among `standing`, or with a grid among all of them.
    """

    drills: tuple[str, ...]
    calm: tuple[str, ...]
    trials: tuple[Trial, ...]
    front: tuple[Trial, ...]
    advice: Advice
    gridded: bool

    @property
    def standing(self) -> tuple[Trial, ...]:
        """The trials of the rules as they stand."""
        return tuple(trial for trial in self.trials if not trial.candidate.changes)


def back_test(
    own: Sequence[AlertRule],
    recordings: Sequence[Recording],
    *,
    further: Sequence[AlertRule] = (),
    gridded: bool = False,
    count: int = GRID,
) -> Backtest:
    """Return what came of trying the rules `own`, and `further` ones to compare them with, over all recordings.

    Besides them `count` rules in all are tried: variations of theirs, for what would have halved the time to detect,
    which is asked of `own` alone. With `gridded` the variations of `further` ones are tried too, and any may stand in
    the front.
    """
    names = frozenset(rule.name for rule in own)
    compared = [rule for rule in further if rule.name not in names]
    candidates = spread([*own, *compared], count) if gridded else [*spread(own, count), *spread(compared, 0)]
    trials = try_all(candidates, recordings)
    drills = [recording for recording in recordings if recording.fault is not None]
    standing = [trial for trial in trials if not trial.candidate.changes]
    return Backtest(
        drills=tuple(recording.name for recording in drills),
        calm=tuple(recording.name for recording in recordings if recording.fault is None),
        trials=tuple(trials),
        front=pareto_front(trials if gridded else standing),
        advice=advise(trials, drills, names),
        gridded=gridded,
    )
