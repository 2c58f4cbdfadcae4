"""The file that node_exporter reads."""

import os

import pytest

from chaos_pizza.errors import UsageError
from chaos_pizza.publishing.textfile import write_textfile


def test_a_file_is_for_everybody_to_read_whatever_the_mask(tmp_path):
    before = os.umask(0o077)
    try:
        write_textfile(tmp_path, "a.prom", "x 1\n")
    finally:
        os.umask(before)
    assert (tmp_path / "a.prom").stat().st_mode & 0o777 == 0o644


def test_a_file_is_replaced_and_the_others_stay(tmp_path):
    for name in ("a.prom", "b.prom"):
        write_textfile(tmp_path, name, "x 1\n")
    write_textfile(tmp_path, "a.prom", "x 2\n")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.prom": "x 2\n", "b.prom": "x 1\n"}


def test_a_folder_that_is_not_there_is_a_complaint_and_is_not_made(tmp_path):
    with pytest.raises(UsageError, match=r"missing/a\.prom can't be written: No such file or directory"):
        write_textfile(tmp_path / "missing", "a.prom", "x 1\n")
    assert list(tmp_path.iterdir()) == []


def test_what_can_not_be_replaced_leaves_no_draft_behind(tmp_path):
    (tmp_path / "a.prom").mkdir()
    with pytest.raises(UsageError, match="can't be written: Is a directory"):
        write_textfile(tmp_path, "a.prom", "x 1\n")
    assert [path.name for path in tmp_path.iterdir()] == ["a.prom"]


def test_a_name_that_no_disk_takes_is_a_complaint(tmp_path):
    with pytest.raises(UsageError, match="can't be written: File name too long"):
        write_textfile(tmp_path, "a" * 300, "x 1\n")
