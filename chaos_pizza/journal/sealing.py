"""What a blind drill's journal is sealed with: every event becomes a box that nobody opens without the key."""

import base64
import binascii
import json
import os
import secrets

from chaos_pizza.model.blind_event import Filler, Sealed
from chaos_pizza.model.conversion import event_from_mapping, event_to_mapping
from chaos_pizza.model.event import DrillStarted, Event

KEY_BYTES = 32
BLOCK_BYTES = 512
"""What is sealed is padded to a multiple of this, so that a line's length hardly tells what it is."""
_NONCE_BYTES = 12
_PLACE_BYTES = 8
_FIRST_BLOCKS = 32
"""The settings of any usual experiment fit in here: the second line is as long for one as for another."""
_FILLER_BLOCKS = (1, 1, 1, 1, 1, 1, 2, 2, 3)
"""How long a filler is, drawn for each: as the lines are that tell of a fault."""
_DOES_NOT_OPEN = "the key doesn't open it, so the key is another one or the line was altered"


def new_key() -> bytes:
    """Return a key for one journal, drawn by the operating system."""
    return secrets.token_bytes(KEY_BYTES)


class Seal:
    """Seals one journal's events with its `key` of 32 bytes, and opens them; `ValueError` for any other key.

    AES-256-GCM (NIST SP 800-38D) with a nonce drawn anew for each line, which begins its box: a line of which a killed
    process had written a part is written again with another. The line's number is bound in, so that no line can be put
    in another's place.
    """

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - slow, and for blind drills

        if len(key) != KEY_BYTES:
            raise ValueError(f"a journal's key has {KEY_BYTES} bytes, this one has {len(key)}")
        self._key = key
        self._cipher = AESGCM(key)

    @classmethod
    def of_text(cls, text: str) -> "Seal":
        """Return the seal of a key in hexadecimal; `ValueError` where it is none."""
        try:
            return cls(bytes.fromhex(text))
        except ValueError:
            raise ValueError(f"the key is no {2 * KEY_BYTES} hexadecimal digits") from None

    def __repr__(self) -> str:
        return "<a seal>"

    @property
    def key_text(self) -> str:
        """The key in hexadecimal, to be revealed with."""
        return self._key.hex()

    def close(self, number: int, event: Event) -> Sealed:
        """Return an event sealed for its place in the journal; `ValueError` where it is not fit for JSON."""
        mapping = event_to_mapping(event)
        text = json.dumps(mapping, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()
        blocks = max(_least_blocks(event), -(-len(text) // BLOCK_BYTES))
        nonce = os.urandom(_NONCE_BYTES)
        closed = self._cipher.encrypt(nonce, text.ljust(blocks * BLOCK_BYTES), _bound_to(number))
        return Sealed(base64.b64encode(nonce + closed).decode("ascii"))

    def open(self, number: int, sealed: Sealed) -> Event:
        """Return the event that was sealed at this place; `ValueError` where the key doesn't open it there."""
        return event_from_mapping(json.loads(self.open_text(number, sealed.box.encode())))

    def open_text(self, number: int, box: bytes) -> bytes:
        """Return the JSON of the event in a box, as it stands in a line of any other journal; raises as `open`."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - loaded with the cipher by now

        try:
            content = base64.b64decode(box, validate=True)
            return self._cipher.decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], _bound_to(number)).rstrip(b" ")
        except (InvalidTag, ValueError, binascii.Error):
            raise ValueError(_DOES_NOT_OPEN) from None


def _least_blocks(event: Event) -> int:
    if isinstance(event, DrillStarted):
        return _FIRST_BLOCKS
    return secrets.choice(_FILLER_BLOCKS) if isinstance(event, Filler) else 1


def _bound_to(number: int) -> bytes:
    return number.to_bytes(_PLACE_BYTES, "big")
