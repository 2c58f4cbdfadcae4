"""What a sandbox of several shops leaves for `chaos-pizza fleet`: a fleet's file, and its secrets beside it."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from chaos_pizza.errors import UsageError

FLEET_NAME, SECRETS_NAME = "fleet.yaml", "fleet.env"
_EXPERIMENT = Path("experiments/factory-fail.yaml")
_SHIPPED = Path(__file__).resolve().parents[1] / "shipped"
_MOST_AT_A_TIME = 20


def write_fleet(folder: Path, environments: Mapping[str, Mapping[str, str]]) -> Path:
    """Write a fleet's file over a sandbox's shops, whose `PIZZA_*` variables are given by name, and return it.

    The vendors' keys go to a file of their own, for its owner alone. What an earlier sandbox left there is replaced.
    Raises `UsageError` where they can't be written.
    """
    secrets = [f"{_variable(name)}={each['PIZZA_VENDOR_KEY']}" for name, each in environments.items()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / SECRETS_NAME, "\n".join(secrets) + "\n", 0o600)
        _write(folder / FLEET_NAME, _fleet(folder, environments), 0o644)
    except OSError as error:
        raise UsageError(f"the fleet can't be written to {folder}: {error.strerror}; choose another --fleet") from None
    return folder / FLEET_NAME


def shipped_experiment() -> Path | None:
    """Return the experiment that a sandbox's fleet is drilled by: this folder's, or the program's own.

    `None` where there is neither, as where the program itself is packed into one file.
    """
    both = (_EXPERIMENT.resolve(), (_SHIPPED / _EXPERIMENT).resolve())
    return next((path for path in both if path.is_file()), None)


def _experiment_from(folder: Path) -> str:
    """Return the path of the experiment as the fleet's file names it: one that is there, wherever that file lies."""
    found = shipped_experiment()
    if found is None:
        return _EXPERIMENT.name
    here = Path.cwd()
    if found.is_relative_to(here) and folder.resolve().is_relative_to(here):
        return os.path.relpath(found, folder.resolve())
    return str(found)


def _fleet(folder: Path, environments: Mapping[str, Mapping[str, str]]) -> str:
    first = next(iter(environments.values()))
    lines = [
        f"# The {len(environments)} shops of a sandbox, for as long as it is open.",
        # As JSON, which is YAML too: a folder's name may hold anything.
        f"experiment: {json.dumps(_experiment_from(folder), ensure_ascii=False)}",
        f"at_a_time: {min(len(environments), _MOST_AT_A_TIME)}",
        f"env_file: {SECRETS_NAME}",
        "defaults:",
        f"  factory_url: {first['PIZZA_FACTORY_URL']}",
        '  vendor_key_env: "{NAME}_VENDOR_KEY"',
        "shops:",
    ]
    for name, each in environments.items():
        urls = f"shop_url: {each['PIZZA_SHOP_URL']}, metrics_url: {each['PIZZA_METRICS_URL']}"
        lines.append(f"  - {{name: {name}, {urls}}}")
    return "\n".join(lines) + "\n"


def _variable(name: str) -> str:
    return f"{name.upper().replace('-', '_')}_VENDOR_KEY"


def _write(path: Path, text: str, mode: int) -> None:
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    with open(draft, "x", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(text)
    draft.replace(path)
