"""Purchases as they are seen, and a sandbox to make them in."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from fast_shop import fast_shop

from chaos_pizza.clients.services import open_services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.sandbox.embedded import SandboxThread
from chaos_pizza.sandbox.settings import SandboxSettings
from chaos_pizza.traffic.fair_loop import fair_loop


@pytest.fixture
def at():
    return lambda second: datetime(2026, 11, 24, 20, tzinfo=UTC) + timedelta(seconds=second)


@pytest.fixture
def shopping():
    """Do some work with the services of a sandbox whose factory stalls, where it is told to."""

    def go(work, stall_s=2):
        with SandboxThread(SandboxSettings(stall_s=stall_s)) as sandbox:
            fields = Target.of_environment("sandbox", sandbox.environment).to_fields()
            target = Target.of_fields("sandbox", {**fields, "diner_email": ""})

            async def opened():
                async with open_services(target, AnchoredClock(), Redactor(target.secrets())) as services:
                    return await work(services)

            return asyncio.run(opened())

    return go


@pytest.fixture
def at_fast_shop():
    """Do some work, in a fair loop, with the services of a shop that only answers; it holds the first so many orders.

    Its process ends with the work.
    """

    def go(work, hold=0):
        with fast_shop(hold) as url, asyncio.Runner(loop_factory=fair_loop) as runner:
            target = Target.of_fields("fast", {"shop_url": url, "factory_url": url, "vendor_key": "vendor-key-0123"})

            async def opened():
                async with open_services(target, AnchoredClock(), Redactor(target.secrets())) as services:
                    return await work(services)

            return runner.run(opened())

    return go
