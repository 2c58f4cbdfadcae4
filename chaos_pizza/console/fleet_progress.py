"""A fleet's progress: one live line and a line for each shop that is done, on a terminal; plain lines elsewhere."""

from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.text import Text

from chaos_pizza.fleet.row import ShopRow
from chaos_pizza.fleet.sentences import row_words
from chaos_pizza.model.result import Verdict
from chaos_pizza.report.escape import one_line
from chaos_pizza.runner.fleet import FleetState

_STYLES = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "red",
    Verdict.INVALID: "yellow",
    Verdict.ABORTED: "yellow",
    Verdict.CALM_NOT_RESTORED: "bold red",
}
_MOST_NAMES = 6


class FleetProgress:
    """Shows a fleet while it runs; a context manager around it, whose `show` is given the state again and again.

    A line for each shop under way would fill the screen at twenty; those that are done say more.
    """

    def __init__(self, console: Console, shops: int) -> None:
        self._console = console
        self._shops = shops
        self._told: set[str] = set()
        self._is_stopping = False
        self._has_complained = False
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None
        self._shown = ""

    def __enter__(self) -> "FleetProgress":
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, state: FleetState) -> None:
        """Show what is new: the shops that are done, and how many are under way."""
        for row in [row for name, row in state.done.items() if name not in self._told]:
            self._told.add(row.shop)
            self._say(_line(row, len(self._told), self._shops))
        if state.stopping is not None and not self._is_stopping:
            self._is_stopping = True
            self._say(Text(_stopping(state.stopping, state.under_way), style="bold"))
        if state.complaint is not None and not self._has_complained:
            self._has_complained = True
            self._say(Text(f"{one_line(state.complaint)}; the fleet goes on", style="bold red"))
        if self._live is not None:
            line = _standing(state, self._shops)
            if line != self._shown:
                self._shown = line
                self._live.update(Text(line, style="dim"), refresh=True)

    def _say(self, text: Text) -> None:
        self._console.print(text, soft_wrap=True, highlight=False)


def _line(row: ShopRow, number: int, of: int) -> Text:
    style = _STYLES.get(row.verdict, "yellow") if row.verdict else "yellow"
    line = Text(f"[{number}/{of}] ", style="dim")
    return line.append(f"{row.shop}: ", style="bold").append(one_line(row_words(row)), style=style)


def _standing(state: FleetState, shops: int) -> str:
    counts: dict[str, int] = {}
    for row in state.done.values():
        counts[row.word] = counts.get(row.word, 0) + 1
    told = ", ".join(f"{count} {word}" for word, count in counts.items())
    done = f"{len(state.done)} of {shops} done{f' ({told})' if told else ''}"
    return f"{done}; under way: {_names(state.under_way)}; {len(state.waiting)} wait"


def _stopping(reason: str, under_way: tuple[str, ...]) -> str:
    what = f"calm is being restored at {_names(under_way)}" if under_way else "no drill is under way"
    return f"stopping, since {reason}; {what}"


def _names(names: tuple[str, ...]) -> str:
    if len(names) > _MOST_NAMES:
        return f"{', '.join(names[:_MOST_NAMES])} and {len(names) - _MOST_NAMES} more"
    return ", ".join(names) or "none"
