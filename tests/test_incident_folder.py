"""Imported incidents on disk: kept whole or not at all, read back strictly, and the example as it is made."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaos_pizza.errors import UsageError
from chaos_pizza.incident.reading import read_report
from chaos_pizza.incident_folder import (
    SOURCE_NAME,
    UNDERSTOOD_NAME,
    discard_incident,
    find_same,
    keep_incident,
    list_incident_folders,
    read_incident,
    read_source,
    text_of,
)
from chaos_pizza.model.history import Origin
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.notes_file import NOTES_NAME, read_notes

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "reports" / "examples" / "2025-12-02T19-35-00Z-incident"
CONTENT = (EXAMPLE / SOURCE_NAME).read_bytes()
DENVER = ZoneInfo("America/Denver")
SHORT = "# 2025-12-02\n\n## Timeline\n\n- 19:35 UTC went down\n- 20:16 UTC restored\n"


def reading_of(text: str):
    return read_report(text, DENVER)


def test_the_example_is_what_the_import_makes_of_the_teams_report(tmp_path):
    """After a change of the import: `chaos-pizza import` of its incident.md, in an empty folder."""
    folder = keep_incident(tmp_path, CONTENT, reading_of(CONTENT.decode()), "0.1.0")
    assert folder.name == EXAMPLE.name
    assert sorted(path.name for path in folder.iterdir()) == [UNDERSTOOD_NAME, SOURCE_NAME, NOTES_NAME]
    for path in folder.iterdir():
        assert path.read_bytes() == (EXAMPLE / path.name).read_bytes(), path.name


def test_the_example_is_the_first_row_of_the_history():
    past = read_incident(EXAMPLE)
    assert (past.drill_id, past.origin, past.experiment) == (EXAMPLE.name, Origin.INCIDENT, "factory-fail")
    assert past.started_at == datetime(2025, 12, 2, 19, 35, tzinfo=UTC)
    assert past.measures == {
        MeasureName.TTD: Measure(600.0, 540.0, 660.0),
        MeasureName.TTM: Measure(2460.0, 2400.0, 2520.0),
    }
    assert (past.ended_by, past.diners_affected, past.tool_version) == (Actor.RESPONDER, 2, "0.1.0")


def test_the_notes_of_the_example_are_the_teams_words_and_its_claims():
    notes = read_notes(EXAMPLE)
    assert notes == reading_of(CONTENT.decode()).notes
    text = CONTENT.decode()
    for answer in (notes.detection, notes.impact, notes.response, notes.root_cause, notes.resolution, notes.prevention):
        for paragraph in answer.split("\n\n"):
            assert paragraph in text
    assert [item.claim for item in notes.action_items] == [
        "ttd_s(factory-fail) <= 90 and sight[failed-purchases] (factory-fail) = fired",
        "sight[revenue-down] (factory-fail) = fired",
        "success_ratio(backup-factory) >= 99 %",
    ]


def test_another_incident_of_the_same_second_gets_a_number(tmp_path):
    names = [
        keep_incident(tmp_path, text.encode(), reading_of(text), None).name
        for text in (SHORT, SHORT + "\nMore.\n", SHORT + "\nYet more.\n")
    ]
    assert names == [f"2025-12-02T19-35-00Z-incident{suffix}" for suffix in ("", "-2", "-3")]
    assert [read_incident(tmp_path / name).drill_id for name in names] == names
    assert [folder.name for folder in list_incident_folders(tmp_path)] == names


def test_the_same_report_is_found_whatever_its_folder_is_called(tmp_path):
    keep_incident(tmp_path, SHORT.encode(), reading_of(SHORT), None).rename(tmp_path / "elsewhere")
    assert find_same(tmp_path, SHORT.encode()) == tmp_path / "elsewhere"
    assert find_same(tmp_path, SHORT.encode() + b"\n") is None
    assert find_same(tmp_path / "nowhere", SHORT.encode()) is None


def test_an_incident_that_can_not_be_kept_leaves_nothing_behind(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(UsageError, match="can't be written to"):
        keep_incident(tmp_path / "file", SHORT.encode(), reading_of(SHORT), None)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_report_of_a_megabyte_fits_into_its_notes(tmp_path):
    # As many sections, items and owners as a report may have, each as long as it may be.
    sections = "".join(
        f"\n## {name}\n\n{'é' * 40_000}\n" for name in ("Impact", "Response", "Root cause", "Resolution")
    )
    items = "\n".join(f"- {'é' * 900} (owner: {'A' * 900})" for _ in range(200))
    text = f"{SHORT}{sections}\n## Action items\n\n{items}\n"
    assert 800_000 < len(text.encode()) <= 1_000_000
    notes = read_notes(keep_incident(tmp_path, text.encode(), reading_of(text), None))
    assert len(notes.action_items) == 200
    assert notes.action_items[0].owner == "A" * 99 + "…"


def test_a_section_beyond_all_measure_is_shortened_in_the_notes_and_whole_in_the_report(tmp_path):
    text = SHORT + "\n## Impact\n\n" + "é" * 30_000 + "\n"
    folder = keep_incident(tmp_path, text.encode(), reading_of(text), None)
    impact = read_notes(folder).impact
    assert impact.endswith("(The rest stands in incident.md.)")
    assert impact.startswith("é" * 10_000)
    assert (folder / SOURCE_NAME).read_text() == text


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(["no", "007", "12:30", "- a", "# b", "key: x", "'", '"', "|", "@x", "\t", "é", " ", ""]),
        max_size=9,
    )
    | st.lists(st.text(max_size=20), max_size=4)
)
def test_whatever_people_wrote_is_in_the_notes_that_are_read_back(tmp_path_factory, lines):
    text = "\n".join([SHORT, "## Impact", "", *lines, "", "## Action items", "", *(f"- do {line}" for line in lines)])
    reading = reading_of(text)
    reports = tmp_path_factory.mktemp("reports")
    folder = keep_incident(reports, text.encode("utf-8", "surrogatepass"), reading, None)
    read = read_notes(folder)
    assert read.impact == ((reading.notes.impact or "").strip() or None)
    assert [item.text for item in read.action_items] == [item.text for item in reading.notes.action_items]
    assert list(reports.iterdir()) == [folder]


def test_a_discarded_incident_is_gone(tmp_path):
    discard_incident(keep_incident(tmp_path, SHORT.encode(), reading_of(SHORT), None))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda _: "", "can't be read"),
        (lambda text: text[:-5], "can't be read"),
        (lambda text: text.replace('"form": 1', '"form": 2'), "its form is 2, and this version reads form 1"),
        (lambda _: "[" * 100_000, "can't be read"),
        (lambda _: "[]", "its form is None"),
        (lambda text: text.replace('"zone"', '"zones"'), "zone"),
        (lambda text: text.replace("540.0", '"540"'), "'540' is not a number"),
        (lambda text: text.replace("540.0", "NaN"), "NaN is no number"),
        (lambda text: text.replace("2025-12-02T20:17:00.000000Z", "2025-12-01T20:17:00.000000Z", 1), "can't end"),
        (lambda text: text.replace('"responder"', '"magician"'), "magician"),
    ],
)
def test_a_broken_document_is_one_clear_line(tmp_path, change, complaint):
    folder = tmp_path / "kept"
    shutil.copytree(EXAMPLE, folder)
    path = folder / UNDERSTOOD_NAME
    path.write_text(change(path.read_text()))
    with pytest.raises(UsageError, match=complaint) as refused:
        read_incident(folder)
    assert str(refused.value).startswith(f"{path} can't be read: ")
    assert "\n" not in str(refused.value)


def test_a_folder_without_its_document_is_no_incident(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / ".import-left").mkdir()
    (tmp_path / ".import-left" / UNDERSTOOD_NAME).write_text("{}")
    assert list_incident_folders(tmp_path) == []
    assert list_incident_folders(tmp_path / "nowhere") == []
    with pytest.raises(UsageError, match="No such file"):
        read_incident(tmp_path / "empty")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"\x7fELF\x00\x01", "it is no text"),
        (b"ok\nna\xefve", "line 2 is no text in UTF-8"),
        ("# Zwölf".encode("utf-16"), "line 1 is no text in UTF-8"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path, content, complaint):
    path = tmp_path / "file.md"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=complaint):
        text_of(path, read_source(path))


def test_a_file_beyond_a_megabyte_is_refused_without_reading_it_all(tmp_path):
    path = tmp_path / "huge.md"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(UsageError, match="is longer than 1 MB"):
        read_source(path)


@pytest.mark.parametrize("name", ["missing.md", "."])
def test_what_is_no_file_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match=r"there is no such file|it is no file"):
        read_source(tmp_path / name)


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path):
    path = tmp_path / "file.md"
    path.write_bytes("\ufeff# 2025".encode())
    assert text_of(path, read_source(path)) == "# 2025"


def test_the_document_is_plain_json():
    document = json.loads((EXAMPLE / UNDERSTOOD_NAME).read_text())
    assert document["form"] == 1
    assert document["incident"]["measures"]["ttd_s"] == {
        "value": 600.0, "earliest": 540.0, "latest": 660.0, "censored": False,
    }  # fmt: skip
