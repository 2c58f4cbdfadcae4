"""Run a command for as long as stdin stays open: `python -m chaos_pizza.sandbox.kept_process COMMAND …`.

Whoever starts it holds the other end of its stdin, and however that one dies, the command ends with it.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading

_TERM_TIMEOUT_S = 3.0


def main() -> int:
    """Run the command of the arguments, end it at the end of stdin, and return its exit code (1 for a signal)."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)  # whoever holds the other end decides
    command = sys.argv[1:]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True) as process:  # noqa: S603
        threading.Thread(target=_end_with_stdin, args=(process,), daemon=True).start()
        return max(process.wait(), 1) if process.returncode else 0


def _end_with_stdin(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    process.terminate()
    try:
        process.wait(_TERM_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()


if __name__ == "__main__":
    sys.exit(main())
