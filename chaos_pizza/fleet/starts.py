"""When each shop's drill may begin, so that not all of them break the factory in the same moment."""

import hashlib
from collections.abc import Sequence

from chaos_pizza.fleet.plan import Course

_BYTES = 8


def start_delays(course: Course, names: Sequence[str]) -> tuple[float, ...]:
    """Return how long each shop's drill waits, in seconds, from the moment that it is its turn; empty without shops.

    The first `at_a_time` are spread evenly over `start_spread_s`, since they would all begin at once; those after them
    begin as others end. The jitter, from 0 to `start_jitter_s`, depends on the seed and the shop's name alone.
    """
    step_s = course.start_spread_s / course.at_a_time
    return tuple(
        (number * step_s if number < course.at_a_time else 0.0) + course.start_jitter_s * _draw(course.seed, name)
        for number, name in enumerate(names)
    )


def _draw(seed: int, name: str) -> float:
    """Return a number from 0 up to 1, the same for the same seed and name on every machine."""
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()[:_BYTES]
    greatest: int = 2 ** (8 * _BYTES)
    return int.from_bytes(digest) / greatest
