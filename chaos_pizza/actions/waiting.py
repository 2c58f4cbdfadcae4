"""Wait for what a drill is about; every wait ends at once when the drill is to end."""

from chaoslib.exceptions import InterruptExecution

from chaos_pizza.activity import activity, the_drill, wait_or_fail
from chaos_pizza.errors import UsageError
from chaos_pizza.model.instant import instant_text
from chaos_pizza.model.result import InstantName

_LATE_S = 60.0


@activity
def wait_for_the_draw() -> str:
    """Wait until the time that a game day's lot fell on; at once in a drill that has none, or when it is over.

    A session's own knowledge, and no argument, says when that is: an experiment's arguments are no secret.
    """
    session = the_drill("wait_for_the_draw")
    blind = session.commission.blind
    starts_at = blind.draw.starts_at if blind else None
    if starts_at is not None:
        longest_s = (starts_at - session.clock.now()).total_seconds()
        session.wait_until(lambda: session.clock.now() >= starts_at, longest_s + _LATE_S)
    if session.interruption:
        raise InterruptExecution(session.interruption)
    return "it is time"


@activity
def wait_for_fault(timeout_s: float = 60.0) -> str:
    """Wait until the fault is proven on and return when it began, at the earliest; fails after `timeout_s`."""
    if not the_drill("wait_for_fault").has_broken_something:
        raise UsageError("no fault was asked for, so none will come")
    return _wait_for(InstantName.FAULT_START, timeout_s, "the fault did not show")


@activity
def wait_for_mitigation(timeout_s: float = 120.0) -> str:
    """Wait until somebody has ended the fault and return when, at the earliest; fails after `timeout_s`."""
    if not the_drill("wait_for_mitigation").knows_by_now(InstantName.FAULT_START):
        raise UsageError("no fault was proven on, so none can be ended")
    return _wait_for(InstantName.MITIGATED, timeout_s, "nobody ended the fault")


@activity
def wait_for_recovery(timeout_s: float = 60.0) -> str:
    """Wait until purchases are good again, as many in a row as the drill declares; fails after `timeout_s`."""
    if not the_drill("wait_for_recovery").knows_by_now(InstantName.MITIGATED):
        raise UsageError("no fault was ended, so there is nothing to recover from")
    return _wait_for(InstantName.RECOVERED, timeout_s, "purchases did not recover")


@activity
def keep_watching(duration_s: float = 15.0) -> float:
    """Let `duration_s` seconds pass while the drill watches."""
    session = the_drill("keep_watching")
    session.wait_until(lambda: False, duration_s)
    if session.interruption:
        raise InterruptExecution(session.interruption)
    return duration_s


def _wait_for(instant: InstantName, timeout_s: float, otherwise: str) -> str:
    session = the_drill(f"waiting for {instant.value}")
    wait_or_fail(session, lambda: session.knows(instant), timeout_s, otherwise)
    return instant_text(session.timeline().instants[instant].when.earliest)
