"""A fleet on disk: its plan, a line for each shop that is done, its summary, and each shop's drills beneath it.

It lies in `reports/fleets/<UTC time>-<name>/`: `fleet.yaml` as it was, `began.json`, `shops.jsonl`, and once the fleet
is over `fleet.json`, `summary.md` and `summary.html`. A shop's drills are in a folder of its name.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from chaos_pizza.errors import UsageError
from chaos_pizza.fleet.row import ShopRow
from chaos_pizza.fleet.summary import FleetFacts, FleetSummary
from chaos_pizza.model.conversion import from_mapping, to_mapping
from chaos_pizza.stop_file import STOP_NAME
from chaos_pizza.whole_file import write_whole

FLEETS_NAME = "fleets"
PLAN_NAME, FACTS_NAME, ROWS_NAME = "fleet.yaml", "began.json", "shops.jsonl"
DOCUMENT_NAME, MARKDOWN_NAME, PAGE_NAME = "fleet.json", "summary.md", "summary.html"
_LOCK_NAME = "fleet.lock"
_OWN_NAMES = (
    *(PLAN_NAME, FACTS_NAME, ROWS_NAME, DOCUMENT_NAME, MARKDOWN_NAME, PAGE_NAME),
    *(_LOCK_NAME, STOP_NAME),
)


def create_fleet(reports: Path, facts: FleetFacts, plan_text: str) -> tuple[Path, FleetFacts]:
    """Create a fleet's folder, for its owner alone, and return it with the facts, whose id is its name.

    Raises `UsageError` where it can't be written.
    """
    stem = f"{facts.began_at:%Y-%m-%dT%H-%M-%SZ}-{facts.name}"
    for number in range(1, 100):
        folder = reports / FLEETS_NAME / (stem if number == 1 else f"{stem}-{number}")
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700)
            facts = replace(facts, id=folder.name)
            write_whole(folder / PLAN_NAME, plan_text)
            write_whole(folder / FACTS_NAME, json.dumps(to_mapping(facts), indent=2) + "\n")
        except FileExistsError:
            continue
        except OSError as error:
            raise UsageError(f"the fleet can't be written to {folder}: {error.strerror}") from None
        return folder, facts
    raise UsageError(f"the fleet can't be written to {reports}: a hundred fleets began in the same second")


def check_shop_name(shop: str) -> None:
    """Raise `UsageError` where a shop's folder would have the name of one of the fleet's own files.

    Many disks take `stop` and `STOP` for the same: a fleet with such a shop would be told to stop by its folder.
    """
    taken = [name for name in _OWN_NAMES if name.casefold() == shop.casefold()]
    if taken:
        raise UsageError(f"shop {shop!r} has the name of the fleet's own file {taken[0]}; give it another one")


def list_fleets(reports: Path) -> list[Path]:
    """Return the folders of all fleets, the oldest first; empty where there is none."""
    folder = reports / FLEETS_NAME
    return sorted(path.parent for path in folder.glob(f"*/{FACTS_NAME}")) if folder.is_dir() else []


def newest_fleet(reports: Path, name: str) -> tuple[Path, FleetFacts] | None:
    """Return the newest fleet of this name; `None` where there is none."""
    for folder in reversed(list_fleets(reports)):
        facts = read_facts(folder)
        if facts.name == name:
            return folder, facts
    return None


def read_facts(folder: Path) -> FleetFacts:
    """Return what is known of the fleet in a folder; raises `UsageError` where there is none."""
    path = folder / FACTS_NAME
    try:
        return from_mapping(json.loads(path.read_text(encoding="utf-8")), FleetFacts)
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from None
    except ValueError as error:
        raise UsageError(f"{path} is not to be understood: {error}") from None


def note_row(folder: Path, row: ShopRow) -> None:
    """Add what came of a shop, on the disk before this returns; raises `UsageError` where that fails.

    What a killed fleet, or a full disk, left of a last line is taken away before.
    """
    line = json.dumps(to_mapping(row), ensure_ascii=False) + "\n"
    try:
        with (folder / ROWS_NAME).open("a+b") as file:
            file.seek(0)
            whole = file.read()
            file.truncate(whole.rfind(b"\n") + 1)
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise UsageError(f"what came of {row.shop} can't be written to {folder}: {error.strerror}") from None


def read_rows(folder: Path) -> dict[str, ShopRow]:
    """Return what came of each shop, by its name; of several lines the last counts. Empty where none is done.

    What a killed fleet left of a last line is no line. Raises `UsageError` where another one can't be understood.
    """
    path = folder / ROWS_NAME
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from None
    rows = {}
    for number, line in enumerate(raw.split(b"\n")[:-1], 1):
        try:
            row = from_mapping(json.loads(line), ShopRow)
        except ValueError as error:
            raise UsageError(f"{path}, line {number}, is not to be understood: {error}") from None
        rows[row.shop] = row
    return rows


def write_summary(folder: Path, summary: FleetSummary) -> Path:
    """Write a fleet's summary, for people and for machines, and return its page; raises `UsageError` if it can't."""
    # Late: a fleet's start need not wait for what only its end needs.
    from chaos_pizza.fleet.document import to_document  # noqa: PLC0415
    from chaos_pizza.fleet.markdown import to_markdown  # noqa: PLC0415
    from chaos_pizza.report.page import to_page  # noqa: PLC0415

    markdown = to_markdown(summary)
    page = to_page(markdown, title=f"Fleet {summary.facts.name}", pictures={})
    document = json.dumps(to_document(summary), indent=2, ensure_ascii=False) + "\n"
    try:
        for name, text in ((DOCUMENT_NAME, document), (MARKDOWN_NAME, markdown), (PAGE_NAME, page)):
            write_whole(folder / name, text)
    except OSError as error:
        raise UsageError(f"the fleet's summary can't be written to {folder}: {error.strerror}") from None
    return folder / PAGE_NAME


def fleet_of(drill_folder: Path) -> str | None:
    """Return the id of the fleet that a drill's folder lies in; `None` where it is no fleet's drill."""
    names = drill_folder.parts
    return names[-3] if len(names) > 3 and names[-4] == FLEETS_NAME else None


@contextmanager
def fleet_lock(folder: Path) -> Iterator[None]:
    """Hold a fleet for as long as the `with` lasts; raises `UsageError` where another process does."""
    lock = FileLock(folder / _LOCK_NAME, mode=0o600, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise UsageError(f"the fleet {folder.name} is under way already; chaos-pizza stop ends it") from None
    try:
        yield
    finally:
        lock.release()


def fleets_under_way(reports: Path) -> list[Path]:
    """Return the folders of the fleets that some process holds right now, the oldest first."""
    held = []
    for folder in list_fleets(reports):
        if not (folder / _LOCK_NAME).exists():
            continue
        try:
            with FileLock(folder / _LOCK_NAME, mode=0o600, thread_local=False).acquire(blocking=False):
                pass
        except Timeout:
            held.append(folder)
    return held
