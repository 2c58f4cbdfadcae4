"""What a retrospective covers, in sentences."""

from collections.abc import Iterable, Iterator

from chaos_pizza.model.history import PastDrill
from chaos_pizza.report.phrasing import counted, day_of
from chaos_pizza.retro.retrospective import Retrospective, Scope
from chaos_pizza.retro.wording import listed, name_of

_LISTED = 12


def describe_scope(retrospective: Retrospective) -> list[str]:
    """Return how many drills of which experiments are covered, from when to when, and how many are left out."""
    return list(_sentences(retrospective))


def _sentences(retrospective: Retrospective) -> Iterator[str]:
    experiments = [each.experiment for each in retrospective.experiments]
    named = [name_of(each.name) for each in experiments if each.drills]
    of = f" of {counted(len(named), 'experiment')} ({listed(named, _LISTED)})" if named else ""
    days = _days(drill for each in experiments for drill in each.drills)
    held = "" if not days else f", held on {days}" if " " not in days else f", from {days}"
    count = counted(retrospective.drills, "drill") if retrospective.drills else "no drill that counts"
    yield f"This looks back on {_asked(retrospective.scope)}: {count}{of}{held}."
    if retrospective.incidents:
        written = "as people wrote it down" if retrospective.incidents == 1 else "as people wrote them down"
        of = _days(drill for each in experiments for drill in each.incidents)
        count = counted(retrospective.incidents, "incident")
        yield f"{count}, of {of}, {written}: drawn and listed, but in no median, rate or test."
    if retrospective.left_out:
        count = counted(len(retrospective.left_out), "drill")
        yield f"{count} left out, since nothing follows from what proves nothing; named below, each with its reason."


def _days(drills: Iterable[PastDrill]) -> str:
    """Return the day on which all began, or the first and the last: `2026-01-01 to 2026-02-01`; empty for none."""
    days = sorted(day_of(drill.started_at) for drill in drills)
    return " to ".join(str(day) for day in dict.fromkeys((*days[:1], *days[-1:])))


def _asked(scope: Scope) -> str:
    asked = [
        f"since {scope.since}" if scope.since else "",
        f"until {scope.until}" if scope.until else "",
        f"of {name_of(scope.experiment)}" if scope.experiment else "",
    ]
    told = " ".join(part for part in asked if part)
    return f"what the history holds {told}" if told else "all that the history holds"
