"""What the shop sells, and where: the menu, the franchises and their stores."""

from dataclasses import dataclass, field
from typing import Any, TypeGuard

from chaos_pizza.sandbox.endpoint import Refusal
from chaos_pizza.sandbox.shop_accounts import User

_NUMBERS = (int, float)  # a union takes three times as long
MOST_ENTRIES = 10_000
"""How many pizzas, franchises and stores the sandbox keeps of each."""

FIRST_MENU = (
    ("Veggie", "A garden of delight", "pizza1.png", 0.0038),
    ("Pepperoni", "Spicy treat", "pizza2.png", 0.0042),
    ("Margarita", "Essential classic", "pizza3.png", 0.0042),
    ("Crusty", "A dry mouthed favorite", "pizza4.png", 0.0028),
    ("Charred Leopard", "For those with a darker side", "pizza5.png", 0.0099),
)
"""The menu at the start: title, description, image and price in bitcoin."""


@dataclass(slots=True)
class Franchise:
    """A franchise and its stores."""

    id: int
    name: str
    stores: list[dict[str, Any]] = field(default_factory=list)


class Catalogue:
    """The menu and the franchises."""

    def __init__(self) -> None:
        self._menu: dict[int, dict[str, Any]] = {}
        self._franchises: dict[int, Franchise] = {}
        self._stores = 0
        for title, description, image, price in FIRST_MENU:
            self.add_pizza({"title": title, "description": description, "image": image, "price": price})
        self.add_store(self.add_franchise("pizzaPocket", [])["id"], "SLC")

    def menu(self) -> list[dict[str, Any]]:
        """Return the whole menu."""
        return list(self._menu.values())

    def add_pizza(self, entry: dict[str, Any]) -> None:
        """Put a pizza on the menu; Refusal (500) where it isn't one."""
        title, image, price, description = (entry.get(key) for key in ("title", "image", "price", "description"))
        if not (isinstance(title, str) and isinstance(image, str) and isinstance(description, str)):
            raise Refusal(500, "Bind parameters must not contain undefined", stack=True)
        if not is_price(price):
            raise Refusal(500, "Incorrect decimal value for column 'price'", stack=True)
        self._check_room(len(self._menu))
        pizza = {"id": len(self._menu) + 1, "title": title, "image": image, "price": price, "description": description}
        self._menu[len(self._menu) + 1] = pizza

    def has_pizza(self, menu_id: object) -> bool:
        """Tell whether the menu has that id; text is read as a number, as a database does."""
        if isinstance(menu_id, str) and menu_id.isascii() and menu_id.isdigit() and len(menu_id) <= 9:
            return int(menu_id) in self._menu
        return isinstance(menu_id, int) and menu_id in self._menu

    def franchises(self) -> dict[str, Any]:
        """Return all franchises."""
        shown = [{"id": each.id, "name": each.name, "stores": each.stores} for each in self._franchises.values()]
        return {"franchises": shown, "more": False}

    def add_franchise(self, name: object, admins: list[User]) -> dict[str, Any]:
        """Open a franchise; Refusal (500) where it has no name."""
        if not (isinstance(name, str) and name):
            raise Refusal(500, "Bind parameters must not contain undefined", stack=True)
        self._check_room(len(self._franchises))
        franchise = Franchise(len(self._franchises) + 1, name)
        self._franchises[franchise.id] = franchise
        shown = [{"email": admin.email, "id": admin.id, "name": admin.name} for admin in admins]
        return {"name": name, "admins": shown, "id": franchise.id}

    def add_store(self, franchise_id: object, name: object) -> dict[str, Any]:
        """Open a store; Refusal (500) where the franchise isn't there or the store has no name."""
        franchise = self._franchises.get(franchise_id) if isinstance(franchise_id, int) else None
        if franchise is None or not (isinstance(name, str) and name):
            raise Refusal(500, "Cannot add or update a child row: a foreign key constraint fails", stack=True)
        self._check_room(self._stores)
        self._stores += 1
        franchise.stores.append({"id": self._stores, "name": name})
        return {"id": self._stores, "franchiseId": franchise.id, "name": name}

    @staticmethod
    def _check_room(entries: int) -> None:
        if entries >= MOST_ENTRIES:
            raise Refusal(500, "the sandbox has no room for more of these", stack=True)


def is_price(value: object) -> TypeGuard[int | float]:
    """Tell whether a value can be a price in bitcoin: a number from 0 to the 21 million there are."""
    return isinstance(value, _NUMBERS) and not isinstance(value, bool) and 0 <= value <= 21_000_000
