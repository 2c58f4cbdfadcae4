"""Run a command and print what it took, whatever its processes leave behind: `python fleet_run.py COMMAND …`.

All of its processes are waited for, those too that outlive it: on Linux they become this one's own then, so that the
processor's time of every one of them is counted.
"""

import ctypes
import json
import os
import resource
import subprocess
import sys
import time

_BECOME_THEIR_REAPER = 36
"""PR_SET_CHILD_SUBREAPER: see prctl(2)."""


def main() -> None:
    """Print the exit code, the seconds that passed, and those of the processor; stdout of the command goes nowhere."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_BECOME_THEIR_REAPER, 1, 0, 0, 0)
    began_s = time.monotonic()
    code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=False).returncode
    lasted_s = time.monotonic() - began_s
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps({"code": code, "lasted_s": lasted_s, "processor_s": used.ru_utime + used.ru_stime}))


if __name__ == "__main__":
    main()
