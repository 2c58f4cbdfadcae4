"""How long Alertmanager's routes let an alert's first notification wait for company."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

import yaml

from chaos_pizza.monitoring.prometheus import read_duration_s

_DEFAULT_WAIT_S = 30.0
"""Alertmanager's own, where no route says otherwise."""
LONGEST_CONFIGURATION = 100_000
"""Characters; a longer one takes too long to read."""
_DEEPEST = 20
_DEEPEST_TEXT = 100
_MOST_ROUTES = 1000
_MATCHER = re.compile(r"""\s*"?([a-zA-Z_:][a-zA-Z0-9_:]*)"?\s*(=~|!~|!=|=)\s*(.*?)\s*""", re.DOTALL)
_LITERALS = re.compile(r"[\w \-:/@]*(?:\|[\w \-:/@]*)*")

# Of their texts only: a date or a number in it means nothing here.
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def group_wait_s(configuration: str, labels: Mapping[str, str], *, complete: bool) -> float | None:
    """Return how long the first notification of an alert with these labels waits, by a configuration's routes.

    `complete` says that it has no other labels. `None` where the configuration can't be read, or where what is known
    of the labels doesn't tell which route it takes and these wait differently long.
    """
    route = _root(configuration) if len(configuration) <= LONGEST_CONFIGURATION else None
    if route is None:
        return None
    # Aliases can make a short text an endless tree.
    waits = set(islice(_waits(route, labels, complete, _DEFAULT_WAIT_S, 0), _MOST_ROUTES))
    return waits.pop() if len(waits) == 1 else None


@lru_cache(maxsize=4)
def _root(configuration: str) -> dict[str, Any] | None:
    """Return the route that all others are below of; `None` where the configuration has none that can be read."""
    try:
        read = None if _is_too_deep(configuration) else yaml.load(configuration, Loader=_Loader)  # noqa: S506 - of texts
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    route = read.get("route") if isinstance(read, dict) else None
    return route if isinstance(route, dict) else None


def _is_too_deep(configuration: str) -> bool:
    """Tell whether a text is nested so deeply that reading it would take the process down."""
    depth = 0
    for event in yaml.parse(configuration, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST_TEXT:
            return True
    return False


def _waits(
    route: Mapping[str, Any], labels: Mapping[str, str], complete: bool, inherited_s: float, depth: int
) -> Iterator[float | None]:
    """Yield the waits of all the routes that an alert may take below one that it does take."""
    if depth > _DEEPEST:
        yield None
        return
    own_s = read_duration_s(route["group_wait"]) if "group_wait" in route else inherited_s
    if own_s is None:
        yield None
        return
    routes = route.get("routes")
    taken = False
    for child in routes if isinstance(routes, list) else ():
        if not isinstance(child, dict):
            yield None
            continue
        takes = _takes(child, labels, complete)
        if takes is not False:
            yield from _waits(child, labels, complete, own_s, depth + 1)
        if takes is True:
            taken = True
            if child.get("continue") != "true":
                return
    if not taken:
        yield own_s


def _takes(route: Mapping[str, Any], labels: Mapping[str, str], complete: bool) -> bool | None:
    """Tell whether a route takes an alert; `None` where that can't be told."""
    answers = [_matches(matcher, labels, complete) for matcher in _matchers(route)]
    if False in answers:
        return False
    return None if None in answers else True


def _matchers(route: Mapping[str, Any]) -> Iterator[tuple[str, str, str] | None]:
    """Yield a route's matchers as label, operator and value; `None` for one that can't be read."""
    for key, operator in (("match", "="), ("match_re", "=~")):
        given = route.get(key)
        for name, value in given.items() if isinstance(given, dict) else ():
            yield (name, operator, value) if isinstance(value, str) else None
    matchers = route.get("matchers")
    for text in matchers if isinstance(matchers, list) else [matchers] if matchers else []:
        found = _MATCHER.fullmatch(text) if isinstance(text, str) and len(text) < 1000 else None
        yield (found[1], found[2], _unquoted(found[3])) if found else None


def _matches(matcher: tuple[str, str, str] | None, labels: Mapping[str, str], complete: bool) -> bool | None:
    if matcher is None:
        return None
    name, operator, value = matcher
    if name not in labels and not complete:
        return None
    has = labels.get(name, "")
    if operator in {"=", "!="}:
        return (has == value) is (operator == "=")
    # Foreign expressions are not run: some take for ever.
    if value in {".*", ".+"}:
        fits = value == ".*" or bool(has)
    elif _LITERALS.fullmatch(value):
        fits = has in value.split("|")
    else:
        return None
    return fits is (operator == "=~")


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return re.sub(r'\\(["\\])', r"\1", text[1:-1])
    return text
