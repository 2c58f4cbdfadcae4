"""A fleet's shops as a table: a CSV file with a row for each shop, as a course's list of teams is."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from chaos_pizza.errors import UsageError
from chaos_pizza.model.target import SECRETS, VARIABLES

_NOT_IN_A_TABLE = ("allowed", "windows", "quiet_hours", "alerting")
_COLUMNS = ("name", *(f"{key}_env" if key in SECRETS else key for key in VARIABLES))
_OTHER_SEPARATORS = {";": ";", "\t": "tabs"}


@dataclass(frozen=True, slots=True)
class ListedShop:
    """A row of a table: what its cells say, by their columns, those that are empty left out.

    `table` is what complaints call the file, `line` where the row ends in it, from 1, and `columns` all that it has.
    """

    table: str
    line: int
    columns: tuple[str, ...]
    cells: dict[str, str]

    @property
    def place(self) -> str:
        """Where the row stands: `teams.csv, line 2`."""
        return f"{self.table}, line {self.line}"


def read_shop_list(text: str, place: str) -> list[ListedShop]:
    """Return the shops that a table lists; `place` is what complaints call the file.

    The first row names the columns: `name`, and what else a target of `chaos-pizza.yaml` may say in a text. An empty
    cell says nothing, and an empty row is none. Raises `UsageError`, naming the line, where that is not so.
    """
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        columns = [cell.strip() for cell in next(rows, [])]
        _check_columns(columns, place)
        found = []
        for row in rows:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if len(cells) != len(columns):
                raise UsageError(f"{place}, line {rows.line_num}: {len(columns)} cells are wanted, not {len(cells)}")
            said = {column: cell for column, cell in zip(columns, cells, strict=True) if cell}
            found.append(ListedShop(place, rows.line_num, tuple(columns), said))
    except csv.Error as error:
        raise UsageError(f"{place}, line {rows.line_num}, is not CSV: {error}") from None
    return found


def _check_columns(columns: list[str], place: str) -> None:
    if "name" not in columns:
        raise UsageError(f"{place}: its first row is to name the columns, one of which is `name`{_parted_by(columns)}")
    if not all(columns) or len(set(columns)) < len(columns):
        raise UsageError(f"{place}: each column is to have a name of its own")
    for column in _NOT_IN_A_TABLE:
        if column in columns:
            raise UsageError(
                f"{place}: `{column}` has no place in a table; say it under `defaults` in the fleet's file"
            )


def check_known_columns(shops: Sequence[ListedShop]) -> None:
    """Raise `UsageError` where a column is none that a shop may have, whatever its cells hold; none is without rows."""
    for shop in shops:
        for column in shop.columns:
            if column in SECRETS:
                told = f"a secret never stands in this file, only the name of its variable, as {column}_env"
                raise UsageError(f"{shop.table} has a column {column!r}: {told}")
            if column not in _COLUMNS:
                near = get_close_matches(column[:80], _COLUMNS, 1)
                meant = f"did you mean {near[0]}?" if near else f"there may be {', '.join(_COLUMNS)}"
                raise UsageError(f"{shop.table} has a column {column[:80]!r}, which no shop has; {meant}")


def _parted_by(columns: Sequence[str]) -> str:
    """Return what a table seems to use in place of commas, where it does; spreadsheets in many countries do."""
    for separator, called in _OTHER_SEPARATORS.items():
        if any(cell.strip() == "name" for column in columns for cell in column.split(separator)):
            return f" (parted by commas; this one seems to use {called})"
    return ""
