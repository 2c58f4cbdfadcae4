"""What is said of a draw beforehand, so that nobody can change it afterwards."""

import hashlib
import json

from chaos_pizza.model.conversion import to_mapping
from chaos_pizza.model.draw import Draw


def canonical_text(draw: Draw) -> str:
    """Return a draw as the one text that its commitment is of: JSON in ASCII, keys sorted, without spaces.

    Instants stand in it in UTC to the microsecond, what is not known as `null`.
    """
    return json.dumps(to_mapping(draw), sort_keys=True, separators=(",", ":"))


def commitment_of(draw: Draw) -> str:
    """Return the SHA-256 of a draw's canonical text: 64 hexadecimal digits, which tell nothing of it for its nonce."""
    return hashlib.sha256(canonical_text(draw).encode("ascii")).hexdigest()


def matches(draw: Draw, commitment: str) -> bool:
    """Tell whether a draw is the one that had been committed to; False where `commitment` is none at all."""
    return commitment_of(draw) == commitment.strip().lower()
