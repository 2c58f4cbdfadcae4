"""A drill's progress: a live panel on a terminal, plain lines elsewhere."""

from datetime import datetime

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from chaos_pizza.console.display import Display
from chaos_pizza.live.session import DrillSession
from chaos_pizza.model.incident import Stage
from chaos_pizza.model.result import InstantName, Timeline

_REFRESH_S = 0.25
_LINE_INTERVAL_S = 5.0
_WINDOW_S = 5.0
_SPARKS = "▁▂▃▄▅▆▇█"
_SPARK_INTERVAL_S = 0.5
_SPARK_COUNT = 100
_LAST_ENTRIES = 8

_PHASES = {
    Stage.BASELINE: "looking whether the shop is steady",
    Stage.METHOD: "the fault is coming",
    Stage.AFTER: "looking whether the shop is steady again",
    Stage.ROLLBACK: "putting back what was broken",
    Stage.VERIFICATION: "proving that calm is back",
}


_INSTANTS = {InstantName.MITIGATED: "fault ended"}
"""Where the instant's own name says more than is known: whether somebody mitigated it is another thing."""


class Progress(Display):
    """Shows a drill while it runs; a context manager around it.

    On a terminal a panel that is drawn again four times a second; elsewhere a line for everything that happens, and
    one on the purchases every five seconds.
    """

    def __init__(self, session: DrillSession, console: Console) -> None:
        super().__init__("progress")
        self._session = session
        self._console = console
        self._ratios: list[float | None] = []
        self._sparked_at: datetime | None = None
        self._told: set[str] = set()

    def _show(self) -> None:
        if self._console.is_terminal:
            self._draw()
        else:
            self._print()

    def _draw(self) -> None:
        with Live(console=self._console, auto_refresh=False) as live:
            while not self._ending.wait(_REFRESH_S):
                live.update(self._panel(), refresh=True)
            live.update(self._panel(), refresh=True)

    def _print(self) -> None:
        rounds = 0
        while not self._ending.wait(_REFRESH_S):
            self._print_news()
            rounds += 1
            if rounds % round(_LINE_INTERVAL_S / _REFRESH_S) == 0:
                self._console.print(
                    f"{_time(self._session.clock.now())}  {self._purchases().plain}", highlight=False, soft_wrap=True
                )
        self._print_news()

    def _print_news(self) -> None:
        timeline = self._timeline()
        for entry in timeline.entries if timeline else ():
            key = news_key(entry.text)
            if key not in self._told and not entry.text.startswith("the record ends here"):
                self._told.add(key)
                self._console.print(
                    f"{_time(entry.when.midpoint)}  {entry.text}", highlight=False, markup=False, soft_wrap=True
                )

    def _line(self, at: datetime, text: str) -> None:
        self._console.print(f"{_time(at)}  {text}", highlight=False, markup=False, soft_wrap=True)

    def _timeline(self) -> Timeline | None:
        return self._session.timeline() if self._session.has_begun else None

    def _panel(self) -> RenderableType:
        timeline = self._timeline()
        phase = Text(f"{self._phase(timeline)}", style="bold")
        parts: list[RenderableType] = [phase, self._purchases(), self._sparkline()]
        if timeline:
            parts += [_instants(timeline), *_entries(timeline)]
        title = f"{self._session.commission.declaration.experiment} on {self._session.commission.target.name}"
        return Panel(Group(*parts), title=Text(title), title_align="left")

    def _phase(self, timeline: Timeline | None) -> str:
        instants = timeline.instants if timeline else {}
        if self._session.finished:
            return "the drill has ended"
        if self._session.interruption:
            return f"stopping: {self._session.interruption}"
        if self._session.stage is Stage.METHOD and InstantName.FAULT_START in instants:
            since_s = (self._session.clock.now() - instants[InstantName.FAULT_START].when.midpoint).total_seconds()
            if InstantName.MITIGATED not in instants:
                return f"the fault is on, for {since_s:.0f} s now"
            return "the fault is off, waiting for recovery"
        return _PHASES[self._session.stage]

    def _purchases(self) -> Text:
        window = self._session.crew.recent.window(self._session.clock.now(), _WINDOW_S)
        if window.success_ratio is None:
            return Text("no purchases yet")
        latency_s = window.latency_s(0.95) or 0.0
        style = "green" if window.success_ratio >= 0.95 else "red"
        return Text.assemble(
            (f"{100 * window.success_ratio:.0f} % of purchases good", style),
            f" over the last {_WINDOW_S:.0f} s ({window.purchases}; 95 % within {1000 * latency_s:.0f} ms)",
        )

    def _sparkline(self) -> Text:
        """The success ratio so far, a spark for every half second."""
        now = self._session.clock.now()
        if self._sparked_at is None or (now - self._sparked_at).total_seconds() >= _SPARK_INTERVAL_S:
            self._sparked_at = now
            ratio = self._session.crew.recent.window(now, 2 * _SPARK_INTERVAL_S).success_ratio
            self._ratios = [*self._ratios, ratio][-_SPARK_COUNT:]
        sparks = (" " if ratio is None else _SPARKS[round(ratio * (len(_SPARKS) - 1))] for ratio in self._ratios)
        return Text("".join(sparks), style="cyan")


def news_key(text: str) -> str:
    """Return what makes a line of the timeline news.

    Of an instant a better source may yet be learned, and calm be proven once more; that it came is told once.
    """
    if text.startswith("calm verified"):
        return "calm verified"
    instant = text.startswith(("fault on", "fault off", "recovered"))
    return text.rpartition(" (")[0] if instant else text


def _instants(timeline: Timeline) -> Table:
    table = Table.grid(padding=(0, 2))
    start = timeline.instants.get(InstantName.FAULT_START)
    for name, instant in timeline.instants.items():
        after_s = (instant.when.midpoint - start.when.midpoint).total_seconds() if start else None
        table.add_row(
            Text(_INSTANTS.get(name, name.value.replace("_", " ")), style="bold"),
            _time(instant.when.midpoint),
            "" if after_s is None else f"{after_s:+.1f} s",
            Text(instant.source, style="dim"),
        )
    return table


def _entries(timeline: Timeline) -> list[Text]:
    told = [entry for entry in timeline.entries if not entry.text.startswith("the record ends here")]
    return [Text(f"{_time(entry.when.midpoint)}  {entry.text}", style="dim") for entry in told[-_LAST_ENTRIES:]]


def _time(at: datetime) -> str:
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}"
