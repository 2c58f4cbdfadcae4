"""Waiting until something holds, in a thread that has nothing else to do."""

import time
from collections.abc import Callable

_GLANCE_S = 0.1


def wait_for(holds: Callable[[], bool], timeout_s: float, unless: Callable[[], object] = lambda: None) -> bool:
    """Wait until something holds and return True; False after `timeout_s` seconds, or once `unless` says anything."""
    deadline_s = time.monotonic() + timeout_s
    while not holds():
        if unless() or time.monotonic() >= deadline_s:
            return False
        time.sleep(_GLANCE_S)
    return True
