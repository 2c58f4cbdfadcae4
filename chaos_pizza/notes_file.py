"""`notes.yaml` in a drill's folder: what only people can say of the drill, kept word by word.

What people wrote is only ever read, or added to at its end.
"""

import stat
from pathlib import Path

from chaos_pizza.errors import UsageError
from chaos_pizza.model.notes import Notes
from chaos_pizza.notes_text import questions_in, read_notes_text
from chaos_pizza.report.questions import QUESTIONS, blank_notes, blank_questions
from chaos_pizza.whole_file import write_whole

NOTES_NAME = "notes.yaml"
GREATEST_BYTES = 256 * 1024


def read_notes(folder: Path) -> Notes:
    """Return what people wrote of a drill; empty notes where there is no `notes.yaml`.

    Raises `UsageError`, in one line that names the file, the line and what is wrong there, where it can't be read.
    """
    path = folder / NOTES_NAME
    try:
        return read_notes_text(_text_of(path))
    except FileNotFoundError:
        return Notes()
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def offer_notes(folder: Path) -> Path:
    """See to it that `notes.yaml` asks every question, and return its path.

    A file that is there keeps every byte; questions that it lacks are added at its end. One that is broken is left as
    it is, to be mended. Raises `UsageError` where it can't be read or written.
    """
    path = folder / NOTES_NAME
    try:
        text = _text_of(path)
    except FileNotFoundError:
        _write(path, blank_notes(folder.resolve().name))
        return path
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None
    longer = _with_missing(text)
    if longer != text:
        _write(path, longer)
    return path


def _text_of(path: Path) -> str:
    """Return the file's text, its line ends as they are; `FileNotFoundError` where there is none."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UsageError("it is no file")
        with path.open("rb") as file:
            content = file.read(GREATEST_BYTES + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UsageError(f"it can't be read: {error.strerror}") from None
    if len(content) > GREATEST_BYTES:
        raise UsageError(f"it is longer than {GREATEST_BYTES // 1024} KiB; keep the notes, and link to the rest")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"line {line}: it is no text in UTF-8") from None


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all, with the rights that it had; where it is a link, what that leads to."""
    target = path.resolve()
    try:
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
        write_whole(target, text, mode=mode)
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from None


def _with_missing(text: str) -> str:
    """Return the text with the questions that it lacks at its end; as it is where that can't be done safely."""
    try:
        notes, present = read_notes_text(text), questions_in(text)
    except UsageError:
        return text
    missing = tuple(key for key in QUESTIONS if key not in present)
    if not missing:
        return text
    added = blank_questions(missing)
    if "\r\n" in text:
        added = added.replace("\n", "\r\n")
    longer = text if not text or text.endswith("\n") else text + added[: len(added) - len(added.lstrip("\r\n"))]
    longer += added
    try:
        # A mapping in braces, an end mark, an indented file: what can't be added to stays as it is.
        is_same = read_notes_text(longer) == notes and questions_in(longer) == set(QUESTIONS)
    except UsageError:
        return text
    return longer if is_same and len(longer.encode("utf-8")) <= GREATEST_BYTES else text
