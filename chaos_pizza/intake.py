"""What people hand in to a drill, checked and recorded: by the drill itself, or later by whoever opens its journal."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from chaos_pizza.drill.mark_refusal import refusal_alone, refusal_of
from chaos_pizza.drill.marks import Marks
from chaos_pizza.inbox import TAKEN_IN, Delivery, DeliveryState
from chaos_pizza.model.event import Event, Recorded
from chaos_pizza.model.response_event import CureAttempted, Marked, MarkStruck, ResponderStep
from chaos_pizza.redaction import Redactor

_UNRECORDED = "the drill's journal can't be written"


class Intake:
    """Takes in what is handed in to one drill.

    `record` writes an event into its journal; `records` are the journal's, the first of them the drill's begin, and
    grow as it does.
    """

    def __init__(
        self, records: Sequence[Recorded], record: Callable[[Event], object], redactor: Redactor | None = None
    ) -> None:
        self._records = records
        self._record = record
        self._redactor = redactor or Redactor()
        self._marks = Marks()
        self._numbers: dict[Event, int] = {}
        self._heard = 0

    def take(self, event: Event, now: datetime) -> Delivery:
        """Record an event if nothing speaks against it, and tell what became of it.

        One that stands in the journal already, since its writer was killed before it could answer, is taken.
        """
        if not isinstance(event, TAKEN_IN):
            return refused("it tells what only the drill itself may tell")
        # Before it is cleaned, which would make a text shorter, and after it, which may leave nothing of a name.
        began_at = self._records[0].at
        too_much = refusal_alone(event, began_at, now)
        event = self._cleaned(event)
        number = self._number_of(event)
        if number is not None:
            return Delivery(DeliveryState.TAKEN, number)
        refusal = too_much or refusal_of(event, self._marks, began_at, now)
        if refusal is not None:
            return refused(refusal)
        self._record(event)
        number = self._number_of(event)
        return refused(_UNRECORDED) if number is None else Delivery(DeliveryState.TAKEN, number)

    def _number_of(self, event: Event) -> int | None:
        """Return where an event stands in the journal, all of which is taken in first."""
        while self._heard < len(self._records):
            recorded = self._records[self._heard]
            self._heard += 1
            self._marks.take(recorded)
            if isinstance(recorded.event, TAKEN_IN):
                self._numbers[recorded.event] = recorded.number
        return self._numbers.get(event)

    def _cleaned(self, event: Event) -> Event:
        """Return what was handed in without what must not be in a journal."""
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


def refused(reason: str) -> Delivery:
    """Return what becomes of something that can't be taken, for a reason of one line."""
    return Delivery(DeliveryState.REFUSED, text=reason)
