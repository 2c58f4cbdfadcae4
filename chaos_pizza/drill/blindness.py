"""Whether a blind drill was the one that had been drawn."""

from collections.abc import Iterator
from datetime import timedelta

from chaos_pizza.drill.observations import Observations
from chaos_pizza.gameday.commitment import commitment_of, matches
from chaos_pizza.model.blind_event import BlindDrillStarted, PlanKept, Revealed
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.event import FaultInjected
from chaos_pizza.model.result import BlindOutcome

_EARLY = timedelta(seconds=1)
"""So much sooner than drawn a fault may be asked for: the clocks that drew and that waited need not be the same."""


def blind_outcome(observations: Observations) -> BlindOutcome | None:
    """Return what was drawn, what had been committed to, and where the drill departs from it.

    `None` for a drill that was not blind.
    """
    begun, revealed = observations.all_of(BlindDrillStarted), observations.all_of(Revealed)
    if not begun or not revealed:
        return None
    commitment, draw = begun[0].commitment, revealed[0].draw
    # Whoever reveals a second time is held to it as well.
    departures = dict.fromkeys(
        departure for each in revealed for departure in _departures(observations, each.draw, commitment)
    )
    first = begun[0]
    return BlindOutcome(
        plan=first.plan,
        commitment=commitment,
        draw=draw,
        departures=(*departures, *_redrawn(observations, first, draw)),
        draw_number=first.draw_number,
        unheld_draws=first.unheld_draws,
        register_flaw=first.register_flaw,
    )


def _redrawn(observations: Observations, first: BlindDrillStarted, draw: Draw) -> Iterator[str]:
    """Draw the lot again; journals of before plans were kept in them are taken at their word."""
    plans = list(dict.fromkeys(kept.text for kept in observations.all_of(PlanKept)))
    if not plans and first.draw_number is not None:
        yield "the journal does not hold the plan, so nobody can draw the lot again"
    from chaos_pizza.gameday.redrawing import misdrawn  # noqa: PLC0415 - a drill that is not blind needs no plan

    for text in plans:
        yield from misdrawn(text, draw)


def _departures(observations: Observations, draw: Draw, commitment: str) -> Iterator[str]:
    if not matches(draw, commitment):
        yield (
            "the draw that was revealed is not the one committed to at the start: "
            f"its SHA-256 is {commitment_of(draw)}, and {commitment} was told"
        )
    declared = observations.started.settings.fault
    if declared is not draw.fault:
        yield f"the drill was held for another fault than was drawn: {declared.value}, not {draw.fault.value}"
    for injected in observations.all_of(FaultInjected):
        if injected.kind is not draw.fault:
            yield f"the drill broke what was not drawn: {injected.kind.value}, not {draw.fault.value}"
        if draw.starts_at is not None and injected.sent_at < draw.starts_at - _EARLY:
            early_s = (draw.starts_at - injected.sent_at).total_seconds()
            yield f"the fault was asked for {early_s:.1f} s before the time that was drawn"
