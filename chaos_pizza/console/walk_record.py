"""What is kept of a walk through the runbook: the step under way, how long each took, and what the drill is told."""

from collections.abc import Callable
from datetime import datetime

from chaos_pizza.clock import Clock
from chaos_pizza.live.drill_post import DrillPost
from chaos_pizza.live.responder import Tried
from chaos_pizza.model.incident import MarkKind, RunbookStep
from chaos_pizza.model.response_event import Marked, ResponderStep
from chaos_pizza.report.phrasing import duration
from chaos_pizza.wire.symptom import Symptom


class WalkRecord:
    """Notes the steps that `by` takes and tells of each by `tell`; marks go to the drill under way by `post`."""

    def __init__(self, clock: Clock, post: DrillPost, by: str, tell: Callable[[str], object]) -> None:
        self._clock = clock
        self._post = post
        self._by = by
        self._tell = tell
        self._took: list[tuple[RunbookStep, float]] = []
        self._step = RunbookStep.TAKE_IT
        self._began_at = self._done_at = clock.now()
        self._has_it = False

    def now(self) -> datetime:
        """Return the time by the walk's clock."""
        return self._clock.now()

    def head(self, step: RunbookStep, title: str) -> None:
        """Tell a step's number and title."""
        self._tell(f"{list(RunbookStep).index(step) + 1}. {title}")

    def begin(self, step: RunbookStep, title: str) -> None:
        """Tell that a step begins."""
        self.head(step, title)
        self._step = step

    def done(self) -> None:
        """Note how long the step took, from the one before: to make up one's mind is a part of following the link."""
        now = self.now()
        self._took.append((self._step, (now - self._done_at).total_seconds()))
        self._done_at = now

    def begin_to_walk(self) -> None:
        """Tell the drill that somebody looks into it.

        That is no mark yet: who looks and finds nothing wrong has taken no incident, and raised no alarm.
        """
        self._post.send(ResponderStep(self.now(), f"{self._by} began to walk through it", RunbookStep.TAKE_IT))

    def mark(self, kind: MarkKind, text: str = "") -> None:
        """Mark for the drill what is so now."""
        now = self.now()
        self._post.send(Marked(kind, self._by, now, now, text))

    def acknowledge(self, tried: Tried) -> None:
        """Mark that this person has it, at the first pizza that shows that there is something to have."""
        if self._has_it or tried.symptom in {Symptom.WELL, Symptom.REJECTED}:
            return
        self._has_it = True
        seen_at = tried.purchase.answered_at
        self._post.send(Marked(MarkKind.ACKNOWLEDGED, self._by, seen_at, seen_at, f"bought a pizza: {tried.words}"))

    def tell_times(self) -> None:
        """Tell how long each step took, and all of it."""
        times = ", ".join(f"{step.label} {duration(took_s)}" for step, took_s in self._took)
        whole = duration((self.now() - self._began_at).total_seconds())
        self._tell(f"Took: {times}; {whole} in all." if times else f"Took {whole} in all.")
