"""A real Prometheus and a real Alertmanager beside the sandbox, watching its shop by rules that are handed in."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from chaos_pizza.errors import UsageError
from chaos_pizza.sandbox.kept_program import PortTaken, kept_program
from chaos_pizza.sandbox.observability_config import (
    alertmanager_command,
    alertmanager_config,
    prometheus_command,
    prometheus_config,
)
from chaos_pizza.sandbox.reserved_port import reserved_port
from chaos_pizza.serving.servers import HOST

# The second names are those of upstream and of Debian.
_PROMETHEUS = ("prometheus",)
_ALERTMANAGER = ("alertmanager", "prometheus-alertmanager")
_CONFIG_NAME = "config.yml"
_RULES_NAME = "rules.yml"
_TRIES = 5


@dataclass(frozen=True, slots=True)
class ObservabilitySettings:
    """What to set up: the text of Prometheus's rule file, and the ports (0 is any free one)."""

    rules: str
    prometheus_port: int = 0
    alertmanager_port: int = 0


@dataclass(frozen=True, slots=True)
class _Server:
    """A server to run: its program, what its folder holds, its command, its port and the option that chooses it."""

    program: str
    files: Mapping[str, str]
    command: Callable[[str, str, int], list[str]]
    port: int
    option: str


@asynccontextmanager
async def observability(shop_url: str, settings: ObservabilitySettings) -> AsyncIterator[dict[str, str]]:
    """Run both from before the body begins until after it ends, and give the `PIZZA_…` variables that lead to them.

    Prometheus scrapes `/metrics` of the shop and of `PIZZA_MONITOR_PORT`; Alertmanager posts what fires to
    `PIZZA_WEBHOOK_PORT`. At these two nobody listens until a drill does. All data is gone at the end. Raises
    `UsageError` where a program is missing, a port can't be had, or one of them doesn't start.
    """
    prometheus, alertmanager = _found(_PROMETHEUS), _found(_ALERTMANAGER)
    async with AsyncExitStack() as stack:
        webhook_port = stack.enter_context(reserved_port(0, "--with-prometheus"))
        monitor_port = stack.enter_context(reserved_port(0, "--with-prometheus"))
        files = {_CONFIG_NAME: alertmanager_config(webhook_port=webhook_port)}
        notifier = _Server(alertmanager, files, alertmanager_command, settings.alertmanager_port, "--alertmanager-port")
        alertmanager_port = await stack.enter_async_context(_running(notifier))
        config = prometheus_config(
            shop_address=urlsplit(shop_url).netloc,
            monitor_port=monitor_port,
            alertmanager_port=alertmanager_port,
            rules_name=_RULES_NAME,
        )
        files = {_CONFIG_NAME: config, _RULES_NAME: settings.rules}
        watcher = _Server(prometheus, files, prometheus_command, settings.prometheus_port, "--prometheus-port")
        prometheus_port = await stack.enter_async_context(_running(watcher))
        yield {
            "PIZZA_PROMETHEUS_URL": f"http://{HOST}:{prometheus_port}",
            "PIZZA_ALERTMANAGER_URL": f"http://{HOST}:{alertmanager_port}",
            "PIZZA_WEBHOOK_PORT": str(webhook_port),
            "PIZZA_MONITOR_PORT": str(monitor_port),
        }


def _found(names: tuple[str, ...]) -> str:
    """Return where a program is, by any of its names; `UsageError` where it isn't."""
    for name in names:
        path = shutil.which(name)
        if path:
            return path
    raise UsageError(
        f"--with-prometheus needs {' or '.join(names)}, and there is none on the PATH; "
        "apt-get install prometheus prometheus-alertmanager has both"
    )


@asynccontextmanager
async def _running(server: _Server) -> AsyncIterator[int]:
    """Run a server and give its port; where any port will do, another is tried if somebody was faster."""
    async with AsyncExitStack() as stack:
        tries = _TRIES if server.port == 0 else 1
        while True:
            tries -= 1
            try:
                port = await stack.enter_async_context(_running_once(server))
                break
            except PortTaken:
                if not tries:
                    raise
        yield port


@asynccontextmanager
async def _running_once(server: _Server) -> AsyncIterator[int]:
    with reserved_port(server.port, server.option) as port, _folder(server.files) as folder:
        command = server.command(server.program, _CONFIG_NAME, port)
        async with kept_program(command, folder, f"http://{HOST}:{port}/-/ready"):
            yield port


@contextmanager
def _folder(files: Mapping[str, str]) -> Iterator[Path]:
    # Who keeps the program removes it too: that is for the case that this process is killed.
    with tempfile.TemporaryDirectory(prefix="chaos-pizza-", ignore_cleanup_errors=True) as folder:
        for name, text in files.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        yield Path(folder)
