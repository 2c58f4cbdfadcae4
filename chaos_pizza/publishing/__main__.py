"""The publishing process: takes an order on its standard input, tells the tools, and is gone in time.

Started by `process`, in a session of its own, with the whole seconds that it may take.
"""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path


def main() -> None:
    """Do what the order on standard input says; a line for every tool goes to standard output and to the log."""
    # The system itself ends this process, wherever it hangs: in a look-up of a name, in a library, on a disk.
    signal.alarm(int(sys.argv[1]))

    from chaos_pizza.clock import AnchoredClock  # noqa: PLC0415 - counted by the alarm
    from chaos_pizza.publishing.log import PublishingLog  # noqa: PLC0415
    from chaos_pizza.publishing.order import Order, Outcome  # noqa: PLC0415
    from chaos_pizza.publishing.run import tell_all  # noqa: PLC0415
    from chaos_pizza.publishing.settings import Tool  # noqa: PLC0415

    order = Order.of_json(sys.stdin.buffer.readline())
    log = PublishingLog(Path(order.folder), AnchoredClock())

    def told(tool: Tool, complaint: str | None) -> None:
        # Nobody may be reading any more; the log has it all the same.
        with contextlib.suppress(BrokenPipeError):
            sys.stdout.write(Outcome(tool, complaint).to_json())
            sys.stdout.flush()
        log.note(tool, complaint)

    async def work() -> None:
        await tell_all(order.account, order.settings, order.tools, os.environ, told)
        # At once: a thread that still waits for a name to be looked up has nothing to say any more.
        os._exit(0)

    asyncio.run(work())


if __name__ == "__main__":
    main()
