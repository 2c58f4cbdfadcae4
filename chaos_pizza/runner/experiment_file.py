"""An experiment file, read and checked before anything is started."""

import os
from pathlib import Path
from typing import Any

from chaoslib import substitute
from chaoslib.configuration import load_configuration
from chaoslib.exceptions import ChaosException
from chaoslib.experiment import ensure_experiment_is_valid

from chaos_pizza.errors import ExperimentError
from chaos_pizza.experiment.declaration import Declaration, read_declaration
from chaos_pizza.yaml_file import read_yaml

_PLACEHOLDER = "unset"


def read_experiment(path: Path) -> dict[str, Any]:
    """Return the experiment in a YAML or JSON file, valid for the Chaos Toolkit.

    Raises `ExperimentError`, in one line, where there is no such file or it holds no valid experiment.
    """
    try:
        experiment = read_yaml(path, ExperimentError)
    except FileNotFoundError:
        is_begun = Path("experiments").is_dir()
        hint = "those at hand are in experiments/" if is_begun else "`chaos-pizza init` writes out some to begin with"
        raise ExperimentError(f"there is no experiment {path}; {hint}") from None
    if not isinstance(experiment, dict):
        raise ExperimentError(f"{path} holds no experiment, but a {type(experiment).__name__}")
    try:
        # Its variables are filled in from the target later; here they need not be set.
        ensure_experiment_is_valid({**experiment, "configuration": {}, "secrets": {}})
    except ChaosException as error:
        raise ExperimentError(f"{path} is no valid experiment: {' '.join(str(error).split())}") from None
    return experiment


def declaration_of(experiment: dict[str, Any], path: Path, alerting: dict[str, Any] | None = None) -> Declaration:
    """Return what the experiment declares of its drill, its variables filled in from the environment.

    `alerting` replaces what the experiment says of detection, key by key. Raises `ExperimentError`.
    """
    configuration = experiment.get("configuration") or {}
    # Which target it is held on is not known yet, and no concern of the declaration.
    unset = {
        key: _PLACEHOLDER
        for key, value in configuration.items()
        if isinstance(value, dict)
        and value.get("type") == "env"
        and value.get("key") not in os.environ
        and "default" not in value
    }
    try:
        filled = load_configuration(configuration, unset)
    except ValueError as error:
        raise ExperimentError(f"{path}: a variable of its configuration is not what it is to be: {error}") from None
    extensions = substitute(experiment.get("extensions") or [], filled, None)
    try:
        return read_declaration({**experiment, "extensions": extensions}, alerting)
    except ExperimentError as error:
        raise ExperimentError(f"{path}: {error}") from None
