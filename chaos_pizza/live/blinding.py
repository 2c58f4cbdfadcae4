"""What keeps a blind drill's journal from telling anything before its end."""

from collections.abc import Callable

from chaos_pizza.errors import JournalError
from chaos_pizza.journal.file import JournalWriter
from chaos_pizza.journal.sealing import Seal
from chaos_pizza.live.commission import Blind
from chaos_pizza.live.fillers import Fillers
from chaos_pizza.model.event import Event


class Blinding:
    """Seals a journal and writes fillers into it, until it is revealed; nothing of that for a drill that is not blind.

    `start` and `stop` are for the fillers, within the crew's loop. `fail` hears of a reveal that can't be written.
    """

    def __init__(self, blind: Blind | None, record: Callable[[Event], object], fail: Callable[[str], object]) -> None:
        self._blind = blind
        self._fail = fail
        self._fillers = Fillers(record)
        self.seal = Seal(blind.key) if blind else None

    async def start(self) -> None:
        """Begin with the fillers."""
        if self._blind:
            await self._fillers.start()

    async def stop(self) -> None:
        """End with the fillers; twice does no harm."""
        await self._fillers.stop()

    def reveal(self, journal: JournalWriter) -> None:
        """Write into the journal what the draw was, and what opens all before it."""
        if self._blind is None:
            return
        try:
            journal.reveal(self._blind.draw)
        except JournalError as error:
            self._fail(str(error))
