"""The drill's end of the line to Locust's master, and through it to every worker."""

import logging
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping
from typing import Any

from chaos_pizza.clock import Clock
from chaos_pizza.engines.child import end_child, line_of, say, start_child
from chaos_pizza.engines.telling import read_line
from chaos_pizza.errors import UsageError
from chaos_pizza.model.micros import micros_of

logger = logging.getLogger(__name__)

PROCESS = "chaos_pizza.engines.locust_process"

Hear = Callable[[str, Mapping[str, Any], int], None]
"""Takes who told something, what, and when it came, in microseconds since 1970."""


class MasterLink:
    """A master under way; made by `open_master`.

    `on_told` is called with all that workers tell, and raises `ValueError` for what can't be believed. `refused` counts
    that, and what nothing can be made of; `first_refused` says what was wrong with the first of it.
    """

    def __init__(self, process: Process, port: int, clock: Clock) -> None:
        self.port = port
        self.refused = 0
        self.first_refused = ""
        self.on_told: Hear = lambda _sender, _said, _at_us: None
        self._process = process
        self._clock = clock

    def say(self, said: Mapping[str, Any], to: str | None = None) -> None:
        """Say something to one worker, or to all."""
        say(self._process, {"to": to, "say": said})

    async def listen(self) -> None:
        """Hear what is told until the master is gone; then return. Nothing that arrives ends it before."""
        while True:
            try:
                line = await line_of(self._process)
            except ValueError:
                self._refuse("a line that is too long")
                continue
            if not line:
                return
            self._hear(line)

    def _hear(self, line: bytes) -> None:
        try:
            sender, said = read_line(line)
            if sender is not None:
                self.on_told(sender, said, micros_of(self._clock.now()))
            elif said.get("tell") == "refused":
                self._refuse("a message that can't be read")
        except ValueError as error:
            self._refuse(str(error))
        except Exception as error:  # noqa: BLE001 - a stranger's message may meet a mistake of ours, and is to end no drill
            self._refuse(f"a message that nothing can be made of ({type(error).__name__})")

    def _refuse(self, reason: str) -> None:
        self.refused += 1
        if not self.first_refused:
            self.first_refused = reason
            logger.warning(f"Not believed, of those who buy: {reason}")

    async def close(self) -> None:
        """Dismiss the workers and end the master."""
        await end_child(self._process)


async def open_master(bind: str, port: int, clock: Clock) -> MasterLink:
    """Start a master that listens there; raises `UsageError` where it can't."""
    process = await start_child(PROCESS, "master", orders={"bind": bind, "port": port})
    try:
        _, said = read_line(await line_of(process) or b"null")
    except ValueError:
        said = {}
    if said.get("tell") != "listening":
        await end_child(process)
        raise UsageError(
            str(said.get("reason") or "Locust's master died at once; `chaos-pizza doctor` looks for Locust")
        )
    return MasterLink(process, said["port"], clock)
