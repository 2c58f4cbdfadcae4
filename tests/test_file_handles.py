"""How many connections a process may have: it takes all it may, and says in time where that is too few.

Each test runs in a process of its own, which may have few of them.
"""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

BUY = """
import asyncio, resource, socket
from chaos_pizza.clients.quick_caller import QuickCaller
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import OutOfFileHandles, Unreachable
from chaos_pizza.redaction import Redactor
from chaos_pizza.wire.message import Request

async def buy():
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        url = "http://127.0.0.1:%d" % silent.getsockname()[1]
        caller = QuickCaller("the shop", url, AnchoredClock(), Redactor())
        resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
        buying = [asyncio.create_task(caller.exchange(Request("POST", "/api/order", {}), 60)) for _ in range(60)]
        done, pending = await asyncio.wait(buying, return_when=asyncio.FIRST_COMPLETED)
        print(*{type(task.exception()).__name__ for task in done}, done.pop().exception(), len(pending) > 10)
        for task in pending:
            task.cancel()
        await asyncio.gather(*buying, return_exceptions=True)
        await caller.close()

asyncio.run(buy())
"""
REQUIRE = """
import sys
from chaos_pizza.errors import UsageError
from chaos_pizza.file_handles import raise_limit, require_handles
raise_limit()
try:
    require_handles(*map(int, sys.argv[1:]))
    print("enough")
except UsageError as error:
    print(error)
"""
EXPERIMENT = Path(__file__).parents[1] / "experiments" / "factory-fail.yaml"


def run(soft, hard, *command, cwd=None):
    """Run Python in a process that has `soft` handles to begin with, and may have `hard`."""
    return subprocess.run(
        [sys.executable, *command], cwd=cwd, capture_output=True, text=True, timeout=60, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)),
    )  # fmt: skip


def test_a_process_takes_all_that_it_may_have():
    assert run(300, 1200, "-c", REQUIRE, "1100").stdout == "enough\n"


def test_what_would_not_fit_is_refused_with_what_would():
    assert run(300, 1200, "-c", REQUIRE, "1000", "200").stdout == (
        "traffic.max_in_flight is 1000, which takes up to 1300 open connections and files, and this process may have "
        "1200; set traffic.max_in_flight to 900 or less, or raise the limit by: ulimit -n 1300\n"
    )
    assert run(300, 1200, "-c", REQUIRE, "900", "200").stdout == "enough\n"


def test_the_drills_own_lack_of_connections_is_no_unreachable_shop():
    said = run(300, 300, "-c", BUY)
    assert said.stdout.startswith("OutOfFileHandles the shop (http://127.0.0.1:"), said.stderr
    assert "was not asked: this process has as many connections open as it may; lower traffic.max" in said.stdout
    assert said.stdout.endswith("True\n")


@pytest.mark.parametrize("command", [["drill", str(EXPERIMENT)], ["calibrate"]])
def test_who_would_run_out_of_connections_is_told_before_anything_begins(tmp_path, command):
    said = run(300, 600, "-m", "chaos_pizza", *command, cwd=tmp_path)
    assert said.returncode == 2, said.stderr
    told = said.stderr.splitlines()[-1]
    assert told.startswith("chaos-pizza: traffic.max_in_flight is 1000, which takes up to 1100 open connections")
    assert not (tmp_path / "reports").exists()
