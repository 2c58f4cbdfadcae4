"""The drill of this process. The Chaos Toolkit calls plain functions by name, so they must find their drill here."""

from dataclasses import dataclass

from chaos_pizza.live.session import DrillSession


@dataclass
class _Process:
    session: DrillSession | None = None
    refused: bool = False
    is_toolkits: bool = False


_process = _Process()


def current_session() -> DrillSession | None:
    """Return the drill under way in this process, `None` where there is none."""
    return _process.session


def set_current_session(session: DrillSession | None, *, refused: bool = False, is_toolkits: bool = False) -> None:
    """Say which drill is under way.

    `refused` says that one was to be held but was never begun, `is_toolkits` that the Chaos Toolkit's own command holds
    it, so that nobody but the control sees to its results.
    """
    _process.session = session
    _process.refused = refused
    _process.is_toolkits = is_toolkits


def drill_was_refused() -> bool:
    """Tell whether the drill of this process was refused: then there is nothing of ours to put back."""
    return _process.refused


def drill_is_toolkits() -> bool:
    """Tell whether the drill of this process is held by the Chaos Toolkit's own command."""
    return _process.is_toolkits
