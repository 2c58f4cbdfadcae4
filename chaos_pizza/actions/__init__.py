"""Actions: break something, wait for what follows, and put it back."""

from chaos_pizza.actions.calm import restore_calm
from chaos_pizza.actions.factory import start_factory_chaos
from chaos_pizza.actions.oven import order_too_many_pizzas
from chaos_pizza.actions.shop import start_shop_chaos, stop_shop_chaos
from chaos_pizza.actions.waiting import (
    keep_watching,
    wait_for_fault,
    wait_for_mitigation,
    wait_for_recovery,
    wait_for_the_draw,
)

__all__ = [
    "keep_watching",
    "order_too_many_pizzas",
    "restore_calm",
    "start_factory_chaos",
    "start_shop_chaos",
    "stop_shop_chaos",
    "wait_for_fault",
    "wait_for_mitigation",
    "wait_for_recovery",
    "wait_for_the_draw",
]
