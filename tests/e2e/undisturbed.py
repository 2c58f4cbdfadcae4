"""Drills as they are shipped, on a machine that may stand still now and then."""

import threading
import time

YARD_S = 0.05
STANDSTILL_S = 0.4
ATTEMPTS = 3


class Yardstick:
    """How long this machine kept a thread from its work while the `with` lasted, at most at a time and all in all.

    A bare sleep came so late.
    """

    def __init__(self) -> None:
        self.longest_s = self.total_s = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._measure, daemon=True)

    def __enter__(self) -> "Yardstick":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _measure(self) -> None:
        while not self._over.is_set():
            asleep_at_s = time.monotonic()
            self._over.wait(YARD_S)
            late_s = max(0.0, time.monotonic() - asleep_at_s - YARD_S)
            self.longest_s, self.total_s = max(self.longest_s, late_s), self.total_s + late_s


def held_undisturbed(hold, passed):
    """What `hold(attempt)` returns, anew where it has not `passed` and the machine stood still meanwhile.

    The experiments as they are shipped take a purchase for late after two seconds, and such a machine makes some so.
    """
    for attempt in range(ATTEMPTS):
        with Yardstick() as machine:
            held = hold(attempt)
        if passed(held) or machine.longest_s < STANDSTILL_S:
            break
    return held
