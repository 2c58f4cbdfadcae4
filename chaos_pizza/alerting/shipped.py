"""The alert rules that come with the package, and the form of a rule file."""

from importlib import resources
from typing import Any

import yaml

from chaos_pizza.alerting.rule_check import rule_complaints
from chaos_pizza.model.alert import AlertRule
from chaos_pizza.model.conversion import from_mapping

_QUICK = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times as fast, where the library was built with it: each drill waits for it."""


def shipped_rules() -> dict[str, AlertRule]:
    """Return the rules that come with the package, by name, in the order of `experiments/alerts/shop.yaml`."""
    # A link to that file, so that a drill named in an experiment follows what the team changed there.
    text = resources.files(__package__).joinpath("shipped_rules.yaml").read_text(encoding="utf-8")
    return read_rules(yaml.load(text, _QUICK))  # noqa: S506 - it is a safe one


def read_rules(content: Any) -> dict[str, AlertRule]:
    """Return the rules of a rule file's content, `{"rules": [...]}`, by name and in their order.

    Raises `ValueError`, in one line that names each place, where it holds something else, or a rule that can't be
    evaluated.
    """
    if not isinstance(content, dict) or set(content) != {"rules"} or not isinstance(content["rules"], list):
        raise ValueError("a rule file holds `rules`, a list of alert rules, and nothing else")
    rules: dict[str, AlertRule] = {}
    for number, mapping in enumerate(content["rules"]):
        try:
            rule = from_mapping(mapping, AlertRule)
        except ValueError as error:
            complaint = " ".join(str(error).split())  # it quotes keys as they are
            raise ValueError(f"rule {number + 1}: {complaint}") from None
        complaints = rule_complaints(rule)
        if complaints:
            raise ValueError("; ".join(complaints))
        if rule.name in rules:
            raise ValueError(f"two rules are called {rule.name!r}")
        rules[rule.name] = rule
    return rules
