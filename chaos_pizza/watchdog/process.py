"""The watchdog as a process: armed by a drill, or sent after one that died together with its watchdog."""

import json
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from chaos_pizza.errors import PizzaError
from chaos_pizza.lease_file import remove_lease, watched, write_lease
from chaos_pizza.model.blind_event import Revealed
from chaos_pizza.model.conversion import from_mapping, to_mapping
from chaos_pizza.model.lease import Lease
from chaos_pizza.model.target import Target
from chaos_pizza.watchdog.scribe import Scribe
from chaos_pizza.watchdog.takeover import take_over
from chaos_pizza.watchdog.vigil import TOLD_TO_END, Pipe, keep_vigil

_ORDERS_TIMEOUT_S = 600.0
"""One that was started ahead waits for its drill's own start, however busy the machine is."""
_LEASE_PATIENCE_S = 5.0
"""So long the lease outlives the proof of calm, for a record that is just being written to be there when it ends."""
_RECORD_PATIENCE_S = 600.0
"""So long after that the record is waited for: a gigabyte is taken up by then, on a busy machine too."""


def run_armed() -> None:
    """Take orders from stdin, say "armed" on stdout once the lease is on the disk, and watch until calm is proven.

    Without orders, since whoever was to give them is gone, there is nothing to watch.
    """
    told_to_end = _heed_signals()
    _get_ready()
    pipe = Pipe(sys.stdin.fileno())
    orders = json.loads(pipe.line(_ORDERS_TIMEOUT_S) or b"null")
    if orders is None:
        return
    lease = from_mapping(orders["lease"], Lease)
    reveal = from_mapping(orders["reveal"], Revealed) if orders["reveal"] else None
    try:
        target = Target.of_fields(lease.target_name, orders["target"])
        with watched(lease):
            write_lease(lease)
            _answer("armed")
            reason = keep_vigil(pipe, orders["silence_s"], orders["greatest_duration_s"], told_to_end.is_set)
            # From here on it ends as any process does: the lease says what is owed.
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            if reason == TOLD_TO_END:
                return
            scribe = None if reason is None else take_over(lease, target, reason, reveal)
            if scribe is not None:
                scribe.is_done_within(_LEASE_PATIENCE_S)
            remove_lease(lease)
    except PizzaError as error:
        _answer(str(error))
        return
    if scribe is not None:
        see_to_results(scribe, Path(lease.folder), _RECORD_PATIENCE_S)


def _get_ready() -> None:
    """Do once what the orders will ask for, so that the drill need not wait for what that loads and makes."""
    import filelock  # noqa: F401, PLC0415 - as said

    nothing = Lease("", "", "", "", "", shop_too=False, ephemeral=True, armed_at=datetime.now(UTC), runner_pid=0)
    from_mapping(to_mapping(nothing), Lease)


def see_to_results(scribe: Scribe, folder: Path, patience_s: float) -> None:
    """Write a drill's results once its record is complete, waiting `patience_s` seconds for that at the most.

    What can't be written now, chaos-pizza report writes at any time. Nothing is owed any more by now: no result, and
    nothing that goes wrong with one, is to have calm restored again.
    """
    from chaos_pizza.results import complaint_of, write_results  # noqa: PLC0415 - nothing is owed by now: it may fail

    if scribe.is_done_within(patience_s):
        complaint_of(lambda: write_results(folder))


def _heed_signals() -> threading.Event:
    """Ignore what ends a drill from a terminal, and return what is set once SIGTERM has come."""
    for name in ("SIGINT", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: told.set())
    return told


def _answer(text: str) -> None:
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever asked is gone; that alone is a reason to go on.
        return
