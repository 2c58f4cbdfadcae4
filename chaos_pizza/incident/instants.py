"""From the entries of a timeline to the instants that they stand for, and from those to the measures."""

from collections.abc import Mapping, Sequence

from chaos_pizza.drill.measures import between
from chaos_pizza.incident.record import ReadEntry, ReadInstant, Sense
from chaos_pizza.incident.words import tellings_of
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.measure import Measure, MeasureName

DETECTING = (Sense.ALERT_FIRING, Sense.NOTICED, Sense.ACKNOWLEDGED)
"""What counts as a detection, as in a drill."""


def instants_among(entries: Sequence[ReadEntry]) -> tuple[ReadInstant, ...]:
    """Return, for each instant, the first entry in time that tells it; an instant that none tells is left out."""
    found: dict[Sense, ReadInstant] = {}
    timed = [(entry, entry.when) for entry in entries if entry.when is not None]
    for entry, when in sorted(timed, key=lambda pair: pair[1].earliest):
        for telling in tellings_of(entry.text):
            found.setdefault(telling.sense, ReadInstant(telling.sense, entry.line, entry.written, when, telling.words))
    return tuple(found[sense] for sense in Sense if sense in found)


def detection_among(instants: Sequence[ReadInstant]) -> ReadInstant | None:
    """Return what detected first: an alert that fired, or a person; `None` where nothing is known to have."""
    told = [instant for instant in instants if instant.sense in DETECTING]
    return min(told, key=lambda instant: instant.when.midpoint, default=None)


def measures_of(instants: Sequence[ReadInstant], ended_by: Actor | None) -> dict[MeasureName, Measure]:
    """Return the measures that the instants give, with the bounds of the minutes they are written in.

    One of which an end is unknown is left out, and so is one whose end lies before its beginning.
    """
    at: Mapping[Sense, Interval] = {instant.sense: instant.when for instant in instants}
    detected = detection_among(instants)
    start, mitigated, recovered = (at.get(sense) for sense in (Sense.FAULT_START, Sense.MITIGATED, Sense.RECOVERED))
    impact = at.get(Sense.FIRST_IMPACT)
    detected_at = detected.when if detected else None
    mitigated_in_earnest = mitigated if ended_by is None or ended_by.mitigates or ended_by is Actor.UNKNOWN else None
    pairs = {
        MeasureName.TTD: (start, detected_at),
        MeasureName.TTD_FROM_IMPACT: (impact, detected_at),
        MeasureName.TTA: (detected_at, at.get(Sense.ACKNOWLEDGED)),
        MeasureName.TTM: (start, mitigated_in_earnest),
        MeasureName.TTR: (start, recovered),
        MeasureName.IMPACT_DELAY: (start, impact),
        MeasureName.RECOVERY_LAG: (mitigated, recovered),
    }
    return {
        name: between(sooner, later)
        for name, (sooner, later) in pairs.items()
        if sooner is not None and later is not None and later.latest > sooner.earliest
    }
