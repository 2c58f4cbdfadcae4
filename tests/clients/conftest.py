"""Servers to call: hostile ones, and a whole sandbox."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hostile_server import HostileServer

from chaos_pizza.clients.http import HttpCaller, http_client
from chaos_pizza.clients.quick_caller import QuickCaller
from chaos_pizza.clients.services import open_services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.sandbox.embedded import SandboxThread
from chaos_pizza.sandbox.settings import SandboxSettings


@pytest.fixture
def hostile():
    """Start a server with a behaviour; it ends with the test."""
    with ExitStack() as stack:

        def start(behaviour, raw=False):
            server = HostileServer(behaviour, raw)
            stack.callback(server.close)
            return server

        yield start


@pytest.fixture
def call():
    """Exchange one request with what listens at a URL."""

    def exchange(url, request, timeout_s=60.0, on_sent=None, redactor=None, text=False):
        async def exchanged():
            async with http_client() as client:
                caller = HttpCaller(client, "the shop", url, AnchoredClock(), redactor or Redactor())
                if text:
                    return await caller.text(request.path, timeout_s)
                return await caller.exchange(request, timeout_s, on_sent)

        return asyncio.run(exchanged())

    return exchange


@pytest.fixture
def call_quickly():
    """Exchange one request with what listens at a URL, the way that purchases go."""

    def exchange(url, request, timeout_s=60.0, redactor=None):
        async def exchanged():
            caller = QuickCaller("the shop", url, AnchoredClock(), redactor or Redactor())
            try:
                return await caller.exchange(request, timeout_s)
            finally:
                await caller.close()

        return asyncio.run(exchanged())

    return exchange


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(SandboxSettings(stall_s=0.5)) as sandbox:
        yield sandbox


@pytest.fixture
def visit(sandbox):
    """Do some work with the sandbox's services, a few fields of its target changed."""

    def visited(work, **changes):
        fields = Target.of_environment("sandbox", sandbox.environment).to_fields()
        target = Target.of_fields("sandbox", {**fields, **changes})

        async def opened():
            async with open_services(target, AnchoredClock(), Redactor(target.secrets())) as services:
                return await work(services)

        return asyncio.run(opened())

    return visited


@pytest.fixture
def everything_logged():
    """Collect what every logger says, from DEBUG on."""
    said: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record):
            said.append(f"{record.name} {record.getMessage()} {record.args}")

    root, collector = logging.getLogger(), Collector(logging.DEBUG)
    level = root.level
    root.addHandler(collector)
    root.setLevel(logging.DEBUG)
    yield said
    root.removeHandler(collector)
    root.setLevel(level)
