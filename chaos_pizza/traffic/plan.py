"""Which purchase is to be sent when, by whom, for what. Pure and seeded."""

import random
from dataclasses import dataclass

from chaos_pizza.wire.shop import Dish

MOST_DISHES = 3
"""Pizzas in one purchase; far below the twenty that fill the oven."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A purchase to be made: `offset_s` seconds after the traffic's start, by diner number `diner`."""

    number: int
    offset_s: float
    diner: int
    dishes: tuple[Dish, ...]

    @property
    def price_btc(self) -> float:
        """What the diner means to spend."""
        return sum(dish.price_btc for dish in self.dishes)


@dataclass(frozen=True, slots=True)
class Plan:
    """An endless plan at a constant rate: every purchase's time is fixed before the first is sent."""

    rate_per_s: float
    diners: int
    menu: tuple[Dish, ...]
    seed: int

    def purchase(self, number: int) -> Planned:
        """Return purchase number `number`, from 0; the same for the same plan whenever it is asked."""
        draw = random.Random(self.seed * 1_000_003 + number)  # noqa: S311 - a plan, no secret
        dishes = tuple(draw.choice(self.menu) for _ in range(draw.randint(1, MOST_DISHES)))
        return Planned(number, number / self.rate_per_s, number % self.diners, dishes)
