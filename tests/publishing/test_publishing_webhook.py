"""A drill as a JSON document, signed."""

import hashlib
import json

from accounts import by_the_book, hostile, undetected

from chaos_pizza.publishing.webhook import SIGNATURE, webhook_document, webhook_message
from chaos_pizza.redaction import Secret
from chaos_pizza.report.document import to_document


def hmac_by_hand(key: bytes, content: bytes) -> str:
    """RFC 2104, written out: H((K ^ opad) || H((K ^ ipad) || text)), K padded to SHA-256's block of 64 bytes."""
    padded = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + content).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in padded) + inner).hexdigest()


def test_the_document_has_the_words_of_drill_json():
    document = webhook_document(undetected())
    whole = to_document(undetected().result)
    ours = {"event", "fault", "announced", "report_url"}
    assert {key: value for key, value in document.items() if key not in ours} == {
        key: whole[key] for key in document if key not in ours
    }
    assert document["event"] == "drill_ended"
    assert (document["verdict"], document["exit_code"]) == ("failed", 1)
    assert document["measures"]["ttd_s"] == {"value": 30.0, "earliest": 30.0, "latest": None, "censored": True}
    assert document["measures"]["ttr_s"] is None
    assert (document["fault"], document["announced"], document["report_url"]) == ("fail", False, None)


def test_the_body_is_signed_over_the_very_bytes_that_are_sent():
    message = webhook_message(by_the_book(), "/x", {}, Secret("hook-secret"))
    assert message.headers[SIGNATURE] == f"sha256={hmac_by_hand(b'hook-secret', message.content)}"
    assert json.loads(message.content) == webhook_document(by_the_book())
    assert SIGNATURE not in webhook_message(by_the_book(), "/x", {}, None).headers


def test_a_second_message_on_a_drill_can_be_known_as_such():
    keys = [webhook_message(by_the_book(), "/x", {}, None).headers["Idempotency-Key"] for _ in range(2)]
    assert keys == ["2026-11-23T19-34-40Z-factory-fail"] * 2


def test_no_text_of_a_drill_can_add_a_header():
    headers = webhook_message(hostile(), "/x", {"X-Team": "pizza"}, None).headers
    assert all(value.isprintable() and value.isascii() for value in headers.values())
    assert headers["X-Team"] == "pizza"
