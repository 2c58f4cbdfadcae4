"""A drill as a message in a Slack channel, by an incoming webhook.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and, for the limits of length,
https://docs.slack.dev/reference/block-kit/blocks
"""

import json
from typing import Any

from chaos_pizza.publishing.account import Account, measures_in_words
from chaos_pizza.publishing.message import Message
from chaos_pizza.report.escape import one_line
from chaos_pizza.report.phrasing import day_of

_LONGEST_HEADER = 150
_LONGEST_TEXT = 3000
_LONGEST_FIELD = 2000
_MOST_FIELDS = 10
_MOST_REASONS = 5


def slack_message(account: Account, path: str) -> Message:
    """Return the message to the webhook whose secret path this is."""
    content = json.dumps(slack_document(account), separators=(",", ":")).encode()
    return Message("POST", path, shows_secret=True, content=content, headers={"Content-Type": "application/json"})


def slack_document(account: Account) -> dict[str, Any]:
    """Return the message as Slack takes it: blocks, and a text for notifications and screen readers.

    Texts from outside are plain texts: nothing in them is a link, a mention or an emphasis.
    """
    result = account.result
    figures = [f"{label}: {figure}" for label, figure in measures_in_words(result)]
    blocks: list[dict[str, Any]] = [{"type": "header", "text": _plain(account.headline, _LONGEST_HEADER)}]
    about = [
        one_line(result.title) or "A drill",
        *(f"- {one_line(reason)}" for reason in result.judgement.reasons[:_MOST_REASONS]),
    ]
    blocks.append({"type": "section", "text": _plain("\n".join(about), _LONGEST_TEXT)})
    if figures:
        fields = [_plain(figure.replace(": ", "\n", 1), _LONGEST_FIELD) for figure in figures[:_MOST_FIELDS]]
        blocks.append({"type": "section", "fields": fields})
    if account.report_url:
        address = account.report_url.replace("&", "&amp;")
        link = {"type": "mrkdwn", "text": f"<{address}|Read the report>", "verbatim": True}
        blocks.append({"type": "section", "text": link})
    blocks.append({"type": "context", "elements": [_plain(_context(account), _LONGEST_TEXT)]})
    return {
        "text": _cut(_escaped(". ".join([account.headline, *figures])), _LONGEST_TEXT),
        "mrkdwn": False,
        "unfurl_links": False,
        "blocks": blocks,
    }


def _context(account: Account) -> str:
    result = account.result
    known = "announced" if account.settings.announced else "not announced"
    held = f"{day_of(result.started_at)} {result.started_at:%H:%M} to {result.ended_at:%H:%M} UTC"
    return f"{held}, fault {account.settings.fault.value}, {known}, {one_line(result.drill_id)}"


def _plain(text: str, longest: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": _cut(_escaped(text), longest), "emoji": False}


def _escaped(text: str) -> str:
    """Return a text without what Slack takes for a link or a mention: `<`, `>`, `&`, and `@` before a name."""
    for sign, instead in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("@", "(at)")):
        text = text.replace(sign, instead)
    return text


def _cut(text: str, longest: int) -> str:
    """Return a text of at most so many characters, no entity cut in two."""
    if len(text) <= longest:
        return text
    kept = text[: longest - 1]
    entity = kept.rfind("&", max(0, longest - 6))
    return (kept if entity < 0 or ";" in kept[entity:] else kept[:entity]) + "…"
