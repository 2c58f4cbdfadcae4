"""What only people can say of a drill: the blanks of its report, filled in."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

Answer: TypeAlias = str | None
"""What people wrote, perhaps in several paragraphs; `None` while it is still a question."""


@dataclass(frozen=True, slots=True)
class ActionItem:
    """Something to be done, by whom and by when.

    `number` counts from 1 within its report. `claim` is what a drill can test of it: `ttd_s(factory-fail) <= 90`. What
    is not known yet is `None`.
    """

    number: int
    text: str
    owner: str | None = None
    due: date | None = None
    claim: str | None = None


@dataclass(frozen=True, slots=True)
class OpenedItem:
    """An action item, and where it was written down.

    `drill_id` names the drill (or the imported incident) in whose notes it stands. `opened_at` (aware UTC) is when that
    drill ended: only what began later can show that something was done about it.
    """

    drill_id: str
    opened_at: datetime
    item: ActionItem


@dataclass(frozen=True, slots=True)
class Notes:
    """The people's part of a report, by the section it belongs to; what is `None` stays a question there."""

    detection: Answer = None
    """What else would have cut the time to detect by half?"""
    impact: Answer = None
    """Support tickets, posts on social media, real customers."""
    response: Answer = None
    """Who was on call, when they came online, where they looked first."""
    root_cause: Answer = None
    """Why a fault of this kind reached the customers as it did."""
    resolution: Answer = None
    """How whoever ended it knew what to do, and what would have cut the time to mitigate by half."""
    prevention: Answer = None
    """Earlier incidents of the same cause, and what keeps it from coming back."""
    action_items: tuple[ActionItem, ...] = ()
