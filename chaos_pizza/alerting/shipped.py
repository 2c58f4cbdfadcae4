"""The alert rules that come with the package."""

from importlib import resources

import yaml

from chaos_pizza.model.alert import AlertRule
from chaos_pizza.model.conversion import from_mapping


def shipped_rules() -> dict[str, AlertRule]:
    """Return the rules that come with the package, by name, in the order of `shipped_rules.yaml`."""
    text = resources.files(__package__).joinpath("shipped_rules.yaml").read_text(encoding="utf-8")
    return {name: from_mapping(mapping, AlertRule) for name, mapping in yaml.safe_load(text).items()}
