"""Browsers on a console that is played."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from browsers import Visitor, chromium
from played_console import played_console

UNREACHABLE = "Failed to load resource"
"""What Chromium itself notes of any answer that is no success."""


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def console():
    with played_console() as played:
        yield played


@pytest.fixture
def visit(browser, console):
    """Opens a person's browser on the console; in the end nobody's may have complained."""
    visitors = []

    def opened(name="Ana", path="/", **options):
        visitor = Visitor(browser, **options)
        if name:
            visitor.named(name)
        visitor.page.goto(console.url + path)
        visitors.append(visitor)
        return visitor

    yield opened
    for visitor in visitors:
        unexpected = [each for each in visitor.complaints if UNREACHABLE not in each]
        violations = visitor.page.evaluate("window.violations")
        visitor.close()
        assert unexpected == []
        assert violations == []
