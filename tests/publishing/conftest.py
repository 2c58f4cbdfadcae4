"""A drill to tell of, and servers to tell it to."""

import asyncio
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

# The servers that misbehave, and the one that doesn't, stand with the tests of the clients.
sys.path.insert(0, str(Path(__file__).parents[1] / "clients"))

from hostile_server import HostileServer

from chaos_pizza.folder import judge_folder
from chaos_pizza.publishing.account import account_of
from chaos_pizza.publishing.run import tell_all

from receiver import Receiver  # isort: skip

EXAMPLE = Path(__file__).parents[2] / "reports" / "examples" / "factory-fail"


@pytest.fixture
def folder(tmp_path):
    """A copy of the kept example's folder."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "reports" / "factory-fail"))


@pytest.fixture(scope="session")
def kept():
    """What is told of the kept example, with the report where docs/publishing.md says it is."""
    result, contents = judge_folder(EXAMPLE)
    return account_of(result, contents.records[0].event.settings, "https://ci.example/drills/{drill}/report.html")


@pytest.fixture
def receiver():
    """A server that takes what every tool is sent."""
    server = Receiver()
    yield server
    server.close()


@pytest.fixture
def hostile_server():
    """Start a server with a behaviour; it ends with the test."""
    with ExitStack() as stack:

        def start(behaviour):
            server = HostileServer(behaviour)
            stack.callback(server.close)
            return server

        yield start


@pytest.fixture
def tell():
    """Tell tools of a drill in this process; returns the complaint on each."""

    def told(account, settings, environment=None):
        complaints = {}
        asyncio.run(tell_all(account, settings, settings.tools, environment or {}, complaints.__setitem__))
        return complaints

    return told
