"""Run a command for as long as stdin stays open: `python -m chaos_pizza.sandbox.kept_process FOLDER COMMAND …`.

Whoever starts it holds the other end of its stdin, and however that one dies, the command ends with it, and the folder
with all its data is removed.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading

_TERM_TIMEOUT_S = 3.0


def main() -> int:
    """Run the command of the arguments, end it at the end of stdin, and return its exit code (1 for a signal).

    A command that ends by itself leaves the folder: whoever started it may want to read there why.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)  # whoever holds the other end decides
    folder, *command = sys.argv[1:]
    unwanted = threading.Event()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True) as process:  # noqa: S603
        threading.Thread(target=_end_with_stdin, args=(process, unwanted), daemon=True).start()
        code = process.wait()
    if unwanted.is_set():
        # Of several commands in one folder the last to end leaves nothing behind.
        shutil.rmtree(folder, ignore_errors=True)
    return max(code, 1) if code else 0


def _end_with_stdin(process: "subprocess.Popen[bytes]", unwanted: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    unwanted.set()
    process.terminate()
    try:
        process.wait(_TERM_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()


if __name__ == "__main__":
    sys.exit(main())
