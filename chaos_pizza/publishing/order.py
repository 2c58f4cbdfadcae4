"""What a publishing process is told to do, and what it answers, as lines of JSON between the two processes.

There is no secret in it: these stand in the environment, which both have but for the target's.
"""

import json
from dataclasses import dataclass

from chaos_pizza.model.conversion import from_mapping, to_mapping
from chaos_pizza.publishing.account import Account
from chaos_pizza.publishing.settings import PublishSettings, Tool


@dataclass(frozen=True, slots=True)
class Order:
    """Whom to tell of which drill; `folder` is the drill's own, where the process notes what came of it."""

    folder: str
    account: Account
    settings: PublishSettings
    tools: tuple[Tool, ...]

    def to_json(self) -> bytes:
        """Return the order as one line."""
        return json.dumps(to_mapping(self), separators=(",", ":")).encode() + b"\n"

    @classmethod
    def of_json(cls, line: bytes) -> "Order":
        """Return the order that a line holds; `ValueError` where it holds none."""
        return from_mapping(json.loads(line), cls)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A tool that is done with; `complaint` says in one line why it could not be told, `None` where it was."""

    tool: Tool
    complaint: str | None

    def to_json(self) -> str:
        """Return the outcome as one line."""
        return json.dumps(to_mapping(self), separators=(",", ":")) + "\n"


def outcomes_of(text: bytes) -> dict[Tool, str | None]:
    """Return the complaint on each tool that is done with; a line that was cut off counts for nothing."""
    found: dict[Tool, str | None] = {}
    for line in text.splitlines():
        try:
            outcome = from_mapping(json.loads(line), Outcome)
        except ValueError:
            continue
        found[outcome.tool] = outcome.complaint
    return found
