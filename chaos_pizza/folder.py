"""A drill's folder on disk: made, listed, and its journal judged."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chaos_pizza.errors import JournalError, JournalSealed, UsageError
from chaos_pizza.journal.chain import JournalContents
from chaos_pizza.journal.file import JOURNAL_NAME, is_sealed, read_journal
from chaos_pizza.whole_file import write_whole

if TYPE_CHECKING:
    from chaos_pizza.drill.result import Assessment
    from chaos_pizza.model.result import DrillResult

DOCUMENT_NAME = "drill.json"
REPORT_NAME = "report.md"
PAGE_NAME = "report.html"
PDF_NAME = "report.pdf"
TOOLKIT_JOURNAL_NAME = "chaos-journal.json"


def create_drill_folder(reports: Path, at: datetime, experiment: str) -> Path:
    """Create `reports/<UTC time>-<experiment>/`, readable by its owner alone, and return it.

    Raises `UsageError` where it can't be created.
    """
    stem = f"{at:%Y-%m-%dT%H-%M-%SZ}-{experiment}"
    for number in range(1, 100):
        folder = reports / (stem if number == 1 else f"{stem}-{number}")
        try:
            reports.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700)
        except FileExistsError:
            if not reports.is_dir():
                raise UsageError(f"reports can't be written to {reports}: it is no folder") from None
            continue
        except OSError as error:
            raise UsageError(f"reports can't be written to {reports}: {error.strerror}") from None
        return folder
    raise UsageError(f"reports can't be written to {reports}: a hundred drills began in the same second")


def discard_drill_folder(folder: Path) -> None:
    """Remove the folder of a drill that never began, with the empty journal in it."""
    (folder / JOURNAL_NAME).unlink(missing_ok=True)
    folder.rmdir()


def list_drill_folders(reports: Path) -> list[Path]:
    """Return the folders of all drills, the oldest first; empty where there is none."""
    if not reports.is_dir():
        return []
    return sorted(folder for folder in reports.iterdir() if (folder / JOURNAL_NAME).is_file())


def is_sealed_drill(folder: Path) -> bool:
    """Tell whether a folder is that of a blind drill not revealed yet; one that can't be read is none."""
    try:
        return is_sealed(folder)
    except JournalError:
        return False


def assess_folder(folder: Path) -> "Assessment":
    """Assess a drill from its journal.

    Raises `JournalError` where that isn't there or doesn't begin as one, `JournalSealed` while nobody may know of it.
    """
    from chaos_pizza.drill.result import assess  # noqa: PLC0415 - numpy: who only looks for a drill need not wait

    contents = _legible(folder)
    return assess(contents.records, contents.complaint)


def judge_folder(folder: Path) -> "tuple[DrillResult, JournalContents]":
    """Judge a drill anew from its journal; raises as `assess_folder`."""
    from chaos_pizza.drill.result import judge  # noqa: PLC0415 - as above

    contents = _legible(folder)
    return judge(contents.records, contents.complaint), contents


def _legible(folder: Path) -> JournalContents:
    """Return what a journal says, unless it is a blind drill's of which nothing can be read."""
    if is_sealed(folder):
        raise JournalSealed(
            f"the blind drill {folder.name} is sealed until its end; where its process is gone, "
            "chaos-pizza gameday with --reveal ends it"
        )
    contents = read_journal(folder)
    if contents.complaint and contents.is_illegible:
        raise JournalError(f"the blind drill {folder.name} can't be read: {contents.complaint}")
    return contents


def write_toolkit_journal(folder: Path, journal: Mapping[str, Any]) -> None:
    """Write the Chaos Toolkit's own journal, redacted by the caller; raises `JournalError` where that fails."""
    write_file(folder / TOOLKIT_JOURNAL_NAME, json_text(journal))


def json_text(content: Any) -> str:
    """Return a content as the text of a JSON file; what JSON has no form for, as its text."""
    return json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n"


def write_file(path: Path, text: str) -> None:
    """Write a file of a drill's, whole or not at all; raises `JournalError` where that fails."""
    try:
        write_whole(path, text)
    except OSError as error:
        raise JournalError(f"{path} can't be written: {error.strerror}") from None
