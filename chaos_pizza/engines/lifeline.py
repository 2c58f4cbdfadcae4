"""The pipes of a process of Locust's: orders in, lines of JSON out, and its end when the first one ends.

Only Locust's own processes import this: it is made of gevent.
"""

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

from gevent.fileobject import FileObjectPosix
from gevent.lock import RLock

_LONGEST_LINE = 1_000_000


class Lifeline:
    """Standard input and output, in lines of JSON."""

    def __init__(self) -> None:
        self._input = FileObjectPosix(sys.stdin.fileno(), "rb", close=False)
        self._output = FileObjectPosix(sys.stdout.fileno(), "wb", close=False)
        self._lock = RLock()

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield what is said to this process, until whoever says it is gone."""
        while line := self._input.readline(_LONGEST_LINE):
            said = json.loads(line)
            if isinstance(said, dict):
                yield said

    def tell(self, told: object) -> None:
        """Write a line; where nobody listens any more, end this process."""
        line = json.dumps(told, separators=(",", ":"), allow_nan=False).encode() + b"\n"
        try:
            with self._lock:
                self._output.write(line)
                self._output.flush()
        except OSError:
            os._exit(0)
