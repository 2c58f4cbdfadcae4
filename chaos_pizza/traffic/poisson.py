"""The arrivals of a Poisson process of one a second, any of which can be asked for without making all before it.

The gaps come in blocks. How long a whole row of blocks takes is drawn first (a sum of n exponential gaps is a gamma
variable of shape n), and is then shared out between its halves (the first half's share of the whole is a beta variable,
independent of the whole), down to a single block, whose gaps are drawn last and scaled to fill it (their shares of
their sum are independent of the sum). So all gaps are independent and exponential, exactly, and arrival n costs
log n draws. See Devroye, Non-Uniform Random Variate Generation (1986), chapters V.2 and IX.4.
"""

import random
from functools import lru_cache
from itertools import accumulate

_IN_A_BLOCK = 64


def arrival_at(number: int, seed: int) -> float:
    """Return when arrival `number` comes, in seconds; arrival 0 is at 0, and the same seed gives the same arrivals."""
    block, place = divmod(number, _IN_A_BLOCK)
    return _arrivals(seed, block)[place]


@lru_cache(maxsize=8)
def _arrivals(seed: int, block: int) -> tuple[float, ...]:
    """Return the arrivals of a block."""
    begins, lasts = _extent(seed, block)
    draw = _draws(seed, "gaps", block)
    after = list(accumulate(draw.expovariate(1.0) for _ in range(_IN_A_BLOCK)))
    return (begins, *(begins + lasts * each / after[-1] for each in after[:-1]))


def _extent(seed: int, block: int) -> tuple[float, float]:
    """Return when a block begins and how long it lasts; rows of 1, 1, 2, 4, 8, … blocks follow one another."""
    row = block.bit_length()
    begins = sum(_row(seed, before) for before in range(row))
    lasts = _row(seed, row)
    first, size = (1 << row - 1 if row else 0), _size(row)
    while size > 1:
        size //= 2
        share = _draws(seed, "share", first, size).betavariate(size * _IN_A_BLOCK, size * _IN_A_BLOCK)
        if block < first + size:
            lasts *= share
        else:
            first, begins, lasts = first + size, begins + lasts * share, lasts * (1 - share)
    return begins, lasts


def _row(seed: int, row: int) -> float:
    return _draws(seed, "row", row).gammavariate(_size(row) * _IN_A_BLOCK, 1.0)


def _size(row: int) -> int:
    """Return how many blocks a row has: row 0 has block 0, row 1 block 1, row 2 blocks 2 and 3, and so on."""
    return 1 << max(0, row - 1)


def _draws(*what: object) -> random.Random:
    return random.Random("/".join(map(str, what)))  # noqa: S311 - a plan, no secret
