"""What shows something for as long as it lasts, in a thread of its own."""

import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Display(ABC):
    """Shows something from the begin of a `with` to its end; `_ending` is set when it is to show the last of it."""

    def __init__(self, name: str) -> None:
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._show, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join()

    @abstractmethod
    def _show(self) -> None:
        """Show it until `_ending` is set."""
