"""An asyncio loop in a thread of its own, so that a drill goes on while the Chaos Toolkit's engine blocks."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from chaos_pizza.traffic.fair_loop import fair_loop

Result = TypeVar("Result")


class BackgroundLoop:
    """Runs coroutines in a thread of its own, for callers that can't await; what comes due there is done on time."""

    def __init__(self, name: str) -> None:
        self._loop = fair_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def call(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine to its end and return what it returns, or raise what it raises.

        An interrupted caller (Ctrl-C) cancels it.
        """
        future: Future[Result] = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """Cancel what still runs and end the thread; a second call does nothing."""
        if self._loop.is_closed():
            return
        self.call(self._cancel_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _cancel_all(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._loop.shutdown_asyncgens()
