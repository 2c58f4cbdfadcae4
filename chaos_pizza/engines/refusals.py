"""What could not be believed, told of in the journal: at once, and then no more than from time to time."""

from datetime import datetime, timedelta

from chaos_pizza.engines.load import Record
from chaos_pizza.model.load_event import LoadRefused

_PAUSE = timedelta(seconds=60)


class Refusals:
    """Records how many messages were refused, once a minute at the most: whoever floods a drill floods no journal."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._told = 0
        self._told_at: datetime | None = None

    def tell(self, refused: int, reason: str, now: datetime, *, is_last: bool = False) -> None:
        """Record that so many were refused in all, where these are more than were told of and it is time.

        `is_last` says that there is no later time.
        """
        if refused <= self._told or (not is_last and self._told_at is not None and now - self._told_at < _PAUSE):
            return
        self._record(LoadRefused(refused - self._told, reason))
        self._told, self._told_at = refused, now
