"""Why a drill is to end before its end: somebody asked for that, or something of its own failed."""

from chaos_pizza.clock import Clock
from chaos_pizza.model.event import Aborted
from chaos_pizza.redaction import Redactor


class Interruption:
    """Keeps the first abort that was asked for, and the first failure; both may come from any thread.

    `failure` is what failed, `None` where nothing did.
    """

    def __init__(self, clock: Clock, redactor: Redactor) -> None:
        self._clock = clock
        self._redactor = redactor
        self._aborted: Aborted | None = None
        self._is_taken = False
        self.failure: str | None = None

    def abort(self, reason: str) -> None:
        """Ask for the drill's end, for this reason; only the first counts. Safe in a signal handler: it only notes."""
        if self._aborted is None:
            self._aborted = Aborted(self._clock.now(), self._redactor.line(reason))

    def fail(self, reason: str) -> None:
        """Note that something of the drill's own failed; only the first counts."""
        self.failure = self.failure or self._redactor.line(reason)

    @property
    def is_abort(self) -> bool:
        """Whether somebody asked for the drill's end."""
        return self._aborted is not None

    @property
    def reason(self) -> str | None:
        """Why the drill is to end now, `None` while it may go on."""
        return self._aborted.reason if self._aborted else self.failure

    def take_abort(self) -> Aborted | None:
        """Return the abort that was asked for, once, to be recorded; `None` from then on, and where none was."""
        if self._is_taken or self._aborted is None:
            return None
        self._is_taken = True
        return self._aborted
