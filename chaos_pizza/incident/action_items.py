"""The action items of a report: owner, due date, and a claim that a drill could test of each, as a suggestion."""

import re
from collections.abc import Sequence
from dataclasses import replace

from chaos_pizza.incident.outline import SectionName
from chaos_pizza.incident.passage import Sentence
from chaos_pizza.incident.record import ReadItem
from chaos_pizza.incident.spelled_date import Calendar, find_dates
from chaos_pizza.report.escape import one_line

_LONGEST_OWNER = 100
MOST_ITEMS = 200
"""As many as notes may have."""
_NAME = r"(?P<who>[A-Z][\w.'-]*(?:\s+[A-Z][\w.'-]*){0,3})"
_OWNER = re.compile(
    rf"\b(?i:owner|assignee|assigned\s+to|responsible)\b\s*(?i:is|:|=|-)?\s*(?:the\s+)?{_NAME}|@(?P<handle>[\w.-]{{1,40}})"
)
_ALL_OWNED = re.compile(rf"\b(?i:assigned\s+to|owned\s+by|owner)\b[^:.]{{0,60}}(?::|\bis\b|\bto\b|\bby\b)\s*{_NAME}")
_DUE = re.compile(r"\b(?:due|deadline|by|until|before)\b[^0-9A-Z]{0,12}$", re.IGNORECASE)
# What an item is about, and how a drill could show that it is done. The alert's 90 s: a window of a minute, and half a
# minute for its scrape and its evaluation; its rule is named, so that no drill without it closes the item. A second
# factory has to carry nearly every purchase. The space behind `]` keeps Markdown from making a link of it.
_CLAIMS = (
    (r"\b(?:alerts?|alarms?)\b.*\b(?:bitcoin|revenue|sales|income|takings)\b",
     "sight[revenue-down] (factory-fail) = fired"),
    (r"\b(?:alerts?|alarms?|thresholds?|boundar(?:y|ies))\b.*\b(?:fail(?:ed|ures?|ing)?|errors?)\b",
     "ttd_s(factory-fail) <= 90 and sight[failed-purchases] (factory-fail) = fired"),
    (r"\b(?:back-?\s?up|second|fall-?back|stand-?by|redundant|fail-?over)\b.*\b(?:service|factory|vendor)\b",
     "success_ratio(backup-factory) >= 99 %"),
    (r"\b(?:runbook|playbook|document(?:ation)?)\b", "ttm_s(factory-fail) <= 10 min"),
)  # fmt: skip


def items_of(sentences: Sequence[Sentence], calendar: Calendar) -> tuple[ReadItem, ...]:
    """Return the action items in their order; a sentence that gives them all one owner is no item."""
    own = [sentence for sentence in sentences if sentence.section is SectionName.ACTION_ITEMS]
    owners = [found["who"] for each in own if not each.is_item and (found := _ALL_OWNED.search(each.text))]
    of_all = owners[0] if owners else None
    items: dict[int, ReadItem] = {}
    for sentence in (each for each in own if each.is_item):
        line = sentence.block_line
        text = f"{items[line].text} {sentence.text}" if line in items else sentence.text
        items[line] = ReadItem(line, text, None, None, None)
    return tuple(_completed(item, of_all, calendar) for item in list(items.values())[:MOST_ITEMS])


def gives_owner(sentence: Sentence) -> bool:
    """Tell whether a sentence gives all items their owner."""
    return not sentence.is_item and bool(_ALL_OWNED.search(sentence.text))


def _completed(item: ReadItem, of_all: str | None, calendar: Calendar) -> ReadItem:
    text, own, due = _of_a_row(item.text, calendar)
    if own is None and (found := _OWNER.search(text)):
        own = found["who"] or found["handle"]
    claim = next((claim for words, claim in _CLAIMS if re.search(words, text, re.IGNORECASE)), None)
    owner = one_line(own or of_all or "", _LONGEST_OWNER) or None
    return replace(item, text=text, owner=owner, due=due or _due(text, calendar), claim=claim)


def _of_a_row(text: str, calendar: Calendar) -> tuple[str, str | None, str | None]:
    """Return what a row of a table says is to be done, by whom and by when; any other text as it is, and `None`."""
    cells = [cell for cell in text.split(" | ") if not cell.strip("#. ").isdigit()]
    if " | " not in text or not cells:
        return text, None, None
    owner, due = None, None
    for cell in cells[1:]:
        dates = find_dates(cell)
        day = calendar.day_of(dates[0])[0] if dates and dates[0].text == cell.strip() else None
        if day is not None:
            due = due or day.isoformat()
        elif re.fullmatch(_NAME, cell.strip()):
            owner = owner or cell.strip()
    return cells[0], owner, due


def _due(text: str, calendar: Calendar) -> str | None:
    for spelled in find_dates(text):
        day, _ = calendar.day_of(spelled)
        if day is not None and _DUE.search(text[max(spelled.begin - 30, 0) : spelled.begin]):
            return day.isoformat()
    return None
