"""Journals of blind drills, told as tests like them."""

import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from chaos_pizza.gameday.commitment import commitment_of
from chaos_pizza.journal.chain import FIRST_HASH, write_line
from chaos_pizza.journal.reader import read_lines
from chaos_pizza.journal.sealing import Seal
from chaos_pizza.model.blind_event import BlindDrillStarted, Filler, Revealed
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.event import DrillEnded, DrillStarted, FaultInjected, Recorded
from chaos_pizza.model.settings import FaultKind

EXAMPLE = Path(__file__).parents[2] / "reports" / "examples" / "factory-fail" / "journal.jsonl"
RECORDS: list[Recorded] = list(read_lines(EXAMPLE.read_bytes().splitlines(keepends=True)).records)
"""A real drill of the incident, which passed."""
ASKED_AT: datetime = next(each.event.sent_at for each in RECORDS if isinstance(each.event, FaultInjected))
KEY = bytes(range(32))
DRAW = Draw("c0" * 32, 7, "experiments/factory-fail.yaml", FaultKind.FAIL, RECORDS[0].at, ASKED_AT, "5a" * 32)
FIRST = BlindDrillStarted("d1", "quarterly", "sandbox", "http://shop", "http://factory", commitment_of(DRAW), "0", "0")


def sealed_lines(
    told: Iterable[Recorded] = RECORDS,
    first: BlindDrillStarted = FIRST,
    draw: Draw | None = DRAW,
    key: bytes = KEY,
    revealed_key: str | None = None,
) -> list[bytes]:
    """The lines of a blind drill, revealed right before its end; of one that is not revealed, without its end."""
    seal, lines, previous = Seal(key), [], FIRST_HASH

    def write(event, at):
        nonlocal previous
        line, previous = write_line(len(lines), at, event, previous)
        lines.append(line)

    told = list(told)
    write(first, told[0].at)
    for record in told:
        if not isinstance(record.event, DrillEnded):
            write(seal.close(len(lines), record.event), record.at)
    if draw is not None:
        write(Revealed(draw, revealed_key or seal.key_text), told[-1].at)
        for record in told:
            if isinstance(record.event, DrillEnded):
                write(record.event, record.at)
    return lines


def with_fillers(told: Iterable[Recorded], places: set[int]) -> list[Recorded]:
    """The same drill with fillers behind these places."""
    found = []
    for record in told:
        found.append(record)
        if record.number in places:
            found.append(replace(record, event=Filler()))
    return found


def started_as(told: Iterable[Recorded], **changes: object) -> list[Recorded]:
    """The same drill, had it promised something else."""
    return [
        replace(each, event=replace(each.event, settings=replace(each.event.settings, **changes)))
        if isinstance(each.event, DrillStarted)
        else each
        for each in told
    ]


def fresh_draw(fault: FaultKind = FaultKind.FAIL) -> Draw:
    """A draw of a drill that begins now."""
    now = datetime.now(UTC)
    return Draw("c0" * 32, 7, "experiments/factory-fail.yaml", fault, now, now, secrets.token_hex(32))
