"""A place for a history, in SQLite and in a real PostgreSQL."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from real_postgresql import running_postgresql


@dataclass(frozen=True)
class Kept:
    """What `open_history` is called with."""

    url: str | None
    reports: Path


@pytest.fixture(scope="session")
def postgresql():
    with running_postgresql() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request, tmp_path):
    """An empty history in each kind of database."""
    if request.param == "sqlite":
        return Kept(None, tmp_path / "reports")
    server = request.getfixturevalue("postgresql")
    return Kept(server.url(server.emptied_database()), tmp_path / "reports")
