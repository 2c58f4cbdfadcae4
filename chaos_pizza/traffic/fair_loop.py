"""An asyncio loop in which what comes due is never behind a mass of answers, and timers are exact.

asyncio's own loop hears of everything that has arrived in one pass, however much that is, and looks at its timers after
that; and it waits in whole milliseconds. This one hears of a few at a time, and waits in microseconds.
"""

import asyncio
import select
import selectors

AT_ONCE = 16
"""Connections that are read in one pass of the loop: each takes some hundredths of a millisecond."""
_MOST_DESCRIPTOR = 1024
"""`select` takes none from here on."""


class FairSelector(selectors.DefaultSelector):
    """Tells of a few at a time; what is left out is told the next time, since nobody has read it by then."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return at most `AT_ONCE` that are ready, after at most `timeout` seconds."""
        if timeout is not None and timeout > 0 and 0 <= (descriptor := self._descriptor()) < _MOST_DESCRIPTOR:
            # The wait of `epoll` itself is rounded up to a millisecond.
            select.select([descriptor], [], [], timeout)
            timeout = 0
        return super().select(timeout)[:AT_ONCE]

    def _descriptor(self) -> int:
        return self.fileno() if hasattr(self, "fileno") else -1


def fair_loop() -> asyncio.AbstractEventLoop:
    """Return a new loop, to be closed by whoever asked."""
    return asyncio.SelectorEventLoop(FairSelector())
