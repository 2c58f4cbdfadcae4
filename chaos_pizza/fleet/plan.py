"""A fleet's plan, as whoever drills many shops writes it in YAML."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chaos_pizza.errors import UsageError
from chaos_pizza.fleet.shop_list import ListedShop, check_known_columns
from chaos_pizza.model.conversion import from_mapping
from chaos_pizza.model.target import REQUIRED, SECRETS
from chaos_pizza.redaction import Redactor

MOST_SHOPS = 1000
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_OWN_KEYS = ("shops", "shops_file", "defaults")
_MOST_COMPLAINTS = 5


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop of a fleet: its name, its target as it might stand in `chaos-pizza.yaml`, and where it is listed.

    `place` is `fleet.yaml, shops[0]` or `teams.csv, line 2`; `columns` are those of that table, `None` outside of one.
    """

    name: str
    target: Mapping[str, Any] = field(default_factory=dict)
    place: str = field(default="", compare=False)
    columns: tuple[str, ...] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Course:
    """How a fleet is drilled: all that its plan says beside its shops.

    `name` is a short name of a-z, 0-9 and -; "" takes the experiment's. `experiment` and `env_file` are paths relative
    to the plan's own folder; `env_file` (`None`: none) holds secrets, a `NAME=value` a line. At most `at_a_time` shops
    are drilled at once. The first of them begin spread evenly over `start_spread_s` seconds, and each waits up to
    `start_jitter_s` seconds more, drawn from `seed` and its name.
    """

    experiment: str
    name: str = ""
    at_a_time: int = 10
    start_spread_s: float = 2.0
    start_jitter_s: float = 0.0
    seed: int = 0
    env_file: str | None = None


@dataclass(frozen=True, slots=True)
class FleetPlan:
    """All that a fleet's plan says: how it is drilled, and the shops in their order."""

    course: Course
    shops: tuple[Shop, ...]

    def of(self, only: Sequence[str], skip: Sequence[str]) -> tuple[Shop, ...]:
        """Return the shops that are in `only` (all, where that is empty) and not in `skip`, in their order.

        Raises `UsageError` where one is named that is none of the fleet's, or where none is left.
        """
        return chosen_of(self.shops, only, skip)


def complaint_of_lacking(shop: Shop) -> str | None:
    """Return what a shop lacks that each has to have, where, and how to give it; `None` where it has all of that."""
    wanted = [f"{key}_env" if key in SECRETS else key for key in REQUIRED]
    lacking = next((key for key in wanted if not str(shop.target.get(key) or "").strip()), None)
    if lacking is None:
        return None
    if shop.columns is None:
        remedy = "give it one"
    else:
        remedy = "fill that cell" if lacking in shop.columns else "give the table that column"
    return f"{shop.place}: {shop.name} has no {lacking}; {remedy}, or write it under defaults"


def chosen_of(shops: Sequence[Shop], only: Sequence[str], skip: Sequence[str]) -> tuple[Shop, ...]:
    """Return the shops that are meant, as `FleetPlan.of` does; raises `UsageError` as it does."""
    known = {shop.name for shop in shops}
    unknown = [name for name in (*only, *skip) if name not in known]
    if unknown:
        raise UsageError(f"there is no shop {unknown[0]!r} in the fleet; it has {_some(list(known))}")
    chosen = [shop for shop in shops if (not only or shop.name in only) and shop.name not in skip]
    if not chosen:
        raise UsageError("no shop of the fleet is left; name others with --only or --skip")
    return tuple(chosen)


def read_plan(content: Any, place: str, listed: Sequence[ListedShop] = ()) -> FleetPlan:
    """Return the plan that a YAML file's content describes; `place` is what complaints call the file.

    `listed` are the shops of its `shops_file`, which come after its own `shops`. Raises `UsageError`, in one line that
    names each place, where it describes none.
    """
    if not isinstance(content, dict):
        raise UsageError(f"{place} holds no fleet; docs/fleet.md shows one")
    check_known_columns(listed)
    try:
        course = from_mapping({key: value for key, value in content.items() if key not in _OWN_KEYS}, Course)
        shops = _shops(content, place, listed)
        complaints = [*_course_complaints(course), *_shop_complaints(shops)]
        if complaints:
            raise ValueError(_joined(complaints))  # noqa: TRY301 - said in one place
    except ValueError as error:
        raise UsageError(Redactor().line(f"{place} is no fleet's plan: {error}")) from None
    return FleetPlan(course, shops)


