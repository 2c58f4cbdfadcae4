"""A sandbox in a process of its own, for a drill that names no target."""

import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from chaos_pizza.errors import TargetError
from chaos_pizza.model.settings import SandboxWishes
from chaos_pizza.model.target import Target

_STOP_TIMEOUT_S = 5.0


@contextmanager
def running_sandbox(wishes: SandboxWishes) -> Iterator[Target]:
    """Start a sandbox on free ports, give it as a target, and end it.

    It is a session of its own, so that a Ctrl-C in the terminal does not take the shop away while calm is being
    restored; and it ends by itself when this process does, however that dies. Raises `TargetError` where it doesn't
    start.
    """
    command = [sys.executable, "-m", "chaos_pizza", "sandbox", "--shop-port", "0", "--factory-port", "0"]
    command += ["--chaos-delay-s", wishes.chaos_delay_s, "--stall-s", str(wishes.stall_s), "--until-stdin-closes"]
    command += ["--backup-factory"] if wishes.backup_factory else []
    process = subprocess.Popen(  # noqa: S603 - our own module
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield _target_of(process)
    finally:
        _stop(process)


def _target_of(process: "subprocess.Popen[str]") -> Target:
    if process.stdout is None:
        raise TargetError("the sandbox's output can't be read")
    variables: dict[str, str] = {}
    for line in process.stdout:
        words = shlex.split(line)
        if len(words) == 2 and words[0] == "export":
            name, _, value = words[1].partition("=")
            variables[name] = value
        if "PIZZA_FACTORY_ADMIN_KEY" in variables:
            # Its one diner is for people; a drill on a sandbox registers several of its own.
            del variables["PIZZA_DINER_EMAIL"]
            return Target.of_environment("sandbox", variables)
    complaint = process.stderr.read().strip().splitlines() if process.stderr else []
    raise TargetError(f"the sandbox did not start: {complaint[-1] if complaint else 'it said nothing'}")


def _stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.communicate(timeout=_STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
