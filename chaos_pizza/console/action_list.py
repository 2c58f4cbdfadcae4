"""Action items on the terminal, for whoever asks what is still to be done."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from rich.console import Console
from rich.text import Text

from chaos_pizza.claims.standing import ItemStanding, ItemState
from chaos_pizza.claims.wording import describe_standing, point_out
from chaos_pizza.report.escape import one_line
from chaos_pizza.report.phrasing import counted

_LONGEST = 1000
_STYLES = {
    "overdue": "bold red",
    ItemState.REOPENED.value: "bold red",
    ItemState.REFUTED.value: "bold yellow",
    ItemState.CLOSED.value: "bold green",
}


def print_actions(console: Console, standings: Iterable[ItemStanding], known: set[str], today: date) -> None:
    """Print action items in the order they come in, under a heading for those overdue and for each state.

    `known` are the experiments that a claim may be about without being pointed out.
    """
    shown = list(standings)
    for heading, group in groupby(shown, key=_heading):
        console.print(Text(heading.upper(), _STYLES.get(heading, "bold")))
        for standing in group:
            _print_item(console, standing, known, today)
    console.print(Text(f"{counted(len(shown), 'action item')}: {_summary(shown)}"))


def _print_item(console: Console, standing: ItemStanding, known: set[str], today: date) -> None:
    item = standing.opened.item
    owner = f"by {item.owner}" if item.owner else "by whom?"
    lines = [
        f"{owner}, {_due(standing, today)}; item {item.number} of {standing.opened.drill_id}",
        f"claim: {item.claim}" if item.claim else "",
        describe_standing(standing),
        *point_out(standing, known),
    ]
    console.print(Text(f"  {_line(item.text)}", "bold"), soft_wrap=True)
    for line in filter(None, lines):
        console.print(Text(f"    {_line(line)}"), soft_wrap=True)


def _line(text: str) -> str:
    return one_line(text, _LONGEST)


def _due(standing: ItemStanding, today: date) -> str:
    due = standing.opened.item.due
    if due is None:
        return "due when?"
    late = f" ({counted((today - due).days, 'day')} overdue)" if standing.is_overdue else ""
    return f"due {due.isoformat()}{late}"


def _heading(standing: ItemStanding) -> str:
    return "overdue" if standing.is_overdue else standing.state.value


def _summary(shown: list[ItemStanding]) -> str:
    closed = sum(standing.state is ItemState.CLOSED for standing in shown)
    overdue = sum(standing.is_overdue for standing in shown)
    return f"{closed} closed, {len(shown) - closed} still to be done, {overdue} of them overdue"
