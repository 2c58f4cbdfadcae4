"""A fleet's shops as a table: a CSV file with a row for each shop, as a course's list of teams is."""

import csv
import io
from typing import Any

from chaos_pizza.errors import UsageError

_NOT_IN_A_TABLE = ("allowed", "windows", "quiet_hours", "alerting")


def read_shop_list(text: str, place: str) -> list[dict[str, Any]]:
    """Return the shops that a table lists, a mapping each; `place` is what complaints call the file.

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
            found.append({column: cell for column, cell in zip(columns, cells, strict=True) if cell})
    except csv.Error as error:
        raise UsageError(f"{place}, line {rows.line_num}, is not CSV: {error}") from None
    return found


def _check_columns(columns: list[str], place: str) -> None:
    if "name" not in columns:
        raise UsageError(f"{place}: its first row is to name the columns, one of which is `name`")
    if not all(columns) or len(set(columns)) < len(columns):
        raise UsageError(f"{place}: each column is to have a name of its own")
    for column in _NOT_IN_A_TABLE:
        if column in columns:
            raise UsageError(
                f"{place}: `{column}` has no place in a table; say it under `defaults` in the fleet's file"
            )
