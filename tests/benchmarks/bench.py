"""Run the benchmarks one after the other, and draw their table.

    make bench                  # all of them, and docs/benchmarks.md is refreshed
    make bench ONLY=traffic     # some of them, by name, with commas between; the page stays as it is
    make soak                   # 20 minutes of drill; its figures are kept, and quoted by the next `make bench`

Exit 0: all ran, whether or not they met their goals, which the last lines say. 1: something broke. 2: bad usage.
"""

import json
import os
import signal
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import click
from bench_machine import ROOT, this_machine
from bench_page import with_report
from bench_run import HERE, Part, parts, run_part
from bench_table import BROKEN, COLUMNS, FALLS_SHORT, SKIPPED, report, rows, summary, tables_of
from figures import read_kept
from rich.console import Console
from rich.markup import escape
from rich.table import Table

PAGE = ROOT / "docs" / "benchmarks.md"
SOAK = HERE / "soak.py"
SOAKED = HERE / "soak.json"
LONGEST_SOAK_S = 1800.0
WANTED_S = 900.0
PLAIN_WIDTH = 220
"""Columns where nobody looks on: a log's lines needn't fit a screen."""


@click.command(help=__doc__)
@click.option("--only", help="Parts by name, with commas between.")
@click.option("--soak", is_flag=True, help="Run the soak instead, and keep its figures.")
def main(only: str | None, *, soak: bool) -> None:
    """Run, draw, keep."""
    # In the background of a script interrupts are ignored, by all that is started too; some peers end by them.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # What is installed has its bytecode; where that is forbidden, each process measured would compile the package anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    console = Console()
    if not console.is_terminal:
        console = Console(width=PLAIN_WIDTH)
    sys.exit(run_soak(console) if soak else run_bench(console, only))


def run_bench(console: Console, only: str | None, folder: Path = HERE, page: Path = PAGE) -> int:
    """Run the parts in a folder, draw the table, and refresh the page unless only some were run; return the exit code.

    Raises `ValueError`, before anything is run, where the page has no place for it.
    """
    known = parts(folder)
    chosen = [name.strip() for name in only.split(",") if name.strip()] if only else list(known)
    if unknown := [name for name in chosen if name not in known]:
        raise click.UsageError(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(known)}")
    with_report(page.read_text(encoding="utf-8"), "")
    machine = this_machine().told()
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-") as workplace:
        told = [
            _watched(console, f"{place} of {len(chosen)}", name, known[name], Path(workplace))
            for place, name in enumerate(chosen, 1)
        ]
    took_s = time.monotonic() - began_s
    shown = [*told, *([] if only else soaked())]
    _draw(console, shown, machine)
    console.print(f"It took {took_s / 60:.1f} minutes (wanted: under {WANTED_S / 60:.0f}).")
    if not only:
        # Read again: somebody may have written in it meanwhile.
        page.write_text(with_report(page.read_text(encoding="utf-8"), report(shown, machine, took_s)), encoding="utf-8")
        console.print(f"{page.name} holds this table now.")
    return 1 if any(part.broken for part in told) else 0


def run_soak(console: Console, soak: Path = SOAK, kept_in: Path = SOAKED) -> int:
    """Run the soak and keep its figures where the table finds them; return the exit code."""
    machine = this_machine().told()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        part = _watched(console, "20 minutes", "soak", soak, Path(folder), LONGEST_SOAK_S)
    _draw(console, [part], machine)
    if part.broken or not part.figures:
        console.print("Nothing is kept of a soak that broke.")
        return 1
    kept = {"machine": machine, "figures": [asdict(figure) for figure in part.figures]}
    kept_in.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    console.print(f"{kept_in.name} holds these figures now; the next `make bench` quotes them.")
    return 0


def soaked(file: Path = SOAKED) -> list[Part]:
    """Return the last soak's figures, with its date in each one's note; without one, a row that says so."""
    if not file.exists():
        return [Part("soak", 0.0, skipped=("20 minutes that don't fit into this run: `make soak`",))]
    kept = json.loads(file.read_text(encoding="utf-8"))
    when = f"make soak of {kept['machine']['Date']}, commit {kept['machine']['Commit']}"
    dated = [{**each, "note": "; ".join(filter(None, (each.get("note"), when)))} for each in kept["figures"]]
    figures, _ = read_kept(map(json.dumps, dated))
    return [Part("soak", 0.0, tuple(figures))]


def _watched(
    console: Console, place: str, name: str, file: Path, workplace: Path, longest_s: float | None = None
) -> Part:
    """Run a part while somebody looks on: what runs and for how long, then how it went."""
    bounds = {} if longest_s is None else {"longest_s": longest_s}
    with console.status(f"{place}: {name}") as status:
        if not console.is_terminal:
            console.print(f"{place}: {name} …")
        part = run_part(
            name, file, workplace, lambda took_s: status.update(f"{place}: {name}, {took_s:.0f} s"), **bounds
        )
    how = (
        "BROKEN" if part.broken else "skipped" if part.skipped and not part.figures else f"{len(part.figures)} figures"
    )
    console.print(f"{place}: {name}: {how}, {part.took_s:.0f} s")
    if part.broken:
        console.print(escape(part.output), style="dim", highlight=False)
    return part


def _draw(console: Console, told: list[Part], machine: dict[str, str]) -> None:
    """Print all of it: the machine, the figures, what stands side by side, and in words what falls short."""
    console.print(_table("The machine", ("", ""), machine.items()))
    console.print(_table("Benchmarks", COLUMNS, rows(told)))
    for each in tables_of(told):
        console.print(_table(each.title, each.columns, each.rows))
        console.print(escape(each.note), highlight=False)
    for sentence in summary(told):
        console.print(escape(sentence), highlight=False)


def _table(title, heads, body) -> Table:
    table = Table(*heads, title=title, title_justify="left", show_lines=False)
    for row in body:
        bad = any(cell.startswith((FALLS_SHORT, BROKEN)) for cell in row)
        style = "red" if bad else "yellow" if SKIPPED in row else None
        table.add_row(*map(escape, row), style=style)
    return table


if __name__ == "__main__":
    main()
