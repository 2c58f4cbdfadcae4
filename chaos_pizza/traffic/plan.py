"""Which purchase is to be sent when, by whom, for what. Pure and seeded."""

import random
from dataclasses import dataclass, field

from chaos_pizza.model.traffic_profile import TrafficProfile
from chaos_pizza.traffic.schedule import offset_s
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
        """What the diner means to spend, to the satoshi: a bitcoin's smallest part, 8 decimals."""
        return round(sum(dish.price_btc for dish in self.dishes), 8)


@dataclass(frozen=True, slots=True)
class Plan:
    """An endless plan: every purchase's time, diner and dishes are fixed before the first is sent.

    `profile` says how the purchases lie in time; by default evenly, at `rate_per_s`.
    """

    rate_per_s: float
    diners: int
    menu: tuple[Dish, ...]
    seed: int
    profile: TrafficProfile = field(default_factory=TrafficProfile)

    def purchase(self, number: int) -> Planned:
        """Return purchase number `number`, from 0; the same for the same plan whenever it is asked."""
        draw = random.Random(self.seed * 1_000_003 + number)  # noqa: S311 - a plan, no secret
        dishes = tuple(draw.choice(self.menu) for _ in range(draw.randint(1, MOST_DISHES)))
        at_s = offset_s(number, self.rate_per_s, self.profile, self.seed)
        return Planned(number, at_s, number % self.diners, dishes)
