"""Whole numbers of which most follow one another, kept as runs: a day of them is as little as its gaps are few."""

from dataclasses import dataclass

import numpy as np

from chaos_pizza.model.growing_column import Column, whole_numbers


@dataclass(frozen=True, slots=True, eq=False)
class NumberRuns:
    """Runs in ascending order, none of which touches another: each from one of `firsts` to its one of `lasts`."""

    firsts: Column
    lasts: Column

    def __len__(self) -> int:
        """How many numbers there are."""
        return int((self.lasts - self.firsts + 1).sum())

    def with_numbers(self, numbers: Column) -> "NumberRuns":
        """Return these numbers and others, in whatever order, some perhaps among these already."""
        firsts, lasts = np.append(self.firsts, numbers), np.append(self.lasts, numbers)
        order = np.argsort(firsts, kind="stable")
        firsts, reach = firsts[order], np.maximum.accumulate(lasts[order])
        # A run begins where nothing before reaches, and ends before the next.
        begins = np.append(np.ones(min(len(firsts), 1), dtype=bool), firsts[1:] > reach[:-1] + 1)
        return NumberRuns(firsts[begins], reach[np.append(begins[1:], np.ones(min(len(firsts), 1), dtype=bool))])

    def below(self, numbers: Column) -> Column:
        """Return of each number how many of these are less."""
        so_far = np.append(0, np.cumsum(self.lasts - self.firsts + 1, dtype=np.int64))
        place = np.searchsorted(self.firsts, numbers)
        inside = np.append(-1, self.lasts)[place] - numbers + 1
        found: Column = so_far[place] - np.maximum(np.where(place > 0, inside, 0), 0)
        return found


NO_RUNS = NumberRuns(whole_numbers([]), whole_numbers([]))
"""No numbers at all."""
