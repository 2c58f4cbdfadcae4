"""docs/history.md, held to the truth: its columns are the table's, and its queries run."""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
from history_examples import ITEMS, drill, incident, undetected

from chaos_pizza.history.store import open_history
from chaos_pizza.history.tables import action_items, drills
from chaos_pizza.model.measure import MeasureName

PAGE = (Path(__file__).parents[2] / "docs" / "history.md").read_text()
DETECTED, OVERDUE = re.findall(r"^```sql\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def ask(kept, query):
    if kept.url is None:
        with closing(sqlite3.connect(kept.reports / "history.db")) as database:
            return database.execute(query).fetchall()
    with psycopg.connect(kept.url) as connection:
        return connection.execute(query).fetchall()


def test_the_columns_described_are_the_tables():
    described = PAGE.partition("<!-- columns -->")[2].partition("<!-- end of columns -->")[0]
    first_cells = [line.split("|")[1] for line in described.splitlines() if line.startswith("| `")]
    named = [name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)]
    measured = {f"{name.removesuffix('_s')}_{part}" for name in MeasureName
                for part in ("s", "earliest_s", "latest_s", "censored")}  # fmt: skip
    assert len(named) == len(set(named))
    assert set(named) | measured == {column.name for column in drills.c}
    for name in (*action_items.c.keys(), *(name.removesuffix("_s") for name in MeasureName)):
        assert f"`{name}`" in PAGE or f"`{name}_s`" in PAGE, name


def test_a_dashboard_may_ask_how_often_faults_were_detected(kept):
    with open_history(kept.url, kept.reports) as history:
        for past in (
            drill(1),
            undetected(2),
            drill(3),
            drill(4, measures={}),
            drill(5, fault_proven=False),
            incident(),
        ):
            history.keep(past)
        history.keep(undetected(6, experiment="factory-badjwt"))
    assert ask(kept, DETECTED) == [("factory-badjwt", 1, 0, 41.0009), ("factory-fail", 3, 2, 41.0009)]


def test_a_dashboard_may_ask_what_is_overdue(kept):
    someday = replace(ITEMS[0], number=3, text="Much later", due=date(9999, 1, 1))
    with open_history(kept.url, kept.reports) as history:
        history.keep(incident(), [*ITEMS, someday])
    ((due, owner, text, title),) = ask(kept, OVERDUE)
    assert (str(due), owner, text, title) == ("2025-12-16", "Ada", "Alert on revenue", "Nobody could buy a pizza")
