"""Sandboxes to test against: real servers on free ports."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from chaos_pizza.sandbox.embedded import SandboxThread
from chaos_pizza.sandbox.log import JsonLog
from chaos_pizza.sandbox.settings import SandboxSettings

from .visitor import Visitor

Open = Callable[..., Visitor]


@pytest.fixture
def open_sandbox() -> Iterator[Open]:
    with ExitStack() as stack:

        def open_one(log: JsonLog | None = None, **settings: Any) -> Visitor:
            sandbox = stack.enter_context(SandboxThread(SandboxSettings(**{"stall_s": 0.5, **settings}), log))
            return Visitor(sandbox, stack.enter_context(httpx.Client(timeout=60, trust_env=False)))

        yield open_one


@pytest.fixture
def visitor(open_sandbox: Open) -> Visitor:
    return open_sandbox()


@pytest.fixture(scope="module")
def shared_visitor() -> Iterator[Visitor]:
    """One sandbox for a whole module, where no test minds what others did."""
    with SandboxThread(SandboxSettings(stall_s=0.5)) as sandbox, httpx.Client(timeout=60, trust_env=False) as http:
        yield Visitor(sandbox, http)
