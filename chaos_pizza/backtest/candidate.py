"""A rule to be tried, and how it differs from the one that it was made from."""

import math
from dataclasses import dataclass, replace

from chaos_pizza.model.alert import AlertRule

CHANGEABLE = (
    "threshold", "window_s", "short_window_s", "compare_window_s", "for_s", "evaluation_interval_s",
)  # fmt: skip
"""The keys of a rule that may be changed without making another rule of it."""
_WORDS = {
    "threshold": "threshold",
    "window_s": "window",
    "short_window_s": "short window",
    "compare_window_s": "compared with",
    "for_s": "for",
    "evaluation_interval_s": "every",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A key of a rule, what it was, and what it is to be; seconds, but for a threshold."""

    key: str
    old: float
    new: float

    @property
    def text(self) -> str:
        """The change as people say it."""
        return f"{_WORDS[self.key]} {self.new:g}{'' if self.key == 'threshold' else ' s'}"

    @property
    def size(self) -> float:
        """How far it goes: 1 is a doubling or a halving."""
        # For what may be 0 a doubling is no measure; from nothing to one second counts as one.
        old, new = (value + (self.key == "for_s") for value in (abs(self.old), abs(self.new)))
        return abs(math.log2(new / old)) if old > 0 and new > 0 else 10.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule to be tried; `base` names the rule that it was made from by `changes`, none where it is that rule."""

    rule: AlertRule
    base: str
    changes: tuple[Change, ...] = ()

    @property
    def label(self) -> str:
        """The rule as people name it, with its changes."""
        changes = ", ".join(change.text for change in self.changes)
        return f"{self.base} ({changes})" if changes else self.base

    @property
    def size(self) -> float:
        """How far all changes go together."""
        return sum(change.size for change in self.changes)


def changed(base: AlertRule, values: dict[str, float]) -> Candidate:
    """Return the rule with these keys set; those that stay as they are count as no change."""
    changes = tuple(
        Change(key, getattr(base, key), values[key])
        for key in CHANGEABLE
        if key in values and values[key] != getattr(base, key)
    )
    return Candidate(replace(base, **{change.key: change.new for change in changes}), base.name, changes)  # type: ignore[arg-type]
