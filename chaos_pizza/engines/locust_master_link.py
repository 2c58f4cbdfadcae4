"""The drill's end of the line to Locust's master, and through it to every worker."""

from asyncio.subprocess import Process
from collections.abc import Callable, Mapping
from typing import Any

from chaos_pizza.clock import Clock
from chaos_pizza.engines.child import end_child, line_of, say, start_child
from chaos_pizza.engines.telling import read_line
from chaos_pizza.errors import UsageError
from chaos_pizza.model.micros import micros_of

PROCESS = "chaos_pizza.engines.locust_process"

Hear = Callable[[str, Mapping[str, Any], int], None]
"""Takes who told something, what, and when it came, in microseconds since 1970."""


class MasterLink:
    """A master under way; made by `open_master`.

    `on_told` is called with all that workers tell, and raises `ValueError` for what can't be believed. `refused` counts
    that, and what nothing can be made of.
    """

    def __init__(self, process: Process, port: int, clock: Clock) -> None:
        self.port = port
        self.refused = 0
        self.on_told: Hear = lambda _sender, _said, _at_us: None
        self._process = process
        self._clock = clock

    def say(self, said: Mapping[str, Any], to: str | None = None) -> None:
        """Say something to one worker, or to all."""
        say(self._process, {"to": to, "say": said})

    async def listen(self) -> None:
        """Hear what is told until the master is gone; then return."""
        while True:
            try:
                line = await line_of(self._process)
                if not line:
                    return
                self._hear(line)
            except ValueError:
                self.refused += 1

    def _hear(self, line: bytes) -> None:
        sender, said = read_line(line)
        if sender is None:
            self.refused += said.get("tell") == "refused"
        else:
            self.on_told(sender, said, micros_of(self._clock.now()))

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
