"""How many files and connections this process may have open: each purchase under way takes one."""

import errno
import resource
from contextlib import suppress

from chaos_pizza.errors import UsageError

_SPARE = 100
"""What a process has open besides: its journal, its watchdog's pipes, the factory's and the alerting's connections."""
_MOST_ON_MACOS = 10_240
"""OPEN_MAX: macOS says that there is no limit, and grants no more than this."""
_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE})


def raise_limit() -> None:
    """Let this process, and whatever it starts, have as many open as the system allows it; where it can't, all stays.

    Most systems allow far more than the 256 or 1024 that a process begins with.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (hard, _MOST_ON_MACOS):
        if _is_more(wanted, soft):
            with suppress(ValueError, OSError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
                return


def require_handles(max_in_flight: int, visitors: int = 0) -> None:
    """Raise `UsageError` where this process can't have so many purchases and visitors under way at once.

    Otherwise their lack would look as if the shop were out of reach.
    """
    needed = max_in_flight + visitors + _SPARE
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _is_more(needed, soft):
        fits = max(1, soft - needed + max_in_flight)
        raise UsageError(
            f"traffic.max_in_flight is {max_in_flight}, which takes up to {needed} open connections and files, and "
            f"this process may have {soft}; set traffic.max_in_flight to {fits} or less, or raise the limit by: "
            f"ulimit -n {needed}"
        )


def is_exhaustion(error: BaseException) -> bool:
    """Tell whether an error says that this process, or this machine, may open no more."""
    return isinstance(error, OSError) and error.errno in _EXHAUSTED


def _is_more(wanted: int, allowed: int) -> bool:
    unlimited = resource.RLIM_INFINITY
    return allowed != unlimited and (wanted == unlimited or wanted > allowed)
