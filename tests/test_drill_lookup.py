"""The drill that somebody means, however they name it."""

from datetime import UTC, datetime, timedelta

import pytest

from chaos_pizza.drill_lookup import find_drill_folder
from chaos_pizza.errors import UsageError
from chaos_pizza.folder import create_drill_folder
from chaos_pizza.journal.file import JOURNAL_NAME

AT = datetime(2026, 11, 24, 20, 5, 9, tzinfo=UTC)


def drill(reports, name, at=AT):
    """A drill's folder, as far as it takes to find it."""
    folder = create_drill_folder(reports, at, name)
    (folder / JOURNAL_NAME).touch()
    return folder


def test_a_drill_is_found_by_id_by_path_and_as_the_latest(tmp_path):
    reports = tmp_path / "reports"
    later = drill(reports, "a-later-one", AT + timedelta(seconds=1))
    first = drill(reports, "first")
    assert find_drill_folder(reports, "latest") == later
    assert find_drill_folder(reports, first.name) == first
    assert find_drill_folder(tmp_path / "elsewhere", str(first)) == first


def test_what_holds_no_journal_is_no_drill(tmp_path):
    reports = tmp_path / "reports"
    with pytest.raises(UsageError, match=r"there is no drill in .* yet"):
        find_drill_folder(reports, "latest")
    create_drill_folder(reports, AT, "torn")
    (reports / "README.md").touch()
    for name in ("2026-11-24T20-05-09Z-torn", "README.md", "nothing", "\0"):
        with pytest.raises(UsageError, match="there is no drill"):
            find_drill_folder(reports, name)


def test_an_imported_incident_is_told_from_a_drill(tmp_path):
    folder = tmp_path / "2025-12-02T19-35-00Z-incident"
    folder.mkdir()
    (folder / "incident.json").touch()
    for name in (folder.name, str(folder)):
        with pytest.raises(UsageError, match=r"is an imported incident, no drill: edit its notes.yaml by hand, then"):
            find_drill_folder(tmp_path, name)
