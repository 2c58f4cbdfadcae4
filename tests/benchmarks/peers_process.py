"""A peer's process, measured from outside by the operating system: its processor time and its greatest memory."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from peers_sandbox import starting_on

ENDING_S = 20.0


class PeerProcess:
    """A peer under way, and what it used once it is over. Processor time is the user's and the system's together."""

    def __init__(self, process: "subprocess.Popen[bytes]", output: Path) -> None:
        self._process = process
        self._output = output
        self.cpu_s = 0.0
        self.peak_mb = 0.0

    def cpu_so_far_s(self) -> float:
        """Return the processor time that it has used until now, to a hundredth of a second on Linux."""
        assert self._process.poll() is None, self.told()
        used = psutil.Process(self._process.pid).cpu_times()
        return used.user + used.system

    def told(self) -> str:
        """Return the end of what it printed."""
        return self._output.read_text(errors="replace")[-2000:]

    def end(self, enough: Path | None) -> None:
        """Have it end in order, by the file that it waits for or by an interrupt; an assertion where it doesn't."""
        peak_mb = _peak_mb(self._process.pid)
        if enough:
            enough.touch()
        else:
            self._process.send_signal(signal.SIGINT)
        until_s = time.monotonic() + ENDING_S
        while True:
            pid, _, used = os.wait4(self._process.pid, os.WNOHANG)
            if pid:
                break
            assert time.monotonic() < until_s, f"it did not end: {self.told()}"
            time.sleep(0.02)
        # The child is gone, and `subprocess` is not to look for it any more.
        self._process.returncode = 0
        self.cpu_s = used.ru_utime + used.ru_stime
        self.peak_mb = peak_mb or used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def _peak_mb(pid: int) -> float | None:
    """Return the greatest memory of a process that runs; `None` where the system doesn't tell that.

    What Linux tells once it has ended (`ru_maxrss`) is no less than the memory of whoever started it.
    """
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    told = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(told[0]) / 2**10 if told else None


@contextmanager
def peer_process(
    command: list[str], environment: dict[str, str], folder: Path, core: int | None
) -> Iterator[PeerProcess]:
    """Give a peer's process on the given core, `None` for any; it is gone after the `with`."""
    output = folder / "output.txt"
    with output.open("wb") as sink, starting_on(core):
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdout=sink, stderr=sink, stdin=subprocess.DEVNULL
        )
    try:
        yield PeerProcess(process, output)
    finally:
        if process.returncode is None:
            process.kill()
            process.wait()
