"""A sandbox to break and mend, and everything that is recorded meanwhile."""

import asyncio
import socket

import pytest

from chaos_pizza.clients.services import open_services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.sandbox.embedded import SandboxThread
from chaos_pizza.sandbox.settings import SandboxSettings


class Scene:
    """A sandbox, and who works with its services; `recorded` holds every event."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.recorded = []

    def play(self, work, **changes):
        """Do some work with the services, a few fields of the target changed, and return what it returns."""
        fields = Target.of_environment("sandbox", self.sandbox.environment).to_fields()
        target = Target.of_fields("sandbox", {**fields, **changes})

        async def opened():
            async with open_services(target, AnchoredClock(), Redactor(target.secrets())) as services:
                return await work(services)

        return asyncio.run(opened())

    def recorded_of(self, kind):
        return [event for event in self.recorded if isinstance(event, kind)]


@pytest.fixture
def scene():
    with SandboxThread(SandboxSettings(stall_s=1)) as sandbox:
        yield Scene(sandbox)


@pytest.fixture
def pending_scene():
    """Chaos here begins only after a moment."""
    with SandboxThread(SandboxSettings(stall_s=1, chaos_delay_s=0.8)) as sandbox:
        yield Scene(sandbox)


@pytest.fixture
def distant_scene():
    """Chaos here begins only after the test."""
    with SandboxThread(SandboxSettings(stall_s=1, chaos_delay_s=600)) as sandbox:
        yield Scene(sandbox)


@pytest.fixture
def nowhere():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"
