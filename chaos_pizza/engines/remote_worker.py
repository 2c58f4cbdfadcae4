"""A worker on this machine for a drill on another one: started, and waited for."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable

from chaos_pizza.engines.availability import check_locust
from chaos_pizza.engines.child import bare_environment
from chaos_pizza.engines.locust_master_link import PROCESS
from chaos_pizza.engines.worker_target import WorkerTarget
from chaos_pizza.errors import UsageError
from chaos_pizza.redaction import Redactor

_GRACE_S = 2.0


def run_remote_worker(target: WorkerTarget, host: str, port: int, connected: Callable[[], object]) -> None:
    """Buy for the drill whose master listens there, until it is over; `connected` is called once it takes this worker.

    Raises `UsageError` where there is none to be found within five minutes, where it refuses this worker, or where this
    worker can't buy.
    """
    check_locust()
    _check_host(host, port)
    command = [sys.executable, "-m", PROCESS, "worker"]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=pipe, stdout=pipe, stderr=nowhere, env=bare_environment(), start_new_session=True
    ) as process:
        try:
            reason = _to_the_end(process, target, host, port, connected)
        finally:
            # Its life hangs on this pipe.
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(_GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()
    if reason is not None:
        raise UsageError(Redactor([target.diner_password]).line(reason))


def _to_the_end(
    process: "subprocess.Popen[bytes]", target: WorkerTarget, host: str, port: int, connected: Callable[[], object]
) -> str | None:
    """Return why the worker ended other than by the drill's end; `None` where it did not."""
    if process.stdin is None or process.stdout is None:
        return "the worker can't be spoken to"
    orders = {"host": host, "port": port, "target": target.to_fields()}
    process.stdin.write(json.dumps(orders).encode() + b"\n")
    process.stdin.flush()
    is_taken = False
    for line in process.stdout:
        told = _told(line)
        if told == "connected":
            is_taken = True
            connected()
        elif told is not None:
            return told
    if process.wait() != 0:
        return "the drill fell silent, or this worker broke down"
    return None if is_taken else f"whoever listens at {host} port {port} took no worker, and is gone"


def _told(line: bytes) -> str | None:
    """Return why the worker ends, "connected" where a drill takes it, `None` for what others may write there."""
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    return {
        "connected": "connected",
        "failed": str(told.get("reason")),
        "refused": f"refused: {told.get('reason')}",
    }.get(str(told.get("tell")))


def _check_host(host: str, port: int) -> None:
    """Raise `UsageError` where no machine has this name: Locust would go on looking for it."""
    try:
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        # A name may be too long for any domain as well.
        raise UsageError(f"there is no machine {host}; check --master") from None
