"""YAML files that people write, read with complaints that say where and quote nothing."""

from pathlib import Path
from typing import Any

import yaml

from chaos_pizza.errors import UsageError

_QUICK = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times as fast, where the library was built with it."""
_READ_OTHERWISE = ("\t", "\ufeff")
"""Tabs and byte order marks: the quick one takes some that the slow one refuses, and each machine is to do the same."""
_MISTAKES = (yaml.YAMLError, RecursionError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""The library's complaints, and what it fails by: 2026-13-45 looks like a date, `!!timestamp soon` says it is one."""


def read_yaml(path: Path, mistake: type[UsageError] = UsageError) -> Any:
    """Return what a YAML (or JSON) file holds, `None` where it is empty.

    Raises `FileNotFoundError` where there is none, and a `mistake` of one line where it can't be read.
    """
    try:
        return yaml_of(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise
    except UnicodeDecodeError:
        raise mistake(f"{path} can't be read: it is no text") from None
    except OSError as error:
        raise mistake(f"{path} can't be read: {error.strerror}") from None
    except _MISTAKES as error:
        raise mistake(f"{path} is not YAML: {_complaint(error)}") from None


def yaml_of(text: str) -> Any:
    """Return what a text of YAML holds, `None` where it is empty; raises what the library's own `safe_load` raises."""
    if any(each in text for each in _READ_OTHERWISE):
        return yaml.safe_load(text)
    try:
        return yaml.load(text, _QUICK)  # noqa: S506 - it is a safe one
    except yaml.YAMLError:
        # What is wrong is said in the words of the slow one, and what that one takes is taken.
        return yaml.safe_load(text)


def _complaint(error: Exception) -> str:
    # Never the library's whole text: it quotes the line, which may hold what stands there by mistake.
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        mark = error.problem_mark
        return f"{error.problem} in line {mark.line + 1}, column {mark.column + 1}"
    return "it holds what YAML does not allow"
