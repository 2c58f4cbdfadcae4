"""Secrets, kept from every text that leaves the process.

A `Secret` shows itself only to whoever asks by name. The `Redactor` cleans texts that come from outside, or that a
foreign library writes, of every secret it was told and of everything that looks like one.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

MASK = "***"
LONGEST_TEXT = 500
"""Characters kept of a text from outside."""

_LOOKS_SECRET = (
    # the factory's link: it carries the vendor's apiKey and the fixCode
    (re.compile(r"/api/support/[^\s\"'<>)\]]+", re.IGNORECASE), f"/api/support/{MASK}"),
    # a JWT, a real one or one of the factory's dead ones
    (re.compile(r"\b(?:eyJ|dead)[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){1,2}"), MASK),
    (re.compile(r"(?i)\bbearer\s+[^\s\"']+"), f"Bearer {MASK}"),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@\"']+@"), rf"\1{MASK}@"),
    # what somebody pastes: password=…, "apiKey": "…", PIZZA_VENDOR_KEY=…
    (
        re.compile(
            r"(?i)((?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|vendor[_-]?key|fix[_-]?code)[\"']?\s*[=:]\s*[\"']?)"
            r"[^\s\"',;&}]{4,}"
        ),
        rf"\1{MASK}",
    ),
)
_NAMES_A_SECRET = re.compile(r"(?i)(?:key|token|passw(?:or)?d|passphrase|secret|authorization|credentials?)$")
# What steers a terminal or turns the direction of writing; and surrogates, which no file takes.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
SHORTEST_SECRET = 4
"""A shorter secret would blank out innocent text; it is a mistake of its owner's that no redactor mends."""


class Secret:
    """A text that no print, log, format or error shows; `reveal()` gives it to the one call that needs it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret itself, to be handed on at once and kept nowhere."""
        return self._text

    def __repr__(self) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


def secrets_in(environment: Mapping[str, str]) -> list[str]:
    """Return the values of all variables whose name says that they hold a secret, such as `STAGING_VENDOR_KEY`."""
    return [value for name, value in environment.items() if _NAMES_A_SECRET.search(name)]


class Redactor:
    """Cleans texts of the secrets it was told, and of what looks like one.

    Secrets shorter than `SHORTEST_SECRET` characters are not looked for.
    """

    def __init__(self, secrets: Iterable[Secret | str | None] = ()) -> None:
        self._known: set[str] = set()
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: Secret | str | None) -> None:
        """Mask this secret from now on; nothing is learned from `None` or an empty one."""
        text = secret.reveal() if isinstance(secret, Secret) else secret
        if text and len(text) >= SHORTEST_SECRET:
            self._known.add(text)

    def clean(self, text: str) -> str:
        """Return the text with every secret masked; its length and line breaks stay as they are."""
        for secret in sorted(self._known, key=len, reverse=True):
            text = text.replace(secret, MASK)
        for pattern, mask in _LOOKS_SECRET:
            text = pattern.sub(mask, text)
        return text

    def line(self, text: object) -> str:
        """Return a text from outside as one bounded line without secrets and control characters."""
        given = str(text)
        # Cleaned before and after: a secret may hold control characters, or appear once they are gone.
        whole = self.clean(_CONTROL.sub(" ", self.clean(given[: 4 * LONGEST_TEXT]))).strip()
        if len(given) > 4 * LONGEST_TEXT:
            # The cut may have gone through a secret, whose first part nothing recognises.
            longest_part = max(LONGEST_TEXT, *map(len, self._known)) if self._known else LONGEST_TEXT
            whole = whole[:-longest_part] + "…"
        return whole if len(whole) <= LONGEST_TEXT else whole[: LONGEST_TEXT - 1] + "…"

    def clean_tree(self, tree: Any) -> Any:
        """Return a JSON-like tree with every text in it cleaned, keys too; the tree itself stays as it is."""
        if isinstance(tree, str):
            return self.clean(tree)
        if isinstance(tree, dict):
            return {self.clean_tree(key): self.clean_tree(value) for key, value in tree.items()}
        if isinstance(tree, list | tuple):
            return [self.clean_tree(value) for value in tree]
        return tree
