"""A real Prometheus and a real Alertmanager beside a sandbox, for as long as it is open."""

import asyncio
import contextlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from chaos_pizza.errors import UsageError
from chaos_pizza.sandbox.alerting_config import alertmanager_config, prometheus_config
from chaos_pizza.sandbox.reserved_port import reserved_port
from chaos_pizza.serving.servers import HOST, bind

PROMETHEUS = ("prometheus",)
ALERTMANAGER = ("prometheus-alertmanager", "alertmanager")
"""What Debian calls it, and what its makers do."""
_PLACES = ("/usr/local/bin", "/usr/bin", "/usr/sbin", "/opt/homebrew/bin")
_GROUP_WAIT_S = 1
_READY_TIMEOUT_S = 30.0
_GLANCE_S = 0.05
_ATTEMPTS = 3
_STOP_TIMEOUT_S = 5.0
_LONGEST_REASON = 300
_LOGGED_ERROR = re.compile(r'\berr="((?:[^"\\]|\\.)*)"')
"""The error in a line of their logs."""


@dataclass(frozen=True, slots=True)
class AlertingPorts:
    """Where Prometheus and Alertmanager are to listen; 0 is any free port."""

    prometheus: int = 9090
    alertmanager: int = 9093


@dataclass(frozen=True, slots=True)
class AlertingStack:
    """Where to find what was started, and where a drill is to listen for both of them."""

    prometheus_url: str
    alertmanager_url: str
    webhook_port: int
    monitor_port: int

    @property
    def environment(self) -> dict[str, str]:
        """The `PIZZA_*` variables by which a drill finds its way in; none is secret."""
        return {
            "PIZZA_PROMETHEUS_URL": self.prometheus_url,
            "PIZZA_ALERTMANAGER_URL": self.alertmanager_url,
            "PIZZA_WEBHOOK_PORT": str(self.webhook_port),
            "PIZZA_MONITOR_PORT": str(self.monitor_port),
        }


