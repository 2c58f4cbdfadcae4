"""What the watchdog does, written into the drill's journal by a thread of its own: calm never waits for a journal."""

import math
import queue
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from chaos_pizza.clock import Clock
from chaos_pizza.errors import JournalError
from chaos_pizza.journal.file import JournalWriter, is_sealed
from chaos_pizza.journal.sealing import Seal
from chaos_pizza.model.blind_event import Revealed
from chaos_pizza.model.event import CalmChecked, Event

_Told: TypeAlias = tuple[datetime, Event]


class Scribe:
    """Writes events into the journal in a drill's `folder`, each with the time at which it was told of it.

    Nothing that is told waits: not for another one's hand on the journal, not for a long one to be read, and not for a
    disk that hangs. What comes meanwhile is kept, and written in order. Where there is no journal that can be gone on
    with, nothing is. A look at calm that shows what the one before did is not worth another line.

    A blind drill is revealed by what is to `reveal`, once all is told. Without that nothing is written before, and of
    all looks only the last: they would be the draw's to tell.
    """

    def __init__(self, folder: Path, clock: Clock, reveal: Revealed | None = None) -> None:
        self._folder = folder
        self._clock = clock
        self._reveal = reveal
        self._told: queue.SimpleQueue[_Told | None] = queue.SimpleQueue()
        self._seen: tuple[bool | None, bool | None, str] | None = None
        # A daemon: whoever has proven calm may end, whatever the disk does.
        self._thread = threading.Thread(target=self._work, name="scribe", daemon=True)
        self._thread.start()

    def tell(self, event: Event) -> None:
        """Tell of what has just happened."""
        if isinstance(event, CalmChecked):
            seen = (event.factory_calm, event.pizza_verified, event.text)
            if seen == self._seen:
                return
            self._seen = seen
        self._told.put((self._clock.now(), event))

    def conclude(self) -> None:
        """Tell that this was all, since calm is back; to be called once."""
        self._told.put(None)

    def is_done_within(self, patience_s: float) -> bool:
        """Wait up to `patience_s` seconds for all to be written, and tell whether nothing more will be.

        True as well where nothing could be: then the journal is as good as it gets.
        """
        self._thread.join(patience_s)
        return not self._thread.is_alive()

    def _work(self) -> None:
        # Nobody is left to be told that the journal can't be written; whoever reads it sees where it ends.
        with suppress(JournalError):
            holds_back = self._reveal is None and is_sealed(self._folder)
            seal = Seal.of_text(self._reveal.key) if self._reveal else None
            # Another hand is waited for as long as this process lives; how long that is, is not for the scribe to say.
            journal = JournalWriter(self._folder, self._clock, resume=True, seal=seal, patience_s=math.inf)
            try:
                for at, event in _worth_telling(self._all_told()) if holds_back else self._all_told():
                    journal.record(event, at)
                if self._reveal is not None:
                    journal.reveal(self._reveal.draw)
            finally:
                journal.close()

    def _all_told(self) -> Iterator[_Told]:
        while (told := self._told.get()) is not None:
            yield told


def _worth_telling(told: Iterator[_Told]) -> Iterator[_Told]:
    """Wait for all that is told, and yield what of it the last look at calm does not make idle."""
    everything = list(told)
    for place, (at, event) in enumerate(everything, 1):
        if place == len(everything) or not isinstance(event, CalmChecked):
            yield at, event
