"""A file of alert rules, as commands read it."""

from pathlib import Path

from chaos_pizza.alerting.shipped import read_rules, shipped_rules
from chaos_pizza.errors import UsageError
from chaos_pizza.model.alert import AlertRule
from chaos_pizza.yaml_file import read_yaml


def rules_in(path: Path | None) -> dict[str, AlertRule]:
    """Return the rules of a rule file by name, or the shipped ones without a path.

    Raises `UsageError`, in one line that names the file and the place, where they can't be had.
    """
    if path is None:
        return shipped_rules()
    try:
        return read_rules(read_yaml(path))
    except FileNotFoundError:
        raise UsageError(f"there is no rule file {path}") from None
    except ValueError as error:
        raise UsageError(f"rule file {path}: {error}") from None
