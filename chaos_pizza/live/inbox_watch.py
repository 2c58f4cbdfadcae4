"""The drill's inbox, watched: what people and the runbook send is checked, recorded and answered."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from chaos_pizza.clock import Clock
from chaos_pizza.inbox import Delivery, answer, forget_answers, messages_in, open_message
from chaos_pizza.intake import Intake, refused
from chaos_pizza.model.event import Event

POLL_S = 0.1
_MOST_A_TURN = 20
_MOST_AT_THE_END = 1_000
_TIDY_TURNS = 300
_UNCOLLECTED_S = 60.0

Word = Callable[[Event], Awaitable[str]]
"""What is said to whoever sent something that was taken; it may ask a service for it."""


class InboxWatch:
    """Takes up what lies in the inbox of the drill's `folder`, some at a time.

    `word` is asked what to answer. A message that is no good is refused, and never costs the drill anything.
    """

    def __init__(self, folder: Path, intake: Intake, clock: Clock, word: Word) -> None:
        self._folder = folder
        self._intake = intake
        self._clock = clock
        self._word = word
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
            event = open_message(message)
        except ValueError as error:
            return refused(str(error))
        delivery = self._intake.take(event, self._clock.now())
        return replace(delivery, text=await self._word(event)) if delivery.is_taken else delivery
