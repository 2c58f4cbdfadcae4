"""A drill's feed as browsers get it: every line made ready once, for however many."""

from bisect import bisect_right
from collections.abc import Iterable

from chaos_pizza.feed_file import line_text
from chaos_pizza.model.feed import FeedDrill, FeedEnded, FeedLine, FeedPurchases, FeedStage

_MOST_SINGLE = 20
_MOST_IN_BATCH = 500


class Channel:
    """All lines so far of one drill's feed; grows at its end."""

    def __init__(self, drill_id: str) -> None:
        self.drill_id = drill_id
        self.about: FeedDrill | None = None
        self.is_ended = False
        self._numbers: list[int] = []
        self._texts: list[str] = []

    def add(self, lines: Iterable[FeedLine]) -> None:
        """Take in the next lines."""
        for line in lines:
            self._numbers.append(line.number)
            self._texts.append(line_text(line))
            if isinstance(line.event, FeedDrill):
                self.about = line.event
            elif isinstance(line.event, FeedEnded):
                self.is_ended = True
            elif isinstance(line.event, FeedPurchases | FeedStage):
                # It goes on: it was resumed.
                self.is_ended = False

    def since(self, number: int) -> tuple[bytes, int]:
        """Return what to send to whoever has the lines up to this number (-1: none), and the number of the last in it.

        A few lines come as an event each, many as batches of history; nothing new is no bytes. What is too much for one
        sending is left for the next call.
        """
        place = bisect_right(self._numbers, number)
        texts, numbers = self._texts[place:], self._numbers[place:]
        if not texts:
            return b"", number
        if len(texts) <= _MOST_SINGLE:
            singles = (self._event("feed", one, text) for one, text in zip(numbers, texts, strict=True))
            return "".join(singles).encode(), numbers[-1]
        last = numbers[:_MOST_IN_BATCH][-1]
        return self._event("history", last, f"[{','.join(texts[:_MOST_IN_BATCH])}]").encode(), last

    def _event(self, kind: str, number: int, data: str) -> str:
        return f"event: {kind}\nid: {self.drill_id}:{number}\ndata: {data}\n\n"


def place_of(last_event_id: str) -> tuple[str | None, int]:
    """Return the drill and the line's number that a `Last-Event-ID` names; `(None, -1)` where it names none."""
    drill_id, _, number = last_event_id.rpartition(":")
    if not drill_id or not number.isascii() or not number.isdecimal() or len(number) > 12:
        return None, -1
    return drill_id, int(number)
