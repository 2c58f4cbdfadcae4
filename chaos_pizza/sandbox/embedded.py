"""A sandbox in a thread of its own, for whoever has no loop to run it in."""

import asyncio
import threading
from concurrent.futures import Future
from types import TracebackType
from typing import Self

import uvloop

from chaos_pizza.clock import Clock
from chaos_pizza.sandbox.log import JsonLog
from chaos_pizza.sandbox.running import Sandbox
from chaos_pizza.sandbox.settings import SandboxSettings
from chaos_pizza.sandbox.truth import ChaosTruth, PurchaseRecord


class SandboxThread:
    """Runs a sandbox for as long as the `with` lasts; what can't be started raises on entry (UsageError)."""

    def __init__(
        self, settings: SandboxSettings | None = None, log: JsonLog | None = None, clock: Clock | None = None
    ) -> None:
        self._sandbox = Sandbox(settings, log, clock)
        self._up: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._over: Future[None] = Future()
        # A daemon, so that a caller that never leaves the `with` can still exit.
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    @property
    def environment(self) -> dict[str, str]:
        """The `PIZZA_*` variables by which a client finds its way in, to the first shop; some are secret."""
        return self._sandbox.environment

    @property
    def environments(self) -> dict[str, dict[str, str]]:
        """Each shop's `PIZZA_*` variables, by its vendor's id; some are secret."""
        return self._sandbox.environments

    @property
    def truth(self) -> tuple[ChaosTruth, ...]:
        """Every spell of chaos there was at the first shop, in the order they were asked for; also after the end."""
        return self._sandbox.truth

    @property
    def truths(self) -> dict[str, tuple[ChaosTruth, ...]]:
        """The same of every shop, by its vendor's id."""
        return self._sandbox.truths

    @property
    def purchases(self) -> tuple[PurchaseRecord, ...]:
        """The last 100 000 purchases at the first shop, in the order they were answered; also after the end."""
        return self._sandbox.purchases

    def __enter__(self) -> Self:
        self._thread.start()
        self._up.result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        loop, leave = self._up.result()
        if not self._over.done():
            loop.call_soon_threadsafe(leave.set)
        self._over.result()
        self._thread.join()

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits for it
            (self._over if self._up.done() else self._up).set_exception(error)
        else:
            self._over.set_result(None)

    async def _serve(self) -> None:
        leave = asyncio.Event()
        async with self._sandbox:
            self._up.set_result((asyncio.get_running_loop(), leave))
            await leave.wait()
