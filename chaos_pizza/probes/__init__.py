"""Steady-state probes: each is named after the question it answers.

Inside a drill (with the control `chaos_pizza.controls.drill`) they look at the drill's own traffic; by themselves they
make the purchases they need. A probe that can't tell raises `ActivityFailed`: unknown is never a number.
"""

from chaos_pizza.probes.alerting import alerting_can_be_read
from chaos_pizza.probes.factory import factory_chaos, factory_is_calm
from chaos_pizza.probes.logs import failure_is_logged
from chaos_pizza.probes.purchases import (
    purchase_latency_s,
    purchase_once,
    purchase_success_ratio,
    revenue_rate_btc_per_min,
)
from chaos_pizza.probes.shop import shop_is_up

__all__ = [
    "alerting_can_be_read",
    "factory_chaos",
    "factory_is_calm",
    "failure_is_logged",
    "purchase_latency_s",
    "purchase_once",
    "purchase_success_ratio",
    "revenue_rate_btc_per_min",
    "shop_is_up",
]
