"""Simulated responders at work: they follow a drill's feed, press marks and walk the runbook, as people would."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from chaos_pizza.clock import Clock
from chaos_pizza.errors import PizzaError
from chaos_pizza.feed_file import FEED_NAME, FeedTail
from chaos_pizza.gameday.simulated_team import Deed, Due, SimulatedTeam
from chaos_pizza.gameday.skill import Course
from chaos_pizza.inbox import DeliveryState, send
from chaos_pizza.model.feed import FeedInstant, FeedLine, FeedMark
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.response_event import Marked
from chaos_pizza.model.result import InstantName

_GLANCE_S = 0.05
_MARKS = {
    Deed.NOTICE: (MarkKind.NOTICED, "saw it"),
    Deed.TAKE: (MarkKind.ACKNOWLEDGED, "has it"),
    Deed.GIVE_UP: (MarkKind.NOTE, "found no cure, and gives up"),
    Deed.CRY_WOLF: (MarkKind.NOTICED, "thinks that something is wrong"),
}
_WALKED = "walked the runbook"
_SEEN = {
    InstantName.FIRST_IMPACT: "first impact: a purchase failed",
    InstantName.ALERT_FIRING: "an alert fires",
    InstantName.RECOVERED: "purchases are good again",
}
"""What everybody sees happen, besides what the responders do."""

Walk = Callable[[str, float], object]
"""Walks the runbook for a person of this name, who takes so many seconds before the last step."""


class SimulatedResponders:
    """The responders of the drill in `folder`, by name, with what was drawn for each.

    `walk` takes a person through the runbook; `tell` is given a line about each deed, what everybody sees meanwhile,
    and what did not work.
    """

    def __init__(
        self, folder: Path, courses: Mapping[str, Course], walk: Walk, tell: Callable[[str], object], clock: Clock
    ) -> None:
        self._folder = folder
        self._team = SimulatedTeam(courses)
        self._walk = walk
        self._tell = tell
        self._clock = clock
        self._told: set[InstantName] = set()

    def respond(self, is_over: Callable[[], bool]) -> None:
        """Respond until the drill's feed has ended, or until `is_over` says so; what is begun by then is brought to
        its end. Raises `JournalError` where the feed can't be read.
        """
        tail = FeedTail(self._folder / FEED_NAME)
        begun: list[Future[None]] = []
        with ExitStack() as ending:
            # One thread a person: nobody does two things at once, nor the second before the first.
            hands = {name: ending.enter_context(ThreadPoolExecutor(1)) for name in self._team.courses}
            while not (self._team.is_over or is_over()):
                for line in tail.new_lines():
                    self._team.hear(line)
                    self._look_on(line)
                begun += [hands[due.person].submit(self._attempt, due) for due in self._team.due(self._clock.now())]
                time.sleep(_GLANCE_S)
        for deed in begun:
            deed.result()

    def _look_on(self, line: FeedLine) -> None:
        """Tell what everybody sees happen, each once, and what people of flesh and blood mark."""
        match line.event:
            case FeedInstant(name) if name in _SEEN and name not in self._told:
                self._told.add(name)
                self._tell(_SEEN[name])
            case FeedMark(_, mark, by) if mark is not MarkKind.NOTE and by not in self._team.courses:
                self._tell(f"{by} marked: {mark.value}")

    def _attempt(self, due: Due) -> None:
        try:
            complaint = self._do(due)
        except PizzaError as error:
            complaint = str(error)
        said = _MARKS[due.deed][1] if due.deed in _MARKS else _WALKED
        self._tell(f"{due.person} {said}" + (f"; that did not work: {complaint}" if complaint else ""))

    def _do(self, due: Due) -> str:
        """Do a deed; return what came in the way, empty for nothing."""
        if due.deed is Deed.CURE:
            self._walk(due.person, due.after_s)
            return ""
        kind, text = _MARKS[due.deed]
        now = self._clock.now()
        delivery = send(self._folder, Marked(kind, due.person, now, now, text))
        return "" if delivery.state is DeliveryState.TAKEN else delivery.text
