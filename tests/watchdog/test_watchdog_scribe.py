"""What of the watchdog's looks at calm is worth a line, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.journal.file import JournalWriter, read_journal
from chaos_pizza.journal.sealing import Seal
from chaos_pizza.model.blind_event import BlindDrillStarted, Revealed
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.event import CalmChecked, DrillResumed, WatchdogTookOver
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.watchdog.scribe import Scribe

ENOUGH_S = 60.0
BEGUN_AT = datetime(2026, 11, 25, 14, 5, tzinfo=UTC)
KEY = bytes(range(32))
REVEAL = Revealed(Draw("c0" * 32, 7, "fail.yaml", FaultKind.FAIL, BEGUN_AT, BEGUN_AT, "5a" * 32), KEY.hex())
TAKEN_OVER = WatchdogTookOver(BEGUN_AT, "it ended without proving calm")


def look(second, is_calm, text=""):
    at = BEGUN_AT + timedelta(seconds=second)
    return CalmChecked(at, at, is_calm, True if is_calm else None, text)


LOOKS = [look(1, False, "still on"), look(2, False, "still on"), look(3, None, "out of reach"), look(4, True)]


def written(folder, reveal):
    """What stands in a blind drill's journal after its beginning, once the scribe has been told of all looks."""
    writer = JournalWriter(folder, AnchoredClock(), seal=Seal(KEY))
    writer.record(BlindDrillStarted("d1", "quarterly", "sandbox", "http://shop", "http://factory", "0", "0", "0"))
    writer.record(DrillResumed(BEGUN_AT))
    writer.close()
    scribe = Scribe(folder, AnchoredClock(), reveal)
    for event in [TAKEN_OVER, *LOOKS]:
        scribe.tell(event)
    scribe.conclude()
    assert scribe.is_done_within(ENOUGH_S)
    return [record.event for record in read_journal(folder, Seal(KEY)).records][2:]


def test_a_look_that_shows_what_the_one_before_did_is_not_written(tmp_path):
    assert written(tmp_path, REVEAL) == [TAKEN_OVER, LOOKS[0], LOOKS[2], LOOKS[3], REVEAL]


def test_of_a_blind_drill_whose_key_it_has_not_only_the_last_look_is_written(tmp_path):
    assert written(tmp_path, None) == [TAKEN_OVER, LOOKS[3]]


@pytest.mark.parametrize("reveal", [REVEAL, None])
def test_without_a_journal_nothing_is_made_up(tmp_path, reveal):
    scribe = Scribe(tmp_path, AnchoredClock(), reveal)
    scribe.tell(TAKEN_OVER)
    scribe.conclude()
    assert scribe.is_done_within(ENOUGH_S)
    assert list(tmp_path.iterdir()) == []
