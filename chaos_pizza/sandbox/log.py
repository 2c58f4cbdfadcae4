"""The sandbox's own log: one JSON object a line, and no secret in it."""

import asyncio
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TextIO

from chaos_pizza.errors import UsageError
from chaos_pizza.sandbox.instants import iso_us

LogValue = str | int | float | bool | None


class JsonLog:
    """Writes events as lines of JSON, each with `at` and `event`; with no stream it writes nothing.

    Others can read them a moment later: all that is written in one pass of the loop is flushed before the next, and
    where there is no loop, each line. If it can't be written any more, that is told on stderr, once, and nothing more
    is written: the shop sells on.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._is_unflushed = False

    @property
    def is_open(self) -> bool:
        """Whether anything is written at all."""
        return self._stream is not None

    def write(self, event: str, at: datetime, **details: LogValue) -> None:
        """Write one event; the caller sees to it that no detail is a secret."""
        if self._stream is not None:
            self.write_line(json.dumps({"at": iso_us(at), "event": event, **details}))

    def write_line(self, line: str) -> None:
        """Write one event that is JSON already, as `write` would have it."""
        if self._stream is None:
            return
        try:
            self._stream.write(line + "\n")
        except OSError as error:
            self._end(error)
        if self._is_unflushed:
            return
        # With a call to the system for each, a line costs half as much as the purchase it tells of.
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._flush()
        else:
            self._is_unflushed = True
            loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._is_unflushed = False
        if self._stream is None:
            return
        try:
            self._stream.flush()
        except OSError as error:
            self._end(error)

    def _end(self, error: OSError) -> None:
        is_stderr, self._stream = self._stream is sys.stderr, None
        if not is_stderr:
            said = f"chaos-pizza sandbox: the log can't be written any more ({error.strerror}), and ends here\n"
            sys.stderr.write(said)


@contextmanager
def open_log(path: str | None) -> Iterator[JsonLog]:
    """Give a log that appends to the file, or to stderr for `-`, or nowhere for None."""
    if path is None:
        yield JsonLog()
    elif path == "-":
        yield JsonLog(sys.stderr)
    else:
        try:
            stream = Path(path).open("a", encoding="utf-8")  # noqa: SIM115 - closed below
        except OSError as error:
            raise UsageError(f"the log {path} can't be written: {error.strerror}") from error
        try:
            yield JsonLog(stream)
        finally:
            # What is left to write is what could not be written before, and that was told.
            with suppress(OSError):
                stream.close()


def silence_wire_logs() -> None:
    """Keep the HTTP libraries' own logs down in this process: they write URLs and headers, and those hold secrets."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # Everything that goes wrong in a request is answered and logged by the endpoints; what is left is peers' noise.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
