"""Opening a drill: everything that may refuse it is asked before anything begins."""

import gc
from contextlib import ExitStack

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.file_handles import raise_limit, require_handles
from chaos_pizza.live.background import BackgroundLoop
from chaos_pizza.live.commission import Commission
from chaos_pizza.live.crew import prepare
from chaos_pizza.live.session import DrillSession
from chaos_pizza.model.settings import TrafficBy, TrafficSettings
from chaos_pizza.traffic.visitors import MOST_UNDER_WAY


def open_session(commission: Commission, clock: AnchoredClock | None = None) -> DrillSession:
    """Log in, look around, arm the watchdog and make a session; nothing is begun yet, and nothing left where it raises.

    `clock` is the drill's; by default one of its own, anchored now. Raises `ServiceError`, `TargetError` or
    `UsageError` where the drill can't be held.
    """
    _see_to_handles(commission.declaration.settings.traffic)
    loop, clock = BackgroundLoop("drill"), clock or AnchoredClock()
    resumes, settings = commission.torso is not None, commission.declaration.settings
    with ExitStack() as undo:
        undo.callback(loop.close)
        crew = loop.call(prepare(commission.target, settings, clock, resumes=resumes, blind=commission.blind))
        undo.callback(lambda: loop.call(crew.stop()))
        session = DrillSession(commission, loop, crew, clock)
        # From here on the session sees to crew and loop itself.
        undo.pop_all()
        undo.callback(session.discard)
        session.arm()
        undo.pop_all()
    # What is there by now stays: looking through it again and again would make purchases late.
    gc.freeze()
    return session


def _see_to_handles(traffic: TrafficSettings) -> None:
    """Make sure that all purchases and visitors at once find connections; other engines buy in processes of theirs."""
    # Held by `chaos run`, the process has not come by our own command.
    raise_limit()
    if traffic.engine is TrafficBy.ASYNCIO:
        require_handles(traffic.max_in_flight, MOST_UNDER_WAY if traffic.sessions else 0)
