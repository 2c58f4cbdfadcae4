"""A worker's share of the plan: which purchases are its to make, and what has become of each."""

from collections.abc import Callable


class Share:
    """The purchases of worker `worker` of `workers`, from number `first` on: every `workers`-th.

    Each is settled once: it ended, or was dropped. `offset_s` says when a purchase is due, in seconds after the
    traffic's start, never sooner than the one before; it is asked of the next one only, whatever a worker tells.
    Memory stays as small as what is open: numbers below the first open one are known to be settled.
    """

    def __init__(self, worker: int, workers: int, first: int, offset_s: Callable[[int], float]) -> None:
        self._workers = workers
        self._remainder = worker
        self._open = self._next = first + (worker - first) % workers
        self._settled: set[int] = set()
        self._overdue: set[int] = set()
        self._offset_s = offset_s
        self._next_s = offset_s(self._next)

    def come_due(self, passed_s: float) -> None:
        """Take in that so many seconds have passed since the traffic's start: nothing is made before it is due."""
        while self._next_s <= passed_s:
            self._next += self._workers
            self._next_s = self._offset_s(self._next)

    @property
    def next_due(self) -> int:
        """The first purchase that is not due yet."""
        return self._next

    def settle(self, number: int) -> None:
        """Take in that a purchase ended or was dropped.

        Raises `ValueError` for another worker's, for one that is not due yet, and for one settled already.
        """
        self._check(number)
        self._settled.add(number)
        self._overdue.discard(number)
        while self._open in self._settled:
            self._settled.discard(self._open)
            self._open += self._workers

    def note_overdue(self, number: int) -> None:
        """Take in that a purchase ran over its budget and is not settled yet; `ValueError` as for `settle`."""
        self._check(number)
        if number in self._overdue:
            raise ValueError("a purchase that was told to be overdue before")
        self._overdue.add(number)

    def give_up(self) -> int:
        """Settle all that is due and of which nothing was heard, and return how many these are.

        One that was overdue is known to have failed, and is not among them.
        """
        missing = 0
        while self._open < self._next:
            missing += self._open not in self._overdue
            self.settle(self._open)
        return missing

    def _check(self, number: int) -> None:
        if number % self._workers != self._remainder:
            raise ValueError("a purchase of another worker's share")
        if number >= self._next:
            raise ValueError("a purchase that is not due yet")
        if number < self._open or number in self._settled:
            raise ValueError("a purchase that was told of before")
