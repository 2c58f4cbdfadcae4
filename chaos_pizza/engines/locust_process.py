"""The door into Locust's own processes: `python -m chaos_pizza.engines.locust_process master` (or `worker`).

Locust runs on gevent, which changes the standard library under everybody's feet as soon as it is imported. So nothing
of it is ever imported by a drill's process, and here it is before anything else.

Either takes its orders as a line of JSON from its standard input, secrets among them, so that no command line and no
environment shows any. The end of that input is the death of who gave the orders, and the process ends with it.
"""

import sys


def main() -> int:
    """Be a master or a worker to the end, and return the exit code."""
    from gevent import monkey  # noqa: PLC0415 - never in a drill's process

    monkey.patch_all()
    if sys.argv[1:] == ["master"]:
        from chaos_pizza.engines.locust_master import run_master as run  # noqa: PLC0415 - after the patches
    else:
        from chaos_pizza.engines.locust_worker import run_worker as run  # noqa: PLC0415 - after the patches
    return run()


if __name__ == "__main__":
    sys.exit(main())
