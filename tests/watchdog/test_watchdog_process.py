"""The watchdog as a process, armed by hand: what it does when it is told to end."""

import json
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from chaos_pizza.lease_file import lease_path
from chaos_pizza.model.conversion import to_mapping
from chaos_pizza.model.lease import Lease
from chaos_pizza.model.target import Target

ENOUGH_S = 60.0
NOWHERE = "http://127.0.0.1:9"


class Armed:
    """A watchdog that watches over a drill in `folder`, and what the drill would say to it."""

    def __init__(self, folder):
        begun_at = datetime(2026, 11, 25, 14, 5, tzinfo=UTC)
        self.lease = Lease("d1", str(folder), "nowhere", NOWHERE, NOWHERE, False, False, begun_at, runner_pid=0)
        urls = {"PIZZA_SHOP_URL": NOWHERE, "PIZZA_FACTORY_URL": NOWHERE, "PIZZA_VENDOR_KEY": "none"}
        orders = {"lease": to_mapping(self.lease), "target": Target.of_environment("nowhere", urls).to_fields()}
        orders |= {"silence_s": 600.0, "greatest_duration_s": 600.0, "reveal": None}
        command = [sys.executable, "-m", "chaos_pizza", "watchdog", "--armed"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.say(json.dumps(orders).encode() + b"\n")
        assert self.process.stdout.readline() == b"armed\n"

    def say(self, words):
        self.process.stdin.write(words)

    def ends(self):
        """Wait until it has ended, and tell how, and whether it has left its lease."""
        return self.process.wait(ENOUGH_S), lease_path(self.lease).exists()


@pytest.fixture
def armed(tmp_path, monkeypatch):
    monkeypatch.setenv("PIZZA_STATE_DIR", str(tmp_path / "state"))
    armed = Armed(tmp_path)
    yield armed
    armed.process.kill()
    armed.process.wait()
    armed.process.stdin.close()
    armed.process.stdout.close()


def test_released_it_ends_its_lease_and_itself(armed):
    armed.say(b"beat\nreleased\n")
    assert armed.ends() == (0, False)


def test_told_to_end_before_its_drill_leaves_it_restores_nothing_and_leaves_the_lease(armed):
    """At a shutdown both are told, and a game day whose fault is pending is to be gone on with."""
    armed.process.send_signal(signal.SIGTERM)
    armed.process.stdin.close()
    assert armed.ends() == (0, True)


def test_told_to_end_it_still_hears_that_its_drill_ended_in_order(armed):
    armed.process.send_signal(signal.SIGTERM)
    armed.say(b"beat\nreleased\n")
    assert armed.ends() == (0, False)
