"""From when until when an alert is firing, by Prometheus's state machine."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chaos_pizza.backtest.columns import Micros, micros_in
from chaos_pizza.backtest.conditions import Truths
from chaos_pizza.model.alert import AlertRule

Places = NDArray[np.intp]


class Evaluations:
    """Evaluations in rows, one row behind the other; a rule's state begins anew in each of them.

    `at_us` holds all instants, `row` the row of each; a row's instants are one evaluation interval apart.
    """

    def __init__(self, rows: Sequence[Micros]) -> None:
        lengths = [len(row) for row in rows]
        self.at_us: Micros = np.concatenate(rows) if rows else np.empty(0, dtype=np.int64)
        self.row: Places = np.repeat(np.arange(len(rows)), lengths)
        self.rows = len(rows)
        # An evaluation that is false behind each row keeps the rows apart, and ends what is firing at a row's end.
        self._spread = np.arange(len(self.at_us)) + self.row

    def turns(self, true: Truths) -> tuple[Places, Places]:
        """Return between which evaluations a condition held on end: the first of them, and the one behind the last.

        The latter belongs to the next row, or to none, where the condition held to a row's end.
        """
        apart = np.zeros(len(self.at_us) + self.rows + 1, dtype=np.int8)
        apart[self._spread + 1] = true
        turns = np.flatnonzero(apart[1:] != apart[:-1])
        begins, ends = turns[::2], turns[1::2]
        # A place in the spread is its place among the evaluations, plus the number of its row.
        row = self.row[np.searchsorted(self._spread, begins)]
        return begins - row, ends - row


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """The alerts that fired: at which evaluations they became pending, fired, and had ended.

    `ended` is the place behind its row's last evaluation for an alert that was firing to the end.
    """

    pending: Places
    firing: Places
    ended: Places


def firing_runs(rule: AlertRule, true: Truths, evaluations: Evaluations) -> Runs:
    """Return the alerts that fired, by time within their rows; `true` tells where the rule's condition holds.

    It must go on holding for `for_s` seconds: as seen at the first evaluation at which these are up.
    """
    begins, ends = evaluations.turns(true)
    waits = max(0, -(-micros_in(rule.for_s) // micros_in(rule.evaluation_interval_s)))
    fired = ends - begins > waits
    return Runs(begins[fired], begins[fired] + waits, ends[fired])
