"""A back-test reads a blind drill as any other once it is revealed, and not before."""

import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from chaos_pizza.gameday.commitment import commitment_of
from chaos_pizza.journal.chain import FIRST_HASH, write_line
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.recordings import LeftOut, read_recordings

sys.path.insert(0, str(Path(__file__).parents[1] / "journal"))

from blind_journal import DRAW, FIRST, RECORDS, sealed_lines, started_as


def folder_with(folder, lines):
    folder.mkdir()
    (folder / "journal.jsonl").write_bytes(b"".join(lines))
    return folder


def plain_lines(told):
    lines, previous = [], FIRST_HASH
    for record in told:
        line, previous = write_line(record.number, record.at, record.event, previous)
        lines.append(line)
    return lines


def shown(recording):
    """All that a recording holds, as something that can be compared."""
    with np.printoptions(threshold=sys.maxsize):
        return [(field.name, repr(getattr(recording, field.name))) for field in fields(recording)]


@pytest.mark.parametrize("fault", [FaultKind.FAIL, FaultKind.NONE])
def test_a_revealed_drill_is_the_recording_that_it_would_be_had_it_been_announced(fault, tmp_path):
    told, draw = started_as(RECORDS, fault=fault), replace(DRAW, fault=fault)
    blind = sealed_lines(told, first=replace(FIRST, commitment=commitment_of(draw)), draw=draw)
    (recorded,), none = read_recordings([folder_with(tmp_path / "drill", blind)])
    (plain,), _ = read_recordings([folder_with(tmp_path / "announced", plain_lines(told))])
    assert none == []
    assert shown(replace(plain, name="drill")) == shown(recorded)


@pytest.mark.parametrize("fault", [FaultKind.FAIL, FaultKind.NONE])
def test_a_sealed_drill_is_left_out_whatever_it_is(fault, tmp_path):
    folder = folder_with(tmp_path / "drill", sealed_lines(started_as(RECORDS, fault=fault), draw=None))
    assert read_recordings([folder]) == ([], [LeftOut("drill", "it is a blind drill's, sealed until its end")])


@pytest.mark.parametrize("fault", [FaultKind.FAIL, FaultKind.NONE])
def test_a_drill_with_a_line_that_does_not_open_is_left_out_as_a_whole(fault, tmp_path):
    told = started_as(RECORDS, fault=fault)
    lines = sealed_lines(told)
    lines[20:21] = sealed_lines(told, key=bytes(32))[20:21]
    (left_out,) = read_recordings([folder_with(tmp_path / "drill", lines)])[1]
    assert left_out.reason.startswith("line 21 of the journal doesn't fit")
