"""A back-test at the terminal: the rules that none beats, what each is blind to, and what would have halved TTD."""

import math
from collections.abc import Sequence

from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from chaos_pizza.backtest.answer import QUESTION, answer, pages_in_words
from chaos_pizza.backtest.front import Cover, coverage, is_blind
from chaos_pizza.backtest.result import Backtest
from chaos_pizza.backtest.trial import Caught, Trial
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.report.phrasing import at_least, duration, span

_MOST_OF_FRONT = 10
_MOST_DRILLS = 10


def print_backtest(
    console: Console, backtest: Backtest, left_out: Sequence[tuple[str, str]], patch: str | None
) -> None:
    """Print what was found; `patch` is the halving change's, `None` where there is none or it can't be written."""
    tried = len({id(trial.candidate) for trial in backtest.trials})
    console.print(
        Text(f"{tried} rules tried on {len(backtest.drills)} drills and {len(backtest.calm)} recordings of calm"),
        soft_wrap=True,
    )
    for name, reason in left_out:
        console.print(Text(f"left out: {name}, since {reason}", style="yellow"), soft_wrap=True)
    _print_front(console, backtest.front)
    _print_coverage(console, [trial for trial in backtest.standing if trial.is_known])
    for label in [trial.label for trial in backtest.standing if not trial.is_known and backtest.drills]:
        console.print(Text(f"  unknown in every drill: {label}", style="dim"), soft_wrap=True)
    _print_drills(console, backtest)
    console.print()
    console.print(Text(f"{QUESTION}?", style="bold"))
    for sentence in answer(backtest.advice):
        console.print(Text(f"  {sentence}"), soft_wrap=True)
    if patch is not None:
        console.print(Syntax(patch, "diff", background_color="default", word_wrap=False))
    elif backtest.advice.halving is not None:
        console.print(Text("  The rule file is written in a way that this change can't be put into as a patch."))


def _print_front(console: Console, front: Sequence[Trial]) -> None:
    table = _table("No rule beats these (fastest first)", "rule", "figures", "caught", "mean TTD", "pages for nothing")
    for trial in _thinned(front):
        table.add_row(
            trial.candidate.label,
            trial.figures_label,
            _caught(trial),
            _mean_ttd(trial),
            pages_in_words(trial.false_pages),
        )
    console.print(table if front else Text("No rule detects any of the drills surely."))
    if len(front) > _MOST_OF_FRONT:
        console.print(Text(f"  {len(front) - _MOST_OF_FRONT} more lie between these; --json has them all", style="dim"))


def _print_coverage(console: Console, trials: Sequence[Trial]) -> None:
    if not trials:
        return
    kinds = list(coverage(trials[0]))
    heads = [f"{kind.value}\n{_lasted(trials, kind)}" for kind in kinds]
    table = _table("What each rule sees", "rule", "figures", *heads)
    for trial in trials:
        covers = coverage(trial)
        table.add_row(trial.candidate.label, trial.figures_label, *(_cell(trial, kind, covers[kind]) for kind in kinds))
    console.print(table)


def _print_drills(console: Console, backtest: Backtest) -> None:
    """Print by what each drill was detected first, or of many drills the ten that took longest."""
    rows = [_drill_row(backtest, place) for place in range(len(backtest.drills))]
    if not rows:
        return
    title = "Each drill, by all of these rules"
    if len(rows) > _MOST_DRILLS:
        title = f"The {_MOST_DRILLS} of {len(rows)} drills that took longest, by all of these rules"
        rows = sorted(rows, key=lambda row: row[0], reverse=True)[:_MOST_DRILLS]
    table = _table(title, "drill", "fault", "time to detect", "first by", "figures")
    for _, cells in rows:
        table.add_row(*cells)
    console.print(table)


def _drill_row(backtest: Backtest, place: int) -> tuple[float, tuple[str, ...]]:
    """Return how long a drill's detection took (an undetected one comes before all others), and its row."""
    outcomes = [(trial.outcomes[place], trial) for trial in backtest.standing]
    kind = outcomes[0][0].kind.value if outcomes else ""
    caught = [(outcome.ttd, trial) for outcome, trial in outcomes if outcome.is_caught and outcome.ttd is not None]
    if caught:
        ttd, trial = min(caught, key=lambda each: each[0].value)
        return ttd.value, (
            *(backtest.drills[place], kind, span(ttd), trial.candidate.label),
            trial.figures_label,
        )
    lasted = [outcome.ttd.value for outcome, _ in outcomes if outcome.ttd is not None]
    found = f"undetected, {at_least(lasted[0])}" if lasted else "unknown"
    return math.inf, (backtest.drills[place], kind, found, "-", "-")


def _cell(trial: Trial, kind: FaultKind, cover: Cover) -> Text:
    told = sum(cover.values()) - cover[Caught.UNKNOWN]
    unknown = f", {cover[Caught.UNKNOWN]} unknown" if cover[Caught.UNKNOWN] and told else ""
    if not told:
        return Text("unknown", style="dim")
    if is_blind(cover):
        return Text(f"BLIND 0/{told}{unknown}", style="bold red")
    if cover[Caught.MISSED] == told:
        return Text(f"missed 0/{told}{unknown}", style="red")
    times = [each.ttd.value for each in trial.outcomes if each.kind is kind and each.is_caught and each.ttd is not None]
    mean = f" {duration(sum(times) / len(times))}" if times else ""
    luck = f", {cover[Caught.BY_LUCK]} by luck" if cover[Caught.BY_LUCK] else ""
    return Text(f"{cover[Caught.CAUGHT]}/{told}{mean}{luck}{unknown}", style="green" if not luck else "yellow")


def _lasted(trials: Sequence[Trial], kind: FaultKind) -> str:
    """Return how long the longest fault of a kind lasted undetected by one of the rules; "" where each caught all."""
    outcomes = [outcome for trial in trials for outcome in trial.outcomes if outcome.kind is kind]
    lasted = [each.ttd.value for each in outcomes if each.ttd is not None and each.ttd.censored]
    return f"to {duration(max(lasted))}" if lasted else ""


def _caught(trial: Trial) -> str:
    unknown = sum(outcome.caught is Caught.UNKNOWN for outcome in trial.outcomes)
    told = len(trial.outcomes) - unknown
    return f"{trial.caught}/{told}" + (f", {unknown} unknown" if unknown else "")


def _mean_ttd(trial: Trial) -> str:
    mean_s = trial.mean_ttd_s
    if mean_s is None:
        return "unknown"
    bounded = any(outcome.ttd is not None and outcome.ttd.censored for outcome in trial.outcomes)
    return at_least(mean_s) if bounded else duration(mean_s)


def _thinned(front: Sequence[Trial]) -> list[Trial]:
    """Return at most ten, evenly chosen, the first and the last among them."""
    if len(front) <= _MOST_OF_FRONT:
        return list(front)
    return [front[place * (len(front) - 1) // (_MOST_OF_FRONT - 1)] for place in range(_MOST_OF_FRONT)]


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
