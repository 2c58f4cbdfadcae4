"""k6, kept by a process that dies with the drill: k6 itself reads no pipe whose end would tell it.

Run as a module. Its orders are a line of JSON on its standard input: `command` and `environment`. What k6 writes goes
to this process's standard output; the last line there is this process's own: `{"keeper": …}`, k6's exit code and what
it complained of last. The end of the input ends k6.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from typing import IO

_GRACE_S = 1.0
_LONGEST_LINE = 10_000


def main() -> None:
    """Keep k6 until it ends, or the drill does."""
    orders = json.loads(sys.stdin.buffer.readline() or b"null")
    if not isinstance(orders, dict):
        return
    environment = {**os.environ, **orders["environment"]}
    with subprocess.Popen(  # noqa: S603 - the command is the drill's own
        orders["command"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment
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
