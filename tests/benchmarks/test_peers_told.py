"""What the peers say of a fault, and how far that is from what the sandbox knows."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from peers import errors_ms_of
from peers_programs import CHAOS_RUN, K6, OURS
from peers_sandbox import Asked, Fault, PeerSandbox

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.journal.file import JournalWriter
from chaos_pizza.model.event import DrillStarted, PurchasesObserved
from chaos_pizza.model.purchase import Evidence, Outcome, Sample
from chaos_pizza.model.settings import DrillSettings, FaultKind

EPOCH = datetime(2026, 11, 1, 12, tzinfo=UTC)
FAULTS = [Fault(EPOCH + timedelta(seconds=each), EPOCH + timedelta(seconds=each + 1)) for each in (10, 20)]


def at(*seconds):
    return [EPOCH + timedelta(seconds=each) for each in seconds]


ASKED = [Asked(fault.began_at - timedelta(seconds=0.2), fault.began_at - timedelta(seconds=0.1)) for fault in FAULTS]


def test_the_first_word_of_each_fault_counts_however_often_it_is_said():
    assert errors_ms_of(at(10.25, 10.5, 20.75, 20.8), ASKED, FAULTS) == pytest.approx([250, 750])


def test_what_is_said_too_soon_is_an_error_as_well():
    assert errors_ms_of(at(9.9, 20.5), ASKED, FAULTS) == pytest.approx([100, 500])


def test_a_word_that_comes_after_the_fault_is_a_large_error_and_none_at_all_is_a_fault_missed():
    assert errors_ms_of(at(15), ASKED, FAULTS) == pytest.approx([5000])
    assert errors_ms_of(at(9, 19.7, 30), ASKED, FAULTS) == pytest.approx([9700, 10000])
    assert errors_ms_of([], ASKED, FAULTS) == []


def test_a_peer_that_writes_lines_tells_an_instant_a_line(tmp_path):
    assert K6.seen(tmp_path, []) == []
    (tmp_path / "told").write_text("1793534400.5\n1793534401\n")
    assert K6.seen(tmp_path, []) == at(0.5, 1)


def test_a_hypothesis_tells_of_each_check_that_did_not_hold(tmp_path):
    checks = [(True, "12:00:01"), (False, "12:00:02.500000"), (None, "12:00:03"), (False, "12:00:04")]
    during = [{"steady_state_met": met, "probes": [{"end": f"2026-11-01T{end}"}]} for met, end in checks]
    (tmp_path / "journal.json").write_text(json.dumps({"steady_states": {"during": [*during, None]}}))
    assert CHAOS_RUN.seen(tmp_path, []) == at(2.5, 4)


def test_ours_tells_the_middle_between_the_last_good_purchase_and_the_first_that_failed(tmp_path):
    journal = JournalWriter(tmp_path, AnchoredClock())
    settings = DrillSettings(fault=FaultKind.FAIL)
    journal.record(DrillStarted("d", "e", "t", "sandbox", "http://s", "http://f", settings, "0", "0"), EPOCH)
    samples = []
    for number in range(300):
        sent_at = EPOCH + timedelta(seconds=number / 10)
        good = not any(fault.began_at <= sent_at < fault.ended_at for fault in FAULTS)
        judged = (Outcome.OK, 200, None) if good else (Outcome.FAILED, 500, Evidence.LINK)
        samples.append(Sample(number, 0, sent_at, sent_at, sent_at + timedelta(seconds=0.02), *judged, 0.01))
    journal.record(PurchasesObserved(tuple(samples)), EPOCH + timedelta(seconds=30))
    journal.close()
    asked = [Asked(fault.began_at - timedelta(seconds=2), fault.began_at - timedelta(seconds=1)) for fault in FAULTS]
    # Good ones are sent 0.1 s before each fault; the first that fails is answered 0.02 s after it.
    assert OURS.seen(tmp_path, asked) == at(9.96, 19.96)


def test_a_sandbox_tells_what_came_and_what_broke(tmp_path):
    log = tmp_path / "sandbox.jsonl"
    lines = [
        {"at": "2026-11-01T12:00:02Z", "event": "chaos_began"},
        {"at": "2026-11-01T12:00:01Z", "event": "purchase", "outcome": "ok", "received_at": "2026-11-01T12:00:00.5Z"},
        {"at": "2026-11-01T12:00:03Z", "event": "purchase", "outcome": "failed", "received_at": "2026-11-01T12:00:00Z"},
        {"at": "2026-11-01T12:00:04Z", "event": "chaos_ended"},
    ]
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    sandbox = PeerSandbox({}, log, 0)
    assert sandbox.arrivals() == [(EPOCH, False), (EPOCH + timedelta(seconds=0.5), True)]
    assert sandbox.faults() == [Fault(*at(2, 4))]
