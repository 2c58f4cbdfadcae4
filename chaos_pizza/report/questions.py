"""What a report asks of the people: its blanks, in the order in which they stand there, and the form to fill in."""

from collections.abc import Iterable

QUESTIONS: dict[str, str] = {
    "detection": "How would we have cut the time to detect by half?",
    "impact": "Were support tickets or posts on social media submitted? How many real customers were affected?",
    "response": "Who was on call, when did they come online, and where did they look first?",
    "root_cause": ("Why did a fault of this kind reach the customers as it did, and what of our own made it worse?"),
    "resolution": ("How did whoever ended it know what to do? How would we have cut the time to mitigate by half?"),
    "prevention": "Which earlier incidents had the same root cause, and what keeps it from coming back?",
    "action_items": "What will be done, by whom, and by when? One line each, with an owner and a due date.",
}
"""The question of each key of `notes.yaml`."""

_HEAD = """\
# What only people know of {drill}. Write beneath each question, indented by two spaces;
# what stays empty stays a question in the report. Then: chaos-pizza report {drill}
"""
_ITEMS_HELP = """\
# A claim is what a drill can test of it (docs/action-items.md). For example:
#   - text: Tighten the alert on failed purchases
#     owner: Ann
#     due: 2026-01-31
#     claim: ttd_s(factory-fail) <= 90
"""


def blank_notes(drill: str) -> str:
    """Return the form for a drill's notes as YAML: every question as a comment above its empty key."""
    return _HEAD.format(drill=drill) + blank_questions(QUESTIONS)


def blank_questions(keys: Iterable[str]) -> str:
    """Return that part of the form which asks the questions of these keys; empty for none."""
    return "".join(f"\n# {QUESTIONS[key]}\n{_empty(key)}" for key in keys)


def _empty(key: str) -> str:
    return f"{_ITEMS_HELP}{key}:\n" if key == "action_items" else f"{key}: |\n\n"
