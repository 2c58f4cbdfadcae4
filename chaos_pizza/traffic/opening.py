"""Which engine makes a drill's purchases."""

from chaos_pizza.clock import Clock
from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.traffic.buyer import Buyer
from chaos_pizza.traffic.engine import TrafficEngine
from chaos_pizza.traffic.generator import Traffic
from chaos_pizza.traffic.recent import RecentPurchases


def open_traffic(
    buyer: Buyer, settings: TrafficSettings, clock: Clock, recent: RecentPurchases, first_number: int = 0
) -> TrafficEngine:
    """Return the engine that the settings ask for, not yet running; purchases are numbered from `first_number`."""
    return Traffic(buyer, settings, clock, recent, first_number)
