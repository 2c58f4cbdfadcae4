"""`chaos-pizza.yaml`: a team's targets, where their reports and their history go, and who is told of a drill."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from chaos_pizza.errors import TargetError, UsageError
from chaos_pizza.model.target import SECRETS, VARIABLES, Target
from chaos_pizza.safety.allowance import ListedTarget
from chaos_pizza.safety.window import Window
from chaos_pizza.yaml_file import read_yaml

DEFAULT_NAME = "chaos-pizza.yaml"
_TIMES = ("windows", "quiet_hours")
_TARGET_KEYS = {
    *(key if key not in SECRETS else f"{key}_env" for key in VARIABLES),
    *("alerting", "allowed", *_TIMES),
}
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,60}")


@dataclass(frozen=True, slots=True)
class TeamConfiguration:
    """What the team's file says; empty where there is none. `targets` holds the file's own mappings.

    `listed` says which of them may be drilled, and when. `history` is a database's URL, `None` for `history.db` in
    `reports`. `publish` holds the file's own mapping of the team's tools that are told of each drill.
    """

    path: Path
    targets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    reports: Path = Path("reports")
    listed: tuple[ListedTarget, ...] = ()
    history: str | None = None
    publish: Mapping[str, Any] = field(default_factory=dict)

    def target(self, name: str, environment: Mapping[str, str] = os.environ) -> Target:
        """Return a target by name; `env` is what the `PIZZA_…` variables describe.

        Secrets are looked up in the variables of the environment that the file names. Raises `TargetError`.
        """
        if name == "env":
            return Target.of_environment(name, environment)
        described = self._described(name)
        values = {key: value for key, value in described.items() if key in VARIABLES}
        for key in SECRETS:
            variable = described.get(f"{key}_env")
            if variable is not None:
                values[key] = self._looked_up(name, key, variable, environment)
        return Target.of_fields(name, {key: str(value) for key, value in values.items() if value is not None})

    def alerting(self, name: str | None) -> dict[str, Any]:
        """Return what the file says of a target's alerting, to replace what an experiment says; empty without."""
        described = self.targets.get(name or "", {})
        return dict(described.get("alerting") or {})

    def _described(self, name: str) -> Mapping[str, Any]:
        if name not in self.targets:
            known = ", ".join(["env", *self.targets])
            raise TargetError(f"there is no target {name!r}; known are {known} (targets stand in {self.path})")
        return self.targets[name]

    def _looked_up(self, name: str, key: str, variable: Any, environment: Mapping[str, str]) -> str:
        if not isinstance(variable, str) or variable not in environment:
            # Whoever wrote the secret itself where its variable belongs is not to read it on the screen.
            named = f" {variable}" if isinstance(variable, str) and _VARIABLE.fullmatch(variable) else ""
            raise TargetError(
                f"target {name!r} in {self.path}: its {key.replace('_', ' ')} is to be in the environment variable"
                f"{named} that {key}_env names, which is not set"
            )
        return environment[variable]


def read_configuration(path: Path | None) -> TeamConfiguration:
    """Return what a file says, by default `chaos-pizza.yaml` in this folder, which need not be there.

    Raises `UsageError`, in one line, where the file can't be read or says something that isn't understood.
    """
    chosen = path or Path(DEFAULT_NAME)
    try:
        content = read_yaml(chosen)
    except FileNotFoundError:
        if path is None:
            return TeamConfiguration(chosen)
        raise UsageError(f"there is no configuration {chosen}") from None
    return configuration_of(chosen, content if content is not None else {})


def configuration_of(path: Path, content: Any) -> TeamConfiguration:
    """Return what a file's content says; `path` is what complaints call it. Raises `UsageError` as above."""
    if not isinstance(content, dict) or not set(content) <= {"targets", "reports", "history", "publish"}:
        raise UsageError(f"{path} may hold `targets`, `reports`, `history` and `publish`, and nothing else")
    targets = _targets(path, content.get("targets") or {})
    reports = content.get("reports", "reports")
    if not isinstance(reports, str):
        raise UsageError(f"{path}: `reports` is to be a folder's path")
    history, publish = content.get("history"), content.get("publish") or {}
    if not isinstance(history, str | None):
        raise UsageError(f"{path}: `history` is to be a database's URL, such as postgresql://host/chaos_pizza")
    if not isinstance(publish, dict):
        raise UsageError(f"{path}: `publish` is to be a mapping of the tools that are told of a drill")
    listed = tuple(_listed(path, name, target) for name, target in targets.items())
    return TeamConfiguration(path, targets, Path(reports), listed, history, publish)


def _targets(path: Path, targets: Any) -> dict[str, dict[str, Any]]:
    """Return the file's targets as they stand there; `UsageError` where one holds what no target has."""
    if not isinstance(targets, dict):
        raise UsageError(f"{path}: `targets` is to be a mapping of names to targets")
    for name, target in targets.items():
        if not isinstance(name, str):
            raise UsageError(f"{path}: a target's name is to be a text, not {name!r}")
        if not isinstance(target, dict):
            raise UsageError(f"{path}: target {name!r} is to be a mapping")
        if not isinstance(target.get("alerting") or {}, dict):
            raise UsageError(f"{path}: target {name!r}: `alerting` is to be a mapping")
        unknown = sorted(map(str, set(target) - _TARGET_KEYS))
        if unknown:
            hint = (
                " (a secret never stands in this file, only the name of its variable)"
                if set(unknown) & set(SECRETS)
                else ""
            )
            hint += _meant(unknown[0])
            raise UsageError(
                f"{path}: target {name!r} has no {unknown[0]!r}{hint}; it has {', '.join(sorted(_TARGET_KEYS))}"
            )
    return targets


def _meant(unknown: str) -> str:
    near = get_close_matches(unknown[:80], _TARGET_KEYS, 1) if unknown not in SECRETS else []
    return f"; did you mean {near[0]}?" if near else ""


def _listed(path: Path, name: str, target: Mapping[str, Any]) -> ListedTarget:
    """Return whether and when a target may be drilled; `UsageError` where that is not understood."""
    allowed = target.get("allowed", False)
    if not isinstance(allowed, bool):
        raise UsageError(f"{path}: target {name!r}: `allowed` is to be true or false")
    shop_url, factory_url = (str(target.get(key) or "").strip() for key in ("shop_url", "factory_url"))
    windows, quiet_hours = (_windows(path, name, target, key) for key in _TIMES)
    return ListedTarget(name, shop_url, factory_url, allowed, windows, quiet_hours)


def _windows(path: Path, name: str, target: Mapping[str, Any], key: str) -> tuple[Window, ...]:
    texts = target.get(key) or []
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise UsageError(
            f'{path}: target {name!r}: `{key}` is to be a list of texts such as "Mon-Fri 14:00-16:00 America/Denver"'
        )
    try:
        return tuple(Window.parse(text) for text in texts)
    except UsageError as error:
        raise UsageError(f"{path}: target {name!r}: `{key}`: {error}") from None
