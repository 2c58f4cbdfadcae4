"""Misses in a row: one is an accident, several are a finding."""


class Strikes:
    """Counts misses in a row, up to as many as are too many."""

    def __init__(self, too_many: int) -> None:
        self._too_many = too_many
        self._in_a_row = 0

    def hit(self) -> None:
        """Forget the misses: something went well."""
        self._in_a_row = 0

    def miss(self) -> bool:
        """Count a miss and return whether these are too many in a row."""
        self._in_a_row += 1
        return self._in_a_row >= self._too_many