def find_shops(content: Any, place: str, listed: Sequence[ListedShop] = ()) -> tuple[tuple[Shop, ...], tuple[str, ...]]:
    """Return the shops that can be found in a plan's content, and a line for each entry that describes none.

    Nothing else of the plan need be right, and a shop may stand there twice: so is looked for shops that calm is to be
    restored at. `place` and `listed` are as in `read_plan`. Raises `UsageError` where no shop is to be found.
    """
    if not isinstance(content, dict):
        raise UsageError(f"{place} holds no fleet; docs/fleet.md shows one")
    found: list[Shop] = []
    complaints: list[str] = []
    try:
        entries, defaults = _entries(content, listed)
    except ValueError as error:
        raise UsageError(Redactor().line(f"{place} is no fleet's plan: {error}")) from None
    for number, entry in enumerate(entries):
        try:
            found.append(_shop(entry, defaults, number, place))
        except ValueError as error:
            complaints.append(Redactor().line(f"{error}, in {place}"))
    if not found:
        raise UsageError("; ".join([f"no shop is to be found in {place}", *complaints[:1]]))
    return tuple(found), tuple(complaints)


def shops_file_of(content: Any) -> str | None:
    """Return the path of the list of shops that a plan's content names; `None` where it names none as a text."""
    named = content.get("shops_file") if isinstance(content, dict) else None
    return named if isinstance(named, str) and named.strip() else None


def _shops(content: Mapping[str, Any], place: str, listed: Sequence[ListedShop]) -> tuple[Shop, ...]:
    entries, defaults = _entries(content, listed)
    return tuple(_shop(entry, defaults, number, place) for number, entry in enumerate(entries))


def _entries(content: Mapping[str, Any], listed: Sequence[ListedShop]) -> tuple[list[Any], dict[str, Any]]:
    """Return what stands there for each shop, and the defaults of all; `ValueError` where they are none."""
    defaults, given = content.get("defaults") or {}, content.get("shops") or []
    if not isinstance(defaults, dict) or not all(isinstance(key, str) for key in defaults):
        raise ValueError("a mapping is wanted @ defaults")
    if "name" in defaults:
        raise ValueError("each shop has a name of its own @ defaults.name")
    if not isinstance(given, list):
        raise ValueError("a list of shops is wanted @ shops")  # noqa: TRY004 - as all complaints
    if content.get("shops_file") is not None and shops_file_of(content) is None:
        raise ValueError("a file's path is wanted @ shops_file")
    return [*given, *listed], defaults


def _shop(entry: Any, defaults: Mapping[str, Any], number: int, file: str) -> Shop:
    if isinstance(entry, ListedShop):
        place = at = entry.place
    else:
        place, at = f"{file}, shops[{number}]", f"shops[{number}].name"
    columns = entry.columns if isinstance(entry, ListedShop) else None
    described = _described(entry)
    if not isinstance(described, Mapping) or not all(isinstance(key, str) for key in described):
        raise ValueError(f"a shop's name, or a mapping with its `name`, is wanted @ shops[{number}]")
    name = described.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"a short name of a-z, 0-9 and - is wanted @ {at}")
    own = {key: value for key, value in described.items() if key != "name"}
    return Shop(name, {**{key: _filled(value, name) for key, value in defaults.items()}, **own}, place, columns)


def _described(entry: Any) -> Any:
    if isinstance(entry, ListedShop):
        return entry.cells
    return {"name": entry} if isinstance(entry, str) else entry


def _filled(value: Any, name: str) -> Any:
    """Return what the defaults say, for one shop: `{name}` is its name, `{NAME}` the form that variables have."""
    if not isinstance(value, str):
        return value
    return value.replace("{name}", name).replace("{NAME}", name.upper().replace("-", "_"))


def _course_complaints(course: Course) -> Iterator[str]:
    if course.name and not _NAME.fullmatch(course.name):
        yield "a short name of a-z, 0-9 and - is wanted @ name"
    for key in ("experiment", "env_file"):
        path = getattr(course, key)
        if path is not None and not (path.strip() and path.isprintable()):
            yield f"a file's path is wanted @ {key}"
    for key, low, high in (("at_a_time", 1, 200), ("start_spread_s", 0, 86_400), ("start_jitter_s", 0, 3_600)):
        value = getattr(course, key)
        if not low <= value <= high:
            yield f"{low:g} to {high:g} is allowed, not {value:g} @ {key}"


def _shop_complaints(shops: Sequence[Shop]) -> Iterator[str]:
    if not 1 <= len(shops) <= MOST_SHOPS:
        yield f"1 to {MOST_SHOPS} shops are wanted, not {len(shops)} @ shops"
    seen: set[str] = set()
    for number, shop in enumerate(shops):
        if shop.name in seen:
            yield f"{shop.name!r} stands there twice @ shops[{number}]"
        seen.add(shop.name)


def _joined(complaints: Sequence[str]) -> str:
    more = len(complaints) - _MOST_COMPLAINTS
    return "; ".join([*complaints[:_MOST_COMPLAINTS], *([f"and {more} more"] if more > 0 else [])])


def _some(names: Sequence[str]) -> str:
    shown = sorted(names)[:_MOST_COMPLAINTS]
    return f"{', '.join(shown)} and {len(names) - len(shown)} more" if len(names) > len(shown) else ", ".join(shown)
