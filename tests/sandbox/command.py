"""The real `chaos-pizza sandbox`, as a process."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

COMMAND = [sys.executable, "-W", "error", "-c", "from chaos_pizza.cli.sandbox import sandbox; sandbox()"]
FREE_PORTS = ["--shop-port", "0", "--factory-port", "0"]


def start(*options: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONUNBUFFERED": ""}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [*COMMAND, *FREE_PORTS, *options], stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment
    )


def read_environment(process: subprocess.Popen[str]) -> dict[str, str]:
    """Read the `export` lines up to the last one."""
    environment: dict[str, str] = {}
    while "PIZZA_FACTORY_ADMIN_KEY" not in environment:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        word, assignment = shlex.split(line)
        assert word == "export"
        name, _, value = assignment.partition("=")
        environment[name] = value
    return environment


@contextmanager
def running(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Run the command for as long as the `with` lasts; what it leaves behind is cleared away."""
    with start(*options) as process:
        try:
            yield process, read_environment(process)
        finally:
            if process.poll() is None:
                process.kill()
