"""Lines of one kind, taken apart many at once by a pattern, without reading their JSON. Pure."""

import re
from collections.abc import Sequence

HEAD = rb'(?:\{"number":[0-9]+,"at":".{26}Z","event":\{"type":'
"""How the pattern of a usual line begins. What stands for number and instant is to be looked at besides."""
TAIL = rb',"hash":".{64}"\}\n'
"""How it ends."""
OR_ANY_LINE = rb"|.*\n)"
"""What follows it, so that an unusual line is passed over."""


def each_usual(pattern: re.Pattern[bytes], lines: Sequence[bytes]) -> list[tuple[bytes, ...] | None]:
    """Return the groups of each line, empty for what is left out; `None` where it is not usual.

    The pattern's first group is to stand in every usual line. Raises `ValueError` where a line is none.
    """
    found = pattern.findall(b"".join(lines))
    if len(found) != len(lines):
        raise ValueError("a line break within a line")
    return [groups if groups[0] else None for groups in found]
