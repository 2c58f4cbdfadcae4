"""The drill's inbox, watched: what people and the runbook send is checked, recorded and answered."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from chaos_pizza.clock import Clock
from chaos_pizza.drill.marks import Marks, refusal_of
from chaos_pizza.inbox import TAKEN_IN, Delivery, DeliveryState, answer, forget_answers, messages_in, open_message
from chaos_pizza.model.event import CureAttempted, Event, Marked, MarkStruck, Recorded, ResponderStep
from chaos_pizza.redaction import Redactor

POLL_S = 0.1
_MOST_A_TURN = 20
_MOST_AT_THE_END = 1_000
_TIDY_TURNS = 300
_UNCOLLECTED_S = 60.0
_UNRECORDED = "the drill's journal can't be written"

Word = Callable[[Event], Awaitable[str]]
"""What is said to whoever sent something that was taken; it may ask a service for it."""


class InboxWatch:
    """Takes up what lies in the inbox of the drill's `folder`, some at a time.

    `record` writes an event into the journal, `records` are the journal's, which grow as it does. `word` is asked what
    to answer. A message that is no good is refused, and never costs the drill anything.
    """

    def __init__(
        self,
        folder: Path,
        records: Sequence[Recorded],
        record: Callable[[Event], object],
        clock: Clock,
        redactor: Redactor,
        word: Word,
    ) -> None:
        self._folder = folder
        self._records = records
        self._record = record
        self._clock = clock
        self._redactor = redactor
        self._word = word
        self._marks = Marks()
        self._numbers: dict[Event, int] = {}
        self._heard = 0
        # A file that can't be taken away is not to be taken up again and again.
        self._done: set[str] = set()

    async def run(self) -> None:
        """Watch until cancelled."""
        turn = 0
        while True:
            await self.empty(_MOST_A_TURN)
            turn += 1
            if turn % _TIDY_TURNS == 0:
                forget_answers(self._folder, _UNCOLLECTED_S)
            await asyncio.sleep(POLL_S)

    async def empty(self, most: int = _MOST_AT_THE_END) -> None:
        """Take up what lies there now, up to `most` messages."""
        for message in messages_in(self._folder, most + len(self._done)):
            if message.name in self._done:
                continue
            delivery = None
            with suppress(FileNotFoundError):  # its sender has withdrawn it
                delivery = await self._take(message)
            if delivery and not answer(message, delivery):
                self._done.add(message.name)

    async def _take(self, message: Path) -> Delivery:
        try:
            event = self._cleaned(open_message(message))
        except ValueError as error:
            return Delivery(DeliveryState.REFUSED, text=str(error))
        number = self._number_of(event)
        if number is not None:  # its writer was killed before it could answer
            return Delivery(DeliveryState.TAKEN, number)
        refusal = refusal_of(event, self._marks, self._records[0].at, self._clock.now())
        if refusal is not None:
            return Delivery(DeliveryState.REFUSED, text=refusal)
        self._record(event)
        number = self._number_of(event)
        if number is None:
            return Delivery(DeliveryState.REFUSED, text=_UNRECORDED)
        return Delivery(DeliveryState.TAKEN, number, await self._word(event))

    def _number_of(self, event: Event) -> int | None:
        """Return where an event stands in the journal, all of which is taken in first."""
        for place in range(self._heard, len(self._records)):
            recorded = self._records[place]
            self._marks.take(recorded)
            if isinstance(recorded.event, TAKEN_IN):
                self._numbers[recorded.event] = recorded.number
            self._heard = place + 1
        return self._numbers.get(event)

    def _cleaned(self, event: Event) -> Event:
        """Return what was sent without what must not be in a journal."""
        line = self._redactor.line
        match event:
            case Marked():
                return replace(event, by=line(event.by), text=line(event.text))
            case MarkStruck():
                return replace(event, by=line(event.by), reason=line(event.reason))
            case ResponderStep():
                return replace(event, text=line(event.text))
            case CureAttempted():
                return event
        return event