@asynccontextmanager
async def running_alerting(shop_url: str, rules: str, ports: AlertingPorts) -> AsyncIterator[AlertingStack]:
    """Start both over the shop's /metrics with these rules (a Prometheus rule file's text); end them in the end.

    They end with this process too, however it dies. Raises `UsageError`, in one line, where one isn't there or doesn't
    come up.
    """
    programs = find_program(PROMETHEUS, "prometheus"), find_program(ALERTMANAGER, "prometheus-alertmanager")
    async with AsyncExitStack() as stack:
        # Its own files are deleted last, when nothing writes to them any more.
        temporary = tempfile.TemporaryDirectory(prefix="chaos-pizza-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(temporary))
        (folder / "rules.yml").write_text(rules)
        yield await _start(stack, folder, programs, shop_url, ports)


async def _start(
    stack: AsyncExitStack, folder: Path, programs: tuple[str, str], shop_url: str, ports: AlertingPorts
) -> AlertingStack:
    prometheus, alertmanager = programs
    webhook_port, monitor_port = stack.enter_context(reserved_port()), stack.enter_context(reserved_port())
    config = folder / "alertmanager.yml"
    config.write_text(alertmanager_config(f"http://{HOST}:{webhook_port}/alerts", _GROUP_WAIT_S))
    arguments = [alertmanager, f"--config.file={config}", f"--storage.path={folder / 'alertmanager'}"]
    arguments += ["--cluster.listen-address=", "--log.level=warn"]
    program = _Program("Alertmanager", "--alertmanager-port", folder / "alertmanager.log", arguments)
    manager = f"{HOST}:{await program.start(stack, ports.alertmanager)}"
    config = folder / "prometheus.yml"
    shop, monitor = shop_url.partition("//")[2], f"{HOST}:{monitor_port}"
    config.write_text(prometheus_config(shop, monitor, manager, str(folder / "rules.yml")))
    arguments = [prometheus, f"--config.file={config}", f"--storage.tsdb.path={folder / 'prometheus'}"]
    program = _Program("Prometheus", "--prometheus-port", folder / "prometheus.log", [*arguments, "--log.level=warn"])
    port = await program.start(stack, ports.prometheus)
    await _scraping(f"http://{HOST}:{port}")
    return AlertingStack(f"http://{HOST}:{port}", f"http://{manager}", webhook_port, monitor_port)


async def _scraping(url: str) -> None:
    """Wait until Prometheus has looked up what it is to scrape, which it does some seconds after it is ready."""
    deadline_s = asyncio.get_running_loop().time() + _READY_TIMEOUT_S
    async with httpx.AsyncClient(trust_env=False, timeout=_READY_TIMEOUT_S) as client:
        while asyncio.get_running_loop().time() < deadline_s:
            # It may end meanwhile, and then nobody answers.
            with contextlib.suppress(httpx.HTTPError):
                answer = (await client.get(f"{url}/api/v1/targets?state=active")).json()
                if any(target["health"] == "up" for target in answer["data"]["activeTargets"]):
                    return
            await asyncio.sleep(_GLANCE_S)
    raise UsageError(f"Prometheus does not scrape the shop; see {url}/targets")


class _Program:
    """One of the two, started so that it ends with this process."""

    def __init__(self, name: str, option: str, log: Path, command: list[str]) -> None:
        self._name = name
        self._option = option
        self._log = log
        self._command = command

    async def start(self, stack: AsyncExitStack, wanted_port: int) -> int:
        """Start it, wait until it is ready, and return its port; `UsageError` where that can't be."""
        for attempt in range(_ATTEMPTS):
            if wanted_port:
                # To tell at once, and in our own words, that somebody has the port.
                bind(wanted_port, self._option).close()
            port = wanted_port or _free_port()
            process = self._launch(port)
            stack.callback(_end, process)
            if await self._is_ready(process, port):
                return port
            # Between its being free and its being taken by us, somebody else may have had the port.
            if attempt == _ATTEMPTS - 1 or wanted_port or "address already in use" not in self._said():
                break
        raise UsageError(f"{self._name} did not start: {self._reason()}; does `{self._command[0]} --version` work?")

    def _launch(self, port: int) -> "subprocess.Popen[bytes]":
        keeper = [sys.executable, "-m", "chaos_pizza.sandbox.kept_process", str(self._log.parent)]
        # The external address makes the links in alerts and notifications lead here, whatever the machine is called.
        serving = [f"--web.listen-address={HOST}:{port}", f"--web.external-url=http://{HOST}:{port}/"]
        command = [*keeper, *self._command, *serving]
        with self._log.open("wb") as log:
            # A session of its own: a Ctrl-C in the terminal is for the sandbox, which then ends this in its turn.
            return subprocess.Popen(  # noqa: S603 - a program we looked up, with our own arguments
                command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
            )

    async def _is_ready(self, process: "subprocess.Popen[bytes]", port: int) -> bool:
        deadline_s = asyncio.get_running_loop().time() + _READY_TIMEOUT_S
        async with httpx.AsyncClient(trust_env=False, timeout=1.0) as client:
            while process.poll() is None and asyncio.get_running_loop().time() < deadline_s:
                try:
                    if (await client.get(f"http://{HOST}:{port}/-/ready")).is_success:
                        return True
                except httpx.HTTPError:
                    pass  # not up yet
                await asyncio.sleep(_GLANCE_S)
        return False

    def _reason(self) -> str:
        """Return the last line that it said, or the error in it, in printable characters."""
        line = (self._said().strip().splitlines() or ["it said nothing"])[-1]
        error = _LOGGED_ERROR.search(line)
        return "".join(char if char.isprintable() else " " for char in (error[1] if error else line))[:_LONGEST_REASON]

    def _said(self) -> str:
        return self._log.read_text(errors="replace")


def find_program(names: tuple[str, ...], package: str) -> str:
    """Return the path of the first of these programs that is here; `UsageError`, naming the `package`, without any."""
    for name in names:
        path = shutil.which(name) or shutil.which(name, path=":".join(_PLACES))
        if path:
            return path
    raise UsageError(f"there is no {names[0]} on this machine; install it, on Debian with `apt-get install {package}`")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(_STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
