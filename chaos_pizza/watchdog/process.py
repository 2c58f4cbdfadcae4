"""The watchdog as a process: armed by a drill, or sent after one that died together with its watchdog."""

import json
import signal
import sys
from pathlib import Path

from chaos_pizza.errors import PizzaError
from chaos_pizza.lease_file import remove_lease, watched, write_lease
from chaos_pizza.model.blind_event import Revealed
from chaos_pizza.model.conversion import from_mapping
from chaos_pizza.model.lease import Lease
from chaos_pizza.model.target import Target
from chaos_pizza.results import complaint_of, write_results
from chaos_pizza.watchdog.takeover import take_over
from chaos_pizza.watchdog.vigil import Pipe, keep_vigil

_ORDERS_TIMEOUT_S = 10.0


def run_armed() -> None:
    """Take orders from stdin, say "armed" on stdout once the lease is on the disk, and watch until calm is proven."""
    # What ends a drill from a terminal must not end its watchdog.
    for name in ("SIGINT", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    pipe = Pipe(sys.stdin.fileno())
    orders = json.loads(pipe.line(_ORDERS_TIMEOUT_S) or b"null")
    lease = from_mapping(orders["lease"], Lease)
    reveal = from_mapping(orders["reveal"], Revealed) if orders["reveal"] else None
    try:
        target = Target.of_fields(lease.target_name, orders["target"])
        with watched(lease):
            write_lease(lease)
            _answer("armed")
            reason = keep_vigil(pipe, orders["silence_s"], orders["greatest_duration_s"])
            if reason is not None:
                take_over(lease, target, reason, reveal)
            # First the lease: calm is back, and nothing that goes wrong with a report is to have it restored again.
            remove_lease(lease)
            if reason is not None:
                # What can't be written now, chaos-pizza report writes at any time.
                complaint_of(lambda: write_results(Path(lease.folder)))
    except PizzaError as error:
        _answer(str(error))


def _answer(text: str) -> None:
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever asked is gone; that alone is a reason to go on.
        return
