"""A folder of an imported incident: what people wrote, byte for byte, and what was understood of it."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock, Timeout

from chaos_pizza.errors import UsageError
from chaos_pizza.incident.past import incident_id, past_incident_of
from chaos_pizza.incident.reading import Reading
from chaos_pizza.incident.record import Incident
from chaos_pizza.model.conversion import from_mapping, to_mapping
from chaos_pizza.model.history import PastDrill
from chaos_pizza.model.notes import Notes
from chaos_pizza.notes_file import NOTES_NAME, read_notes
from chaos_pizza.report.questions import QUESTIONS

SOURCE_NAME = "incident.md"
UNDERSTOOD_NAME = "incident.json"
GREATEST_BYTES = 1_000_000
"""A report of a thousand pages; whatever is longer is none."""
FORM = 1
"""The form of `incident.json`; another number is of another version."""

_GREATEST_UNDERSTOOD = 8 * GREATEST_BYTES
_LOCK_NAME = ".import.lock"
_LOCK_WAIT_S = 30
_MOST_SAME_SECOND = 100
_ITEMS = "action_items"
_LONGEST_ANSWER = 20_000
_LONGEST_ITEM = 400
_REST = "\n\n(The rest stands in incident.md.)"


@dataclass(frozen=True, slots=True)
class KeptIncident:
    """What `incident.json` holds: `sha256` is of `incident.md`, `tool_version` of the tool that read it."""

    form: int
    incident_id: str
    sha256: str
    tool_version: str | None
    incident: Incident


def read_source(path: Path) -> bytes:
    """Return a report's bytes; raises `UsageError`, in one line, where it is no file of text of a report's length."""
    try:
        if not path.is_file():
            raise UsageError(f"{path} can't be read: {'it is no file' if path.exists() else 'there is no such file'}")
        with path.open("rb") as file:
            content = file.read(GREATEST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from None
    if len(content) > GREATEST_BYTES:
        raise UsageError(f"{path} is longer than {GREATEST_BYTES // 1_000_000} MB: that is no incident report")
    return content


def text_of(path: Path, content: bytes) -> str:
    """Return a report's text; raises `UsageError` where its bytes are none in UTF-8, or nothing."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path} can't be read: line {line} is no text in UTF-8; save it as UTF-8") from None
    if "\0" in text:
        raise UsageError(f"{path} can't be read: it is no text")
    if not text.strip():
        raise UsageError(f"{path} is empty")
    return text


def find_same(reports: Path, content: bytes) -> Path | None:
    """Return the folder in which this very report is kept already; `None` where there is none."""
    for folder in list_incident_folders(reports):
        source = folder / SOURCE_NAME
        try:
            if source.stat().st_size == len(content) and source.read_bytes() == content:
                return folder
        except OSError:
            continue
    return None


@contextmanager
def import_lock(reports: Path) -> Iterator[None]:
    """Let one at a time look for a report and keep it, as long as the `with` lasts; raises `UsageError` after 30 s."""
    path = reports / _LOCK_NAME
    lock = FileLock(path, timeout=_LOCK_WAIT_S, mode=0o600)
    try:
        reports.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise UsageError(f"another import into {reports} is under way; try again when it has ended") from None
    except (OSError, NotImplementedError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "its file system knows no locks"
        raise UsageError(f"the incident can't be written to {reports}: {reason}") from None
    try:
        yield
    finally:
        # The file stays: whoever waits for it must not be left with one that has no name any more.
        lock.release()


def keep_incident(reports: Path, content: bytes, reading: Reading, tool_version: str | None) -> Path:
    """Keep a report in a folder of its own in `reports`, whole or not at all, and return the folder.

    Another incident of the same second gets a number behind it. Raises `UsageError` where it can't be written.
    """
    stem = incident_id(reading.incident)
    draft = None
    try:
        reports.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".import-", dir=reports))
        for number in range(1, _MOST_SAME_SECOND):
            name = stem if number == 1 else f"{stem}-{number}"
            if (reports / name).exists():
                continue
            _write(draft, name, content, reading, tool_version)
            draft.rename(reports / name)
            return reports / name
    except OSError as error:
        raise UsageError(f"the incident can't be written to {reports}: {error.strerror}") from None
    finally:
        if draft is not None and draft.exists():
            shutil.rmtree(draft, ignore_errors=True)
    raise UsageError(f"the incident can't be written to {reports}: a hundred began in the same second")


