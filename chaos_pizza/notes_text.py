"""What people wrote of a drill, understood: the text of a `notes.yaml` as notes, or a complaint that says where.

Everything is taken as the text that stands there: `no`, `007` and `12:30` stay what they are.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches

import yaml

from chaos_pizza.claims.grammar import parse_claim
from chaos_pizza.errors import UsageError
from chaos_pizza.model.notes import ActionItem, Notes
from chaos_pizza.report.escape import one_line
from chaos_pizza.report.questions import QUESTIONS

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


def read_notes_text(text: str) -> Notes:
    """Return the notes that a text holds; empty ones where it holds nothing but comments.

    Raises `UsageError`, in one line that names the line and what is wrong there.
    """
    root = _root(text)
    answers = {key: _answer(text, node, f"`{key}`") for key, node in root.items() if key != _ITEMS}
    return Notes(**answers, action_items=tuple(_items(text, root.get(_ITEMS))))


def questions_in(text: str) -> frozenset[str]:
    """Return the keys of the questions that a text asks, answered or not; raises `UsageError` as `read_notes_text`."""
    return frozenset(_root(text))


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
