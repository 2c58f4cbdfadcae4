"""Tables that tests want to show in the end, from whichever worker they ran in."""

from typing import Any

import pytest
from hypothesis import settings

# A slow machine is no reason for a red build.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

_TABLES = "tables"


def pytest_configure(config: pytest.Config) -> None:
    """Give every test `request.config.stash_table(title, lines)`."""
    shown: list[tuple[str, list[str]]] = []
    config.shown_tables = shown  # type: ignore[attr-defined]

    def stash_table(title: str, lines: list[str]) -> None:
        shown.append((title, lines))
        if hasattr(config, "workeroutput"):
            config.workeroutput[_TABLES] = shown

    config.stash_table = stash_table  # type: ignore[attr-defined]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: Any) -> None:
    """Take over the tables of a worker that has ended."""
    node.config.shown_tables.extend(getattr(node, "workeroutput", {}).get(_TABLES, []))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print all tables after the results."""
    for title, lines in config.shown_tables:  # type: ignore[attr-defined]
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.write_line(line)
