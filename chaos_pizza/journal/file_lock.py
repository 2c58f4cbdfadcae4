"""The lock on a journal's file, by which two hands never write one journal.

The operating system keeps it, with the open file: whoever dies has let go of it.
"""

import fcntl
import os
import time
from pathlib import Path

from chaos_pizza.errors import JournalError

PATIENCE_S = 5.0
"""So long a writer may take to be gone that was just killed: it has to bring to the disk what it wrote."""
_GLANCE_S = 0.02


def hold(file: int, path: Path, patience_s: float = PATIENCE_S) -> None:
    """Take the lock of an open journal, to be held until the file is closed.

    Raises `JournalError` where another writer has it for longer than `patience_s` seconds, or where there is no lock.
    """
    deadline_s = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline_s:
                raise JournalError(f"the journal {path} is being written by another process") from None
            time.sleep(_GLANCE_S)
        except OSError as error:
            raise JournalError(f"the journal {path} can't be locked: {error.strerror}") from None
        else:
            return


def is_held(path: Path) -> bool:
    """Tell whether somebody writes this journal right now; `False` where there is none.

    Raises `JournalError` where that can't be told.
    """
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise JournalError(f"the journal {path} can't be read: {error.strerror}") from None
    try:
        # Shared: those who ask at once are not to take each other for a writer.
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError as error:
        raise JournalError(f"the journal {path} can't be locked: {error.strerror}") from None
    finally:
        os.close(file)
    return False
