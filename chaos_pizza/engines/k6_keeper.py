"""k6, kept by a process that dies with the drill: k6 itself reads no pipe whose end would tell it.

Run as a module. Its orders are a line of JSON on its standard input: `command` and `environment`. What k6 writes goes
to this process's standard output; the last line there is this process's own: `{"keeper": …}`, k6's exit code and what
it complained of last. The end of the input ends k6. Should this process be killed, Linux kills k6; elsewhere k6 then
buys to its script's end.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import IO

_GRACE_S = 1.0
_PR_SET_PDEATHSIG = 1
"""See prctl(2): which signal a process gets once the one that started it is dead."""
_LONGEST_LINE = 10_000


def main() -> None:
    """Keep k6 until it ends, or the drill does."""
    orders = json.loads(sys.stdin.buffer.readline() or b"null")
    if not isinstance(orders, dict):
        return
    environment = {**os.environ, **orders["environment"]}
    with subprocess.Popen(  # noqa: S603 - the command is the drill's own
        orders["command"],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
        preexec_fn=_dying_with_parent(),  # noqa: PLW1509 - there is no thread yet
    ) as k6:
        threading.Thread(target=_end_with_input, args=(k6,), daemon=True).start()
        complaints: deque[str] = deque(maxlen=1)
        if k6.stderr is not None:
            _listen(k6.stderr, complaints)
        code = k6.wait()
    told = {"keeper": {"code": code, "complaint": "".join(complaints)[:1000]}}
    sys.stdout.buffer.write(b"\n" + json.dumps(told).encode() + b"\n")
    sys.stdout.flush()
    # The thread may still read.
    os._exit(0)


def _dying_with_parent() -> Callable[[], None] | None:
    """Return what a child has to do so as to be killed when this process dies; `None` where there is no such thing."""
    if sys.platform != "linux":
        return None
    # Found before there is a child: that one is to do as little as possible.
    control, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask() -> None:
        control(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def _listen(complaining: IO[bytes], complaints: "deque[str]") -> None:
    while line := complaining.readline(_LONGEST_LINE):
        text = line.decode(errors="replace").strip()
        if text:
            complaints.append(text)


def _end_with_input(k6: "subprocess.Popen[bytes]") -> None:
    while sys.stdin.buffer.readline(_LONGEST_LINE):
        continue
    # In order first: k6 then writes what it has still to tell.
    k6.send_signal(signal.SIGINT)
    try:
        k6.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        k6.kill()


if __name__ == "__main__":
    main()
