"""What a blind drill shows of itself while it is under way: its lease, its folder's name, and lines of nothing."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.experiment.declaration import Declaration
from chaos_pizza.gameday.commitment import commitment_of
from chaos_pizza.journal.file import JournalWriter, read_journal
from chaos_pizza.live.beginning import first_events
from chaos_pizza.live.blinding import Blinding
from chaos_pizza.live.commission import Blind, Commission, lease_of
from chaos_pizza.live.fillers import Fillers
from chaos_pizza.model.blind_event import BlindDrillStarted, Filler, Revealed
from chaos_pizza.model.conversion import to_mapping
from chaos_pizza.model.event import DrillStarted
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor

sys.path.insert(0, str(Path(__file__).parents[1] / "journal"))

from blind_journal import DRAW, KEY, fresh_draw

FIELDS = {"shop_url": "http://shop", "factory_url": "http://factory", "vendor_key": "vk"}
ADMIN = {"admin_email": "a@shop", "admin_password": "pw"}
BLIND = Blind("quarterly", DRAW, KEY, commitment_of(DRAW))


def commission(fault, blind=BLIND, **fields):
    declaration = Declaration(f"experiment-{fault.value}", f"Breaks {fault.value}", DrillSettings(fault))
    return Commission(declaration, Target.of_fields("staging", {**FIELDS, **fields}), Path("reports"), blind=blind)


def lease_for(fault, **more):
    folder = Path("/reports/2026-11-24T20-00-00Z-quarterly")
    return to_mapping(lease_of(commission(fault, **more), folder, DRAW.opens_at))


def test_the_lease_of_a_blind_drill_is_the_same_for_every_kind_of_fault():
    with_admin = [lease_for(fault, **ADMIN) for fault in FaultKind]
    assert with_admin == [{**with_admin[0], "shop_too": True}] * len(FaultKind)


def test_the_lease_of_an_announced_drill_says_whether_the_shop_has_to_be_mended():
    told = {fault: lease_for(fault, blind=None, **ADMIN)["shop_too"] for fault in FaultKind}
    assert told == {fault: fault is FaultKind.SHOP_CHAOS for fault in FaultKind}


def test_without_the_shops_admin_no_blind_drill_would_have_to_mend_the_shop():
    assert lease_for(FaultKind.FAIL)["shop_too"] is False


@pytest.mark.parametrize(
    ("plan", "slug"), [("quarterly", "quarterly"), ("../Q3: Game Day!", "q3-game-day"), ("☃", "gameday")]
)
def test_a_blind_drills_folder_is_called_by_its_plan(plan, slug):
    blind = Blind(plan, DRAW, KEY, commitment_of(DRAW))
    assert commission(FaultKind.FAIL, blind=blind).slug == slug
    assert commission(FaultKind.FAIL, blind=None).slug == "experiment-fail"


def test_a_journal_begins_with_what_everybody_may_read_and_then_with_the_drill_unannounced():
    first, second = first_events(commission(FaultKind.FAIL), "d1", 3, Redactor())
    assert first == BlindDrillStarted(
        "d1", "quarterly", "staging", "http://shop", "http://factory", commitment_of(DRAW),
        second.tool_version, second.toolkit_version,
    )  # fmt: skip
    assert isinstance(second, DrillStarted)
    assert (second.settings.announced, second.settings.traffic.diners) == (False, 3)


def test_an_announced_drill_begins_as_ever():
    (only,) = first_events(commission(FaultKind.FAIL, blind=None), "d1", 3, Redactor())
    assert (only.experiment, only.settings.announced) == ("experiment-fail", True)


def test_a_blind_shows_no_key():
    assert KEY.hex() not in repr(BLIND)
    assert str(KEY) not in repr(BLIND)


def test_fillers_come_in_the_beginning_and_end_when_they_are_told_to():
    heard = []

    async def play():
        enough = asyncio.Event()

        def record(event):
            heard.append(event)
            if len(heard) == 10:
                enough.set()

        fillers = Fillers(record)
        await fillers.start()
        await enough.wait()
        await fillers.stop()
        await fillers.stop()
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(play()) == set()
    assert {type(each) for each in heard} == {Filler}


def test_a_reveal_that_can_not_be_written_is_told_of(tmp_path):
    complaints = []
    blinding = Blinding(BLIND, lambda _: None, complaints.append)
    journal = JournalWriter(tmp_path, AnchoredClock(), seal=blinding.seal)
    journal.close()
    blinding.reveal(journal)
    assert complaints == [f"the journal {tmp_path / 'journal.jsonl'} is closed"]


def test_what_is_not_blind_is_neither_sealed_nor_filled_nor_revealed(tmp_path):
    blinding = Blinding(None, lambda _: pytest.fail("nothing is to be written"), pytest.fail)
    journal = JournalWriter(tmp_path, AnchoredClock(), seal=blinding.seal)
    asyncio.run(blinding.start())
    asyncio.run(blinding.stop())
    blinding.reveal(journal)
    journal.close()
    assert len(read_journal(tmp_path).records) == 0


def test_a_reveal_is_the_last_line_but_for_what_follows_in_the_clear(tmp_path):
    draw = fresh_draw()
    blinding = Blinding(Blind("q", draw, KEY, commitment_of(draw)), lambda _: None, pytest.fail)
    journal = JournalWriter(tmp_path, AnchoredClock(), seal=blinding.seal)
    for event in first_events(commission(FaultKind.FAIL), "d1", 1, Redactor()):
        journal.record(event, at=draw.opens_at + timedelta(seconds=1))
    blinding.reveal(journal)
    journal.close()
    assert read_journal(tmp_path).records[-1].event == Revealed(draw, KEY.hex())
