"""A rate is tried at a shop that sells nothing in time: each purchase counts once, however late it ends."""

import asyncio

from chaos_pizza.clients.services import open_services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.live.calibrating import one_rate
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.sandbox.embedded import SandboxThread
from chaos_pizza.sandbox.settings import SandboxSettings
from chaos_pizza.traffic.buyer import open_buyer


def test_purchases_that_end_after_they_were_overdue_are_not_taken_for_others():
    """By 2.9 s four of five are overdue, and three of these have ended: that is not all of them yet."""

    async def try_at(target):
        async with open_services(target, AnchoredClock(), Redactor(target.secrets())) as services:
            buyer = await open_buyer(services, 2, "calibration")
            await services.factory.schedule_chaos("throttle")
            return await one_rate(buyer, 5.0, 1.0)

    with SandboxThread(SandboxSettings(stall_s=2.2)) as sandbox:
        found = asyncio.run(try_at(Target.of_environment("sandbox", sandbox.environment)))
    assert (found.offered, found.decided, found.good) == (5, 5, 0)
