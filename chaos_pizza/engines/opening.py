"""Which engine makes a drill's purchases, ready before anything of the drill begins."""

from contextlib import AsyncExitStack

from chaos_pizza.engines.load import Load, Record
from chaos_pizza.engines.worker_target import WorkerTarget
from chaos_pizza.model.settings import TrafficBy, TrafficSettings
from chaos_pizza.traffic.buyer import Buyer
from chaos_pizza.traffic.engine import TrafficEngine
from chaos_pizza.traffic.opening import open_traffic
from chaos_pizza.traffic.recent import RecentPurchases


class OwnLoad:
    """The drill's own process, which needs no getting ready."""

    def __init__(self, buyer: Buyer, settings: TrafficSettings) -> None:
        self._buyer = buyer
        self._settings = settings

    @property
    def diners(self) -> int:
        """For how many diners it buys."""
        return len(self._buyer.diners)

    def traffic(self, recent: RecentPurchases, record: Record, first_number: int = 0) -> TrafficEngine:  # noqa: ARG002 - has nothing to tell
        """Return the engine, not yet running."""
        return open_traffic(self._buyer, self._settings, self._buyer.services.clock, recent, first_number)

    async def begun(self) -> None:
        """Return at once: it makes purchases as soon as it runs."""


async def open_load(buyer: Buyer, settings: TrafficSettings, greatest_duration_s: float, stack: AsyncExitStack) -> Load:
    """Return what the settings ask for, ready to buy at the buyer's shop for so long at the most; `stack` ends it.

    Raises `UsageError` where it can't be had: nothing has been bought then.
    """
    services = buyer.services
    if settings.engine is TrafficBy.LOCUST:
        # Late: other engines need nothing of it.
        from chaos_pizza.engines.locust_crew import open_locust_crew  # noqa: PLC0415
        from chaos_pizza.engines.locust_traffic import LocustLoad  # noqa: PLC0415

        target = WorkerTarget.of(services.target)
        opened = open_locust_crew(target, settings, services.clock, services.redactor, buyer.menu)
        return LocustLoad(await stack.enter_async_context(opened), buyer.menu, settings, services.clock)
    if settings.engine is TrafficBy.K6:
        from chaos_pizza.engines.k6_script import look_at_script  # noqa: PLC0415
        from chaos_pizza.engines.k6_traffic import K6Load  # noqa: PLC0415

        target = WorkerTarget.of(services.target)
        script = await look_at_script(target, settings, services.redactor, greatest_duration_s)
        return K6Load(script, settings, services.clock, services.redactor)
    return OwnLoad(buyer, settings)
