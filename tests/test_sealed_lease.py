"""A target is under a seal from a blind drill's lease on until it is revealed or calm is proven."""

from datetime import UTC, datetime

import pytest

from chaos_pizza.journal.chain import FIRST_HASH, write_line
from chaos_pizza.lease_file import remove_lease, write_lease
from chaos_pizza.model.blind_event import BlindDrillStarted, Revealed, Sealed
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.event import Aborted
from chaos_pizza.model.lease import Lease
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Secret
from chaos_pizza.sealed_lease import sealed_lease_on

AT = datetime(2026, 3, 2, 21, tzinfo=UTC)
DRAW = Draw("a" * 64, 7, "factory-fail.yaml", FaultKind.FAIL, AT, AT, "b" * 64)
STARTED = BlindDrillStarted(
    "2026-03-02T21-00-00Z-friday", "friday", "staging", "http://shop", "http://f", "c" * 64, "1", "2"
)


def journal_of(*events):
    lines, last_hash = b"", FIRST_HASH
    for number, event in enumerate(events):
        line, last_hash = write_line(number, AT, event, last_hash)
        lines += line
    return lines


BLIND = journal_of(STARTED, Sealed("Ym94"))
REVEALED = journal_of(STARTED, Sealed("Ym94"), Revealed(DRAW, "00" * 32))
OPEN = journal_of(Aborted(AT, "blind_drill_started"))


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    monkeypatch.setenv("PIZZA_STATE_DIR", str(tmp_path / "state"))


def target(factory_url="http://factory:4000"):
    return Target("staging", "http://shop:3000", factory_url, Secret("key"))


def leased(tmp_path, journal, factory_url="http://factory:4000"):
    folder = tmp_path / "2026-03-02T21-00-00Z-friday"
    folder.mkdir(exist_ok=True)
    (folder / "journal.jsonl").write_bytes(journal)
    now = datetime(2026, 3, 2, 21, tzinfo=UTC)
    lease = Lease(folder.name, str(folder), "staging", "http://shop:3000", factory_url, True, False, now, 1)
    write_lease(lease)
    return lease


def test_a_blind_drill_seals_its_factory_for_every_target_that_means_it(tmp_path):
    lease = leased(tmp_path, BLIND)
    assert sealed_lease_on(target()) == lease
    assert sealed_lease_on(target("http://FACTORY:4000/")) == lease
    assert sealed_lease_on(target("http://factory:4001")) is None


@pytest.mark.parametrize("journal", [REVEALED, OPEN])
def test_one_that_is_revealed_or_was_never_blind_seals_nothing(tmp_path, journal):
    leased(tmp_path, journal)
    assert sealed_lease_on(target()) is None


def test_once_calm_is_proven_nothing_is_sealed(tmp_path):
    remove_lease(leased(tmp_path, BLIND))
    assert sealed_lease_on(target()) is None
