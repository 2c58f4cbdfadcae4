"""An asyncio loop in which what comes due is never behind a mass of answers, and timers are exact.

asyncio's own loop hears of everything that has arrived in one pass, however much that is, and looks at its timers after
that; and it waits in whole milliseconds. This one hears of a few at a time, and waits in microseconds.
"""

import asyncio
import os
import select
import selectors
import sys

AT_ONCE = 8
"""Connections that are read in one pass of the loop: each takes some hundredths of a millisecond."""
_Ready = list[tuple[selectors.SelectorKey, int]]

if sys.platform == "linux":
    _MOST_DESCRIPTOR = 1024
    """`select` takes none from here on."""

    class FairSelector(selectors.EpollSelector):
        """Tells of a few at a time; what is left out is told the next time, before what has been told already.

        The system is asked for a few by a handle of our own: the library's is always asked for all.
        """

        def __init__(self) -> None:
            super().__init__()
            self._few = select.epoll.fromfd(os.dup(self.fileno()))
            self._keys = self.get_map()

        def select(self, timeout: float | None = None) -> _Ready:
            """Return at most `AT_ONCE` that are ready, after at most `timeout` seconds."""
            wait_s = -1.0 if timeout is None else max(0.0, timeout)
            if wait_s > 0 and (descriptor := self.fileno()) < _MOST_DESCRIPTOR:
                # The wait of `epoll` itself is rounded up to a millisecond.
                if not select.select([descriptor], [], [], wait_s)[0]:
                    return []
                wait_s = 0.0
            return [told for event in self._few.poll(wait_s, AT_ONCE) if (told := self._told(*event))]

        def close(self) -> None:
            """Let go of all."""
            self._few.close()
            super().close()

        def _told(self, descriptor: int, event: int) -> tuple[selectors.SelectorKey, int] | None:
            try:
                key = self._keys[descriptor]
            except KeyError:
                # Nobody waits for it any more, but somebody else, such as a child process, has it open.
                return None
            can_write = selectors.EVENT_WRITE if event & ~select.EPOLLIN else 0
            can_read = selectors.EVENT_READ if event & ~select.EPOLLOUT else 0
            return key, key.events & (can_read | can_write)

else:

    class FairSelector(selectors.DefaultSelector):
        """Tells of a few at a time; what is left out is told the next time, since nobody has read it by then."""

        def select(self, timeout: float | None = None) -> _Ready:
            """Return at most `AT_ONCE` that are ready, after at most `timeout` seconds."""
            return super().select(timeout)[:AT_ONCE]


def fair_loop() -> asyncio.AbstractEventLoop:
    """Return a new loop, to be closed by whoever asked."""
    return asyncio.SelectorEventLoop(FairSelector())
