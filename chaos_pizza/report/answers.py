"""What people wrote, as the report shows it: their words as text, their blanks as questions.

Nothing that they typed is markup: their paragraphs and line breaks stay, all else is escaped.
"""

import re

from chaos_pizza.model.notes import ActionItem, Answer
from chaos_pizza.report.escape import plain

_CODE = re.compile(r"[\w.()<>=%\[\] -]+", re.ASCII)
_PARAGRAPHS = re.compile(r"\n[^\S\n]*\n")


def paragraphs(answer: Answer) -> list[str]:
    """Return the paragraphs of an answer, ready for Markdown, line breaks kept; empty where there is no answer."""
    if answer is None:
        return []
    told = (_lines(paragraph) for paragraph in _PARAGRAPHS.split(answer))
    return [paragraph for paragraph in told if paragraph]


def action_rows(items: tuple[ActionItem, ...]) -> list[tuple[str, ...]]:
    """Return number, deed, owner, due date and claim of each item; what is not known yet is a question."""
    return [
        (
            str(item.number),
            _whole(item.text),
            _known(item.owner) or "**By whom?**",
            item.due.isoformat() if item.due else "**By when?**",
            _claimed(item.claim) or "**What would a drill show?**",
        )
        for item in items
    ]


def _lines(paragraph: str) -> str:
    lines = (_whole(line) for line in paragraph.split("\n"))
    return "\\\n".join(line for line in lines if line)


def _whole(text: str) -> str:
    return plain(text, max_chars=max(len(text), 1))


def _known(text: str | None) -> str:
    return _whole(text) if text else ""


def _claimed(claim: str | None) -> str:
    # As code where it can't break out of it: a claim reads best as it was written.
    return f"`{claim}`" if claim and _CODE.fullmatch(claim) else _known(claim)
