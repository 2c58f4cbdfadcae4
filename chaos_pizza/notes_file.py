"""`notes.yaml` in a drill's folder: what only people can say of the drill, kept word by word.

What people wrote is only ever read, or added to at its end. Everything is taken as the text that stands there: `no`,
`007` and `12:30` stay what they are.
"""

import re
import stat
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import yaml

from chaos_pizza.claims.grammar import parse_claim
from chaos_pizza.errors import UsageError
from chaos_pizza.model.notes import ActionItem, Notes
from chaos_pizza.report.escape import one_line
from chaos_pizza.report.questions import QUESTIONS, blank_notes, blank_questions
from chaos_pizza.whole_file import write_whole

NOTES_NAME = "notes.yaml"
GREATEST_BYTES = 256 * 1024
MOST_ITEMS = 200

_ITEMS = "action_items"
_ITEM_KEYS = ("text", "owner", "due", "claim")
_DEEPEST = 4
"""The notes, their list, an item, and one more, whose place a complaint can name."""
_MOST_EVENTS = 5000
"""Far more than the items take: nobody waits for a file that holds anything else."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NO_KEY = " (what is no key but a text is indented by two spaces)"
_HINT = "a text goes beneath its key and a |, indented by two spaces, or in quotes"


def read_notes(folder: Path) -> Notes:
    """Return what people wrote of a drill; empty notes where there is no `notes.yaml`.

    Raises `UsageError`, in one line that names the file, the line and what is wrong there, where it can't be read.
    """
    path = folder / NOTES_NAME
    try:
        return _notes(_text_of(path))
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
        notes, present = _notes(text), set(_root(text))
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
        is_same = _notes(longer) == notes and set(_root(longer)) == set(QUESTIONS)
    except UsageError:
        return text
    return longer if is_same and len(longer.encode("utf-8")) <= GREATEST_BYTES else text


def _notes(text: str) -> Notes:
    root = _root(text)
    answers = {key: _answer(text, node, f"`{key}`") for key, node in root.items() if key != _ITEMS}
    return Notes(**answers, action_items=tuple(_items(text, root.get(_ITEMS))))


def _root(text: str) -> dict[str, yaml.Node]:
    """Return what stands under each key; empty where the file has nothing but comments."""
    node = _composed(text)
    if node is None or _is_empty(node):
        return {}
    return _mapping(node, tuple(QUESTIONS), "the notes")


def _composed(text: str) -> yaml.Node | None:
    try:
        _check_size(text)
        return yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise UsageError(_complaint(error)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise UsageError(f"line {line}: a control character (number {error.character}) can't stand here") from None
    except (yaml.YAMLError, RecursionError):
        raise UsageError("it holds what YAML does not allow") from None


def _check_size(text: str) -> None:
    """Complain of what no notes hold, before it costs time: aliases, and things within things without an end."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, yaml.SafeLoader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise UsageError(f"{_at(event)}: an alias (*{one_line(event.anchor or '', 20)}) can't stand here; {_HINT}")
        if depth > _DEEPEST or number > _MOST_EVENTS:
            raise UsageError(f"{_at(event)}: notes hold texts and a list of action items, and no more; {_HINT}")


def _complaint(error: yaml.MarkedYAMLError) -> str:
    # Never the library's whole text: it quotes the line, which may hold what stands there by mistake.
    problem, mark = str(error.problem), error.problem_mark or error.context_mark
    if problem.startswith("could not find expected ':'"):
        # The library sees it a line too late.
        problem, mark = "there is neither a key with its colon nor a text indented beneath one", error.context_mark
    place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return f"{place}{one_line(problem, 120)}; {_HINT}"


def _mapping(node: yaml.Node, known: tuple[str, ...], whole: str) -> dict[str, yaml.Node]:
    """Return a mapping's nodes by key; complain of a key that is not known, or that stands there twice."""
    if not isinstance(node, yaml.MappingNode):
        raise UsageError(f"{_at(node)}: {whole} are to be keys with a colon, of {', '.join(known)}")
    found: dict[str, yaml.Node] = {}
    for key_node, value in node.value:
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
        if key not in known:
            close = get_close_matches(key, known, n=1) if key else []
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
            raise UsageError(f"{_at(key_node)}: {whole} have no key {one_line(key, 40)!r}; {hint}{_NO_KEY}")
        if key in found:
            raise UsageError(f"{_at(key_node)}: `{key}` stands there twice, first in {_at(found[key])}")
        found[key] = value
    return found


def _answer(text: str, node: yaml.Node, what: str) -> str | None:
    """Return a text as it stands there, without space around it; `None` where there is none to be seen."""
    if not isinstance(node, yaml.ScalarNode):
        raise UsageError(f"{_at(node)}: {what} is to be a text, perhaps of several lines beneath a |")
    if node.style is None:
        rest = text[node.end_mark.index :].partition("\n")[0]
        if not _is_empty(node) and re.match(r"\s+#\S", rest):
            raise UsageError(f"{_at(node)}: YAML takes what follows the # for a comment; {_HINT}")
    answer = node.value.replace("\r\n", "\n").strip()
    return None if _is_empty(node) or not one_line(answer, len(answer)) else answer


def _items(text: str, node: yaml.Node | None) -> Iterator[ActionItem]:
    if node is None or _is_empty(node):
        return
    if not isinstance(node, yaml.SequenceNode):
        raise UsageError(f"{_at(node)}: `{_ITEMS}` is to be a list, each item begun with a -")
    if len(node.value) > MOST_ITEMS:
        raise UsageError(f"{_at(node)}: there are more than {MOST_ITEMS} action items")
    for number, item in enumerate((item for item in node.value if not _is_empty(item)), 1):
        if isinstance(item, yaml.ScalarNode):
            # Just what is to be done: all the rest is still a question.
            yield ActionItem(number, _needed(text, item))
        else:
            yield _item(text, number, item, _mapping(item, _ITEM_KEYS, "action items"))


def _item(text: str, number: int, node: yaml.Node, fields: Mapping[str, yaml.Node]) -> ActionItem:
    if "text" not in fields:
        raise UsageError(f"{_at(node)}: action item {number} has no `text` that says what will be done")
    owner, due, claim = (
        _answer(text, fields[key], f"`{key}`") if key in fields else None for key in ("owner", "due", "claim")
    )
    if claim is not None:
        try:
            parse_claim(claim)
        except UsageError as error:
            raise UsageError(f"{_at(fields['claim'])}: {error}") from None
    return ActionItem(number, _needed(text, fields["text"]), owner, _date(due, fields.get("due")), claim)


def _needed(text: str, node: yaml.Node) -> str:
    written = _answer(text, node, "`text`")
    if written is None:
        raise UsageError(f"{_at(node)}: what will be done is missing: `text` is empty")
    return written


def _date(due: str | None, node: yaml.Node | None) -> date | None:
    if due is None or node is None:
        return None
    try:
        if _DATE.fullmatch(due):
            return date.fromisoformat(due)
    except ValueError:
        pass
    raise UsageError(f"{_at(node)}: `due` is to be a date such as 2026-01-31, not {one_line(due, 40)!r}")


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.style is None and node.value in {"", "~", "null"}


def _at(marked: yaml.Node | yaml.Event) -> str:
    return f"line {marked.start_mark.line + 1}" if marked.start_mark else "somewhere"
