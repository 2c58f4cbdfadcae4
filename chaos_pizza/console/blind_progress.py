"""A blind drill's progress: what diners, alerts and people show, and nothing of what the drill itself knows."""

from contextlib import suppress
from datetime import UTC, datetime

from rich.console import Console

from chaos_pizza.console.display import Display
from chaos_pizza.live.session import DrillSession
from chaos_pizza.model.result import InstantName

_GLANCE_S = 0.25
_LINE_INTERVAL_S = 10.0
_WINDOW_S = 10.0
_SHOWN = {
    InstantName.FIRST_IMPACT: "first impact: a purchase failed",
    InstantName.ALERT_PENDING: "an alert is pending",
    InstantName.ALERT_FIRING: "an alert fires",
    InstantName.NOTIFIED: "a notification has reached its receiver",
    InstantName.NOTICED: "somebody noticed",
    InstantName.ACKNOWLEDGED: "somebody has it",
    InstantName.RECOVERED: "purchases are good again",
}
"""The instants that everybody sees happen; when the fault began and ended is the drill's own knowledge."""


class BlindProgress(Display):
    """Shows a blind drill while it runs, line by line; a context manager around it."""

    def __init__(self, session: DrillSession, console: Console) -> None:
        super().__init__("blind progress")
        self._session = session
        self._console = console
        self._told: set[InstantName] = set()

    def _show(self) -> None:
        rounds = 0
        while not self._ending.wait(_GLANCE_S):
            self._tell_instants()
            if rounds % round(_LINE_INTERVAL_S / _GLANCE_S) == 0:
                self._line(self._session.clock.now(), self._purchases())
            rounds += 1
        self._tell_instants()

    def _tell_instants(self) -> None:
        instants = self._session.timeline().instants if self._session.has_begun else {}
        for name, text in _SHOWN.items():
            if name in instants and name not in self._told:
                self._told.add(name)
                self._line(instants[name].when.midpoint, text)

    def _purchases(self) -> str:
        window = self._session.crew.recent.window(self._session.clock.now(), _WINDOW_S)
        if window.success_ratio is None:
            return "no purchases yet"
        latency_ms = 1000 * (window.latency_s(0.95) or 0.0)
        return (
            f"{100 * window.success_ratio:.0f} % of {window.purchases} purchases in {_WINDOW_S:.0f} s good; "
            f"95 % within {latency_ms:.0f} ms"
        )

    def _line(self, at: datetime, text: str) -> None:
        # A drill that waits for days may outlive its terminal.
        with suppress(OSError, ValueError):
            self._console.print(
                f"{at.astimezone(UTC):%H:%M:%S}Z  {text}",
                highlight=False,
                markup=False,
                soft_wrap=not self._console.is_terminal,
            )
