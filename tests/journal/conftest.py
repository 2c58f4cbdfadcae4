"""A folder of a drill's, and a journal to write."""

import pytest

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.journal.file import JournalWriter


@pytest.fixture
def writer(tmp_path):
    writer = JournalWriter(tmp_path, AnchoredClock())
    yield writer
    writer.close()