def discard_incident(folder: Path) -> None:
    """Remove the folder of an incident that could not be kept after all."""
    shutil.rmtree(folder, ignore_errors=True)


def list_incident_folders(reports: Path) -> list[Path]:
    """Return the folders of all imported incidents, the oldest first; empty where there is none."""
    if not reports.is_dir():
        return []
    return sorted(
        folder
        for folder in reports.iterdir()
        if not folder.name.startswith(".") and (folder / UNDERSTOOD_NAME).is_file()
    )


def read_incident(folder: Path) -> PastDrill:
    """Return a kept incident as a row of the history.

    Raises `UsageError`, in one line that names the file, where its `incident.json` can't be read.
    """
    path = folder / UNDERSTOOD_NAME
    try:
        kept = _kept(path)
        return past_incident_of(kept.incident, kept.incident_id, kept.tool_version)
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        complaint = " ".join(str(error).split())[:200]
        raise UsageError(
            f"{path} can't be read: {complaint}; `chaos-pizza import` writes it, from the {SOURCE_NAME} beside it"
        ) from None


def _kept(path: Path) -> KeptIncident:
    with path.open("rb") as file:
        content = file.read(_GREATEST_UNDERSTOOD + 1)
    if len(content) > _GREATEST_UNDERSTOOD:
        raise ValueError("it is too long")
    document = json.loads(content.decode("utf-8"), parse_constant=_no_number)
    form = document.get("form") if isinstance(document, dict) else None
    if form != FORM:
        raise ValueError(f"its form is {form!r}, and this version reads form {FORM}")
    return from_mapping(document, KeptIncident)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _write(draft: Path, name: str, content: bytes, reading: Reading, tool_version: str | None) -> None:
    kept = KeptIncident(FORM, name, hashlib.sha256(content).hexdigest(), tool_version, reading.incident)
    (draft / SOURCE_NAME).write_bytes(content)
    (draft / UNDERSTOOD_NAME).write_text(document_text(kept), encoding="utf-8")
    (draft / NOTES_NAME).write_text(_notes_text(name, reading.notes), encoding="utf-8")
    try:
        read_notes(draft)
    except UsageError as error:
        complaint = str(error).removeprefix(f"{draft / NOTES_NAME}: ")
        raise UsageError(f"the report's sections can't be kept as notes: {complaint}") from None


def document_text(record: object) -> str:
    """Return a record as the text of a JSON document."""
    return json.dumps(to_mapping(record), indent=1, ensure_ascii=False) + "\n"


def _notes_text(name: str, notes: Notes) -> str:
    """Return the notes as people would have written them: each answer beneath its question, as a block of text."""
    parts = [f"# What people wrote of {name}, taken over from {SOURCE_NAME}; yours to go on with.\n"]
    for key, question in QUESTIONS.items():
        answer = _items_of(notes) if key == _ITEMS else _block_of(getattr(notes, key))
        shown = yaml.dump({key: answer}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)
        parts.append(f"\n# {question}\n{shown if answer else f'{key}:'}".rstrip() + "\n")
    return "".join(parts)


class _Block(str):
    """A text to be written as a block of lines."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes a block as one; all other texts on one line, quoted where they need it."""


def _block_node(dumper: yaml.SafeDumper, text: _Block) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")


_Dumper.add_representer(_Block, _block_node)


def _block_of(answer: str | None) -> _Block | None:
    return None if answer is None else _Block(_cut(answer, _LONGEST_ANSWER, _REST) + "\n")


def _items_of(notes: Notes) -> list[dict[str, Any]]:
    items = (
        {"text": _cut(item.text, _LONGEST_ITEM, "…"), "owner": item.owner, "due": item.due, "claim": item.claim}
        for item in notes.action_items
    )
    return [{key: value for key, value in item.items() if value is not None} for item in items]


def _cut(text: str, most_bytes: int, rest: str) -> str:
    """Return a text of at most so many bytes of UTF-8, with `rest` behind it where it was longer."""
    content = text.encode("utf-8")
    return text if len(content) <= most_bytes else content[:most_bytes].decode("utf-8", "ignore").rstrip() + rest
