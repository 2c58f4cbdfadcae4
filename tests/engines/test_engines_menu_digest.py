"""One menu is told from another."""

from chaos_pizza.engines.menu_digest import menu_digest
from chaos_pizza.wire.shop import Dish

MENU = (Dish(1, "Veggie", 0.0038), Dish(2, "Pepperoni", 0.0042))


def test_the_same_menu_has_the_same_digest_and_any_other_has_another():
    others = [MENU[::-1], MENU[:1], (Dish(1, "Veggie", 0.0039), MENU[1]), ()]
    assert menu_digest(MENU) == menu_digest(tuple(MENU))
    assert len({menu_digest(menu) for menu in [MENU, *others]}) == 5
