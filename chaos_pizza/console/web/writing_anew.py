"""The results of a drill that is over, written anew after somebody marked it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from chaos_pizza.errors import PizzaError


class WritingAnew:
    """Writes results anew, one drill at a time; whoever asks again meanwhile gets them written once more after that."""

    def __init__(self, config: Path | None, complain: Callable[[str], object]) -> None:
        self._config = config
        self._complain = complain
        self._asked: set[Path] = set()
        self._task: asyncio.Task[None] | None = None

    def ask(self, folder: Path) -> None:
        """Have the results of the drill in this folder written anew, soon."""
        self._asked.add(folder)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write())

    async def _write(self) -> None:
        while self._asked:
            folder = self._asked.pop()
            try:
                complaints = await asyncio.to_thread(_write_anew, folder, self._config)
            except PizzaError as error:
                complaints = [str(error)]
            for complaint in complaints:
                self._complain(f"{folder.name}: {complaint}")


def _write_anew(folder: Path, config: Path | None) -> list[str]:
    # Late: what writes reports is slow to import, and most consoles never do.
    from dataclasses import replace  # noqa: PLC0415

    from chaos_pizza.configuration import read_configuration  # noqa: PLC0415
    from chaos_pizza.handing_in import write_anew  # noqa: PLC0415

    configuration = replace(read_configuration(config), reports=folder.parent)
    return list(write_anew(folder, configuration))
