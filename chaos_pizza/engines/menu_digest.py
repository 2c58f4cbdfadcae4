"""What tells one menu from another: whoever reads another one buys by another plan."""

import hashlib

from chaos_pizza.wire.shop import Dish


def menu_digest(menu: tuple[Dish, ...]) -> str:
    """Return 64 hexadecimal digits, the same for the same menu on every machine."""
    return hashlib.sha256(repr([(dish.id, dish.title, dish.price_btc) for dish in menu]).encode()).hexdigest()
