"""The coordinator's seal on a draw: scrypt makes a key of the passphrase, ChaCha20-Poly1305 closes the box with it."""

import base64
import binascii
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chaos_pizza.model.conversion import from_mapping, to_mapping
from chaos_pizza.model.draw import Draw
from chaos_pizza.redaction import Secret

LEAST_PASSPHRASE = 8
_COST, _BLOCK, _PARALLEL = 2**15, 8, 1
"""scrypt's figures (RFC 7914): 32 MiB and about a tenth of a second for each try at a passphrase."""
_SALT_BYTES, _NONCE_BYTES, _KEY_BYTES = 16, 12, 32
_PADDED_BYTES = 2_048
"""Every draw is sealed at this length, so that its length tells nothing; a path too long for it takes twice that."""


@dataclass(frozen=True, slots=True)
class OpenedDraw:
    """A draw, and the key (32 bytes) of the journals of its drills."""

    draw: Draw
    key: bytes


def seal_draw(opened: OpenedDraw, passphrase: Secret, commitment: str) -> dict[str, Any]:
    """Return a draw sealed for whoever knows the passphrase, fit for JSON, and bound to its commitment."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305  # noqa: PLC0415 - slow to import

    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    text = json.dumps({"draw": to_mapping(opened.draw), "key": opened.key.hex()}).encode()
    padded = text.ljust(-(-len(text) // _PADDED_BYTES) * _PADDED_BYTES)
    box = ChaCha20Poly1305(_derived(passphrase, salt)).encrypt(nonce, padded, commitment.encode())
    parts = {"salt": salt, "nonce": nonce, "box": box}
    figures = {"kdf": "scrypt", "n": _COST, "r": _BLOCK, "p": _PARALLEL, "cipher": "chacha20-poly1305"}
    return {**figures, **{name: base64.b64encode(part).decode() for name, part in parts.items()}}


def unseal_draw(sealed: Mapping[str, Any], passphrase: Secret, commitment: str) -> OpenedDraw | None:
    """Return what `seal_draw` sealed; `None` for another passphrase or commitment, or where it was changed since.

    Raises `ValueError`, in a few words, where it is no sealed draw that this version knows.
    """
    try:
        parts = {name: base64.b64decode(sealed[name], validate=True) for name in ("salt", "nonce", "box")}
        figures = [int(sealed[name]) for name in ("n", "r", "p")]
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise ValueError("is no sealed draw") from None
    if figures != [_COST, _BLOCK, _PARALLEL]:
        raise ValueError("was sealed in another way than this version knows")
    text = _opened(parts, passphrase, commitment)
    if text is None:
        return None
    content = json.loads(text)
    return OpenedDraw(from_mapping(content["draw"], Draw), bytes.fromhex(content["key"]))


def _opened(parts: dict[str, bytes], passphrase: Secret, commitment: str) -> bytes | None:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305  # noqa: PLC0415

    try:
        cipher = ChaCha20Poly1305(_derived(passphrase, parts["salt"]))
        return cipher.decrypt(parts["nonce"], parts["box"], commitment.encode())
    except (InvalidTag, ValueError):
        return None


def _derived(passphrase: Secret, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt  # noqa: PLC0415

    kdf = Scrypt(salt=salt, length=_KEY_BYTES, n=_COST, r=_BLOCK, p=_PARALLEL)
    return kdf.derive(passphrase.reveal().encode())
