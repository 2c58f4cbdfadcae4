"""The process that keeps k6, with something else in k6's place."""

import json
import subprocess
import sys

import pytest

BUYING = "import os, sys, time; print('buying', flush=True); time.sleep({}); print('bought on', flush=True)"


def keep(lasts_s):
    keeper = subprocess.Popen(
        [sys.executable, "-m", "chaos_pizza.engines.k6_keeper"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    orders = {"command": [sys.executable, "-c", BUYING.format(lasts_s)], "environment": {}}
    keeper.stdin.write(json.dumps(orders).encode() + b"\n")
    keeper.stdin.flush()
    assert keeper.stdout.readline() == b"buying\n"
    return keeper


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills a process when its parent dies")
def test_k6_does_not_buy_on_when_its_keeper_is_killed():
    with keep(20) as keeper:
        keeper.kill()
        # The pipe ends once all who could write to it are dead.
        assert keeper.stdout.read() == b""


def test_k6_is_ended_when_the_drill_hangs_up():
    with keep(20) as keeper:
        keeper.stdin.close()
        told = json.loads(keeper.stdout.read())
    assert told["keeper"]["code"] != 0


def test_the_keeper_tells_how_k6_ended_by_itself():
    with keep(0) as keeper:
        *_, last = keeper.stdout.read().splitlines()
    assert json.loads(last) == {"keeper": {"code": 0, "complaint": ""}}
