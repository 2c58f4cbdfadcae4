"""The lock of a target: one drill at a time, and nothing left of one that died."""

import json
import os
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chaos_pizza.errors import UsageError
from chaos_pizza.lock import lock_path, target_lock
from chaos_pizza.model.target import Target

SINCE = datetime(2026, 11, 24, 19, 30, 1, tzinfo=UTC)
KEY = "k3y-of-the-vendor"
FIELDS = {"shop_url": "http://127.0.0.1:3000", "factory_url": "http://127.0.0.1:4000", "vendor_key": KEY}
HOLDER = """
import sys
from datetime import UTC, datetime
from test_lock import SINCE, target
from chaos_pizza.lock import target_lock
with target_lock(target(), "the first drill", SINCE):
    print("held", flush=True)
    sys.stdin.read()
"""


def target(name="env", **changes):
    return Target.of_fields(name, {**FIELDS, **changes})


@pytest.fixture(autouse=True)
def own_state(monkeypatch, tmp_path):
    monkeypatch.setenv("PIZZA_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def holder():
    """Another process that holds the lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parent
    ) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def refusal_of(wanted):
    with pytest.raises(UsageError) as refusal, target_lock(wanted, "the second drill", SINCE):
        pass
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_a_second_drill_is_refused_and_told_of_the_first(holder):
    assert refusal_of(target(name="staging")) == (
        f"target 'staging' is being drilled already, by the first drill (process {holder.pid}, since 2026-11-24 "
        "19:30:01 UTC); wait for that drill's end"
    )


def test_the_second_one_leaves_the_first_one_its_lock(holder):
    refusal_of(target())
    assert "by the first drill" in refusal_of(target())


def test_within_one_process_a_target_is_locked_too():
    with target_lock(target(), "the first drill", SINCE):
        assert f"(process {os.getpid()}, " in refusal_of(target())


def test_a_killed_drill_holds_nothing(holder, own_state):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert list(own_state.rglob("*.json")), "its note is still there"
    with target_lock(target(), "the second drill", SINCE):
        assert "by the second drill" in refusal_of(target())


def test_a_drill_that_ended_holds_nothing(holder, own_state):
    holder.communicate()
    assert list(own_state.rglob("*.json")) == []
    with target_lock(target(), "the second drill", SINCE):
        pass


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_a_drill_that_failed_holds_nothing(failure):
    with pytest.raises(failure), target_lock(target(), "the first drill", SINCE):
        raise failure
    with target_lock(target(), "the second drill", SINCE):
        pass


@pytest.mark.parametrize(
    "note",
    [b"", b"{", b"[]", b"5", b'{"drill": "x"}', b'{"drill": "x", "pid": "many", "since": ""}', b"\xff" * 9000,
     b'{"drill": "x", "pid": 0, "since": ""}', b'{"drill": "x", "pid": %d, "since": ""}' % 10**40,
     b'{"drill": "x", "pid": null, "since": ""}'],
)  # fmt: skip
def test_a_note_that_says_nothing_of_the_holder_is_not_told(note):
    with target_lock(target(), "the first drill", SINCE):
        lock_path(target()).with_suffix(".json").write_bytes(note)
        assert "by another drill; wait" in refusal_of(target())


def test_the_note_of_one_that_died_is_not_told(holder):
    holder.kill()
    holder.wait()
    note = lock_path(target()).with_suffix(".json")
    stale = note.read_bytes()
    with target_lock(target(), "the second drill", SINCE):
        note.write_bytes(stale)
        assert "by another drill; wait" in refusal_of(target())


@pytest.mark.parametrize(
    "other",
    [
        {"shop_url": "HTTP://127.0.0.1:3000/"},
        {"vendor_key": "another-key", "vendor_id": "42", "metrics_url": "http://127.0.0.1:3000/metrics"},
    ],
)
def test_one_shop_with_one_factory_is_one_target_however_it_is_described(other):
    assert lock_path(target(**other)) == lock_path(target())


def test_a_default_port_said_aloud_is_the_same_target():
    assert lock_path(target(shop_url="https://shop.example:443")) == lock_path(target(shop_url="https://SHOP.example."))


@pytest.mark.parametrize("other", [{"shop_url": "http://127.0.0.1:3001"}, {"factory_url": "http://127.0.0.1:4000/b"}])
def test_two_targets_have_two_locks(other):
    with target_lock(target(), "the first drill", SINCE), target_lock(target(**other), "the second drill", SINCE):
        pass


def test_only_the_owner_reads_what_is_kept_and_no_secret_is_in_it(own_state):
    with target_lock(target(), "the first drill", SINCE):
        kept = list(own_state.rglob("*"))
        assert {path.suffix for path in kept if path.is_file()} == {".lock", ".json"}
        for path in [own_state, *kept]:
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
            assert KEY not in str(path)
            assert path.is_dir() or KEY not in path.read_text()
        note = json.loads(lock_path(target()).with_suffix(".json").read_text())
    assert note == {"drill": "the first drill", "pid": os.getpid(), "since": "2026-11-24 19:30:01 UTC"}


def test_where_no_lock_can_be_there_is_no_drill(own_state):
    own_state.mkdir()
    (own_state / "locks").write_text("in the way")
    assert refusal_of(target()).startswith("no drill without a lock, and ")
    (own_state / "locks").unlink()
    lock_path(target()).mkdir()
    assert "can't be locked: Is a directory" in refusal_of(target())
