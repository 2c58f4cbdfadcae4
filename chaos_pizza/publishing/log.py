"""`publishing.log` in a drill's folder: who was told of it and when, and who could not be."""

import contextlib
from pathlib import Path

from chaos_pizza.clock import Clock
from chaos_pizza.model.instant import instant_text
from chaos_pizza.publishing.settings import Tool

LOG_NAME = "publishing.log"


class PublishingLog:
    """Adds a line for every tool; nothing is lost of a drill where that can't be written."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._path = folder / LOG_NAME
        self._clock = clock

    def note(self, tool: Tool, complaint: str | None) -> None:
        """Add a line on a tool that was told, or that could not be."""
        line = f"{instant_text(self._clock.now())} {tool.value}: {complaint or 'told'}\n"
        # The log is for whoever wonders afterwards; that a tool was told does not hang on it.
        with contextlib.suppress(OSError), self._path.open("a", encoding="utf-8") as file:
            file.write(line)
