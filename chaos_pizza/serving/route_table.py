"""Which of a service's endpoints a request means."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import parse_qsl, unquote

E = TypeVar("E")

_PART = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Found(Generic[E]):
    """An endpoint, the parts of the path that its template names, and the query (of several of one name the last)."""

    endpoint: E
    path: Mapping[str, str]
    query: Mapping[str, str]


class RouteTable(Generic[E]):
    """Endpoints by method and by a template of their path, such as `/api/vendor/{id}`; `HEAD` means what `GET` does."""

    def __init__(self, endpoints: Iterable[tuple[str, str, E]]) -> None:
        self._exact: dict[tuple[str, str], Found[E]] = {}
        self._templates: list[tuple[str, re.Pattern[str], E]] = []
        for method, template, endpoint in endpoints:
            for each in ("GET", "HEAD") if method == "GET" else (method,):
                if _PART.search(template):
                    pattern = "".join(
                        f"(?P<{text}>[^/]+)" if number % 2 else re.escape(text)
                        for number, text in enumerate(_PART.split(template))
                    )
                    self._templates.append((each, re.compile(pattern), endpoint))
                else:
                    self._exact[each, template] = Found(endpoint, {}, {})

    def find(self, method: str, target: str) -> Found[E] | None:
        """Return what a request's method and target mean, or `None` where that is nothing."""
        found = self._exact.get((method, target))
        return found or self._search(method, target)

    def _search(self, method: str, target: str) -> Found[E] | None:
        raw_path, _, raw_query = target.partition("?")
        path, query = unquote(raw_path), dict(parse_qsl(raw_query, keep_blank_values=True))
        exact = self._exact.get((method, path))
        if exact is not None:
            return Found(exact.endpoint, {}, query)
        for each, pattern, endpoint in self._templates:
            match = pattern.fullmatch(path) if each == method else None
            if match is not None:
                return Found(endpoint, match.groupdict(), query)
        return None
