"""Where an experiment's file says what: the lines that annotations point at."""

import yaml

from chaos_pizza.experiment.declaration import EXTENSION

BUDGETS = "budgets"


def lines_of(text: str) -> dict[str, int]:
    """Return the lines, counted from 1, of an experiment's budgets by their names, and of `budgets` itself.

    What is not found is left out; `budgets` stands for the drill's whole block where that has none. A text that is no
    YAML gives an empty mapping.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return {}
    for extension in _items(_value(root, "extensions")):
        name = _value(extension, "name")
        if isinstance(name, yaml.ScalarNode) and name.value == EXTENSION:
            return _of_block(extension)
    return {}


def _of_block(block: yaml.Node) -> dict[str, int]:
    key = _key(block, BUDGETS)
    if key is None:
        return {BUDGETS: _line(block)}
    budgets = _value(block, BUDGETS)
    pairs = budgets.value if isinstance(budgets, yaml.MappingNode) else []
    named = {str(name.value): _line(name) for name, _ in pairs if isinstance(name, yaml.ScalarNode)}
    return {**named, BUDGETS: _line(key)}


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _pair(node: yaml.Node | None, wanted: str) -> tuple[yaml.Node, yaml.Node] | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next(((key, value) for key, value in pairs if getattr(key, "value", None) == wanted), None)


def _key(node: yaml.Node | None, wanted: str) -> yaml.Node | None:
    found = _pair(node, wanted)
    return found[0] if found else None


def _value(node: yaml.Node | None, wanted: str) -> yaml.Node | None:
    found = _pair(node, wanted)
    return found[1] if found else None


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
