"""Where what outlives a process is kept on this machine: locks and leases."""

import os
from pathlib import Path

from chaos_pizza.errors import UsageError


def state_folder() -> Path:
    """Return the folder for this user's state, created for its owner alone where it is not there yet.

    It is `$PIZZA_STATE_DIR`, else `$XDG_STATE_HOME/chaos-pizza`, else `~/.local/state/chaos-pizza`. Raises
    `UsageError` where it can't be created.
    """
    chosen = os.environ.get("PIZZA_STATE_DIR")
    base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    folder = Path(chosen) if chosen else base / "chaos-pizza"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the folder for locks and leases, {folder}, can't be created: {error.strerror}") from None
    return folder
