"""A drill as a small JSON document, posted to whoever wants it, signed where they ask for it."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from chaos_pizza.publishing.account import Account
from chaos_pizza.publishing.message import Message
from chaos_pizza.redaction import Secret
from chaos_pizza.report.document import to_document

SIGNATURE = "X-Chaos-Pizza-Signature"
_KEYS = (
    *("schema_version", "id", "experiment", "title", "target", "started_at", "ended_at", "cut_off"),
    *("verdict", "exit_code", "reasons", "detected_by", "ended_by", "instants", "measures", "budgets"),
)


def webhook_document(account: Account) -> dict[str, Any]:
    """Return what is posted: what `drill.json` says first, in its words, with the fault and the report's address."""
    document = to_document(account.result)
    return {
        "event": "drill_ended",
        **{key: document[key] for key in _KEYS},
        "fault": account.settings.fault.value,
        "announced": account.settings.announced,
        "report_url": account.report_url,
    }


def webhook_message(account: Account, path: str, headers: Mapping[str, str | Secret], secret: Secret | None) -> Message:
    """Return the message to a webhook, with `headers` of the team's own.

    `Idempotency-Key` is the drill's id. With a secret, `X-Chaos-Pizza-Signature` is `sha256=` and the HMAC-SHA256 of
    the body in hexadecimal digits.
    """
    content = json.dumps(webhook_document(account), separators=(",", ":")).encode()
    own = {"Content-Type": "application/json", "Idempotency-Key": quote(account.result.drill_id, safe="")}
    if secret is not None:
        own[SIGNATURE] = f"sha256={hmac.new(secret.reveal().encode(), content, hashlib.sha256).hexdigest()}"
    return Message("POST", path, shows_secret=True, content=content, headers={**headers, **own})
