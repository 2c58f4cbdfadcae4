"""A rule file with one rule changed, everything else in it as it was, and the difference as a patch."""

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from typing import Any

import yaml

from chaos_pizza.alerting.shipped import read_rules
from chaos_pizza.backtest.candidate import Candidate, Change

_BEHIND = "window_s"
"""A key that a rule doesn't have yet is put behind this one, which every rule has."""


def patch_of(text: str, name: str, candidate: Candidate) -> str | None:
    """Return the unified diff that makes a rule file's text hold the candidate in place of its base.

    `name` is the file's path, as the patch is to name it. Comments, order and everything else stay. `None` where the
    file is written in a way in which one value can't be changed by itself (YAML's anchors, say).
    """
    new = _changed(text, candidate)
    if new is None:
        return None
    old_lines, new_lines = text.splitlines(keepends=True), new.splitlines(keepends=True)
    lines = [*unified_diff(old_lines, new_lines, f"a/{name}", f"b/{name}")]
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _changed(text: str, candidate: Candidate) -> str | None:
    try:
        node = _rule_node(yaml.compose(text, yaml.SafeLoader), candidate.base)
        if node is None:
            return None
        wanted = read_rules(yaml.safe_load(text)) | {candidate.base: candidate.rule}
        edits = [_edit(text, node, change) for change in candidate.changes]
        for begin, end, written in sorted((edit for edit in edits if edit), reverse=True):
            text = text[:begin] + written + text[end:]
        # Nothing is handed out that was not read back as what it is to be, the other rules included.
        return text if read_rules(yaml.safe_load(text)) == wanted else None
    except (yaml.YAMLError, ValueError):
        return None


def _rule_node(document: Any, name: str) -> yaml.MappingNode | None:
    for rules in _values(document, "rules"):
        for rule in rules.value if isinstance(rules, yaml.SequenceNode) else ():
            if any(value.value == name for value in _values(rule, "name")):
                found: yaml.MappingNode = rule
                return found
    return None


def _values(node: Any, key: str) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        yield from (value for found, value in node.value if found.value == key)


def _edit(text: str, rule: yaml.MappingNode, change: Change) -> tuple[int, int, str] | None:
    """Return where the text is to be replaced, from and to, and by what; `None` where there is no place for it."""
    written = f"{change.new:g}" if float(f"{change.new:g}") == change.new else repr(change.new)
    for value in _values(rule, change.key):
        return value.start_mark.index, value.end_mark.index, written
    behind = _pairs(rule.value).get(_BEHIND)
    if behind is None:
        return None
    end: int = behind[1].end_mark.index
    if rule.flow_style:
        return end, end, f", {change.key}: {written}"
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    return line_end, line_end, f"\n{' ' * behind[0].start_mark.column}{change.key}: {written}"


def _pairs(pairs: Sequence[tuple[yaml.Node, yaml.Node]]) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    return {key.value: (key, value) for key, value in pairs}
