"""One bakery for all tests: its key takes a moment to make."""

import pytest
from wire_bakery import Bakery


@pytest.fixture(scope="session")
def bakery():
    return Bakery()
