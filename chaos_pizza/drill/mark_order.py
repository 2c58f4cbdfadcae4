"""Whether a time that somebody gives for a mark can be, beside the other marks of the same person."""

from chaos_pizza.drill.marks import Mark, Marks, is_on_the_spot, person_key, time_of, told_at
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.response_event import Marked

_ORDER = (MarkKind.NOTICED, MarkKind.ACKNOWLEDGED, MarkKind.DIAGNOSED, MarkKind.MITIGATED)


def contradiction_of(mark: Marked, marks: Marks) -> str | None:
    """Return what of the same person's marks says otherwise, in a line; `None` where nothing does.

    What is marked on the spot is never out of order: it is what happens now, whatever was pressed before.
    """
    if mark.mark not in _ORDER or is_on_the_spot(mark):
        return None
    former, later = None, None
    for each in _rounds(mark.by, marks):
        if each[-1].told.at <= mark.at:
            former = each
        elif later is None:
            later = each
    if later and later[0].told.at <= mark.at:
        return _of_round(mark, later)
    if former is None and later is None:
        return None
    is_over = former is not None and former[-1].told.mark is MarkKind.MITIGATED
    if is_over and later is None:
        return None
    contradictions = [_of_round(mark, each) for each in (former, later) if each]
    return contradictions[-1] if all(contradictions) else None


def _rounds(by: str, marks: Marks) -> list[list[Mark]]:
    """Return a person's marks that stand, by their times, split into the incidents that they answered.

    Whoever said that one was cured, or begins anew with what comes before, is with another one.
    """
    person = person_key(by)
    own = [mark for mark in marks.standing() if mark.told.mark in _ORDER and person_key(mark.told.by) == person]
    rounds: list[list[Mark]] = []
    for mark in sorted(own, key=lambda mark: mark.told.at):
        if rounds and _goes_on(rounds[-1], mark):
            rounds[-1].append(mark)
        else:
            rounds.append([mark])
    return rounds


def _goes_on(known: list[Mark], mark: Mark) -> bool:
    places = [_ORDER.index(each.told.mark) for each in known]
    return _ORDER.index(mark.told.mark) >= max(places)


def _of_round(mark: Marked, known: list[Mark]) -> str | None:
    """Return what of an incident's marks says otherwise; of several of a kind the first is meant."""
    firsts: dict[MarkKind, Mark] = {}
    for each in known:
        firsts.setdefault(each.told.mark, each)
    same = firsts.get(mark.mark)
    if same is not None and same.told.at <= mark.at:
        return None  # what came first stays what it was
    when, place = time_of(mark), _ORDER.index(mark.mark)
    for other in (firsts[kind] for kind in _ORDER[:place] if kind in firsts):
        if when.latest < other.told.at:
            return _contradiction(mark, "before", other)
    for other in (firsts[kind] for kind in _ORDER[place + 1 :] if kind in firsts):
        if when.earliest > time_of(other.told).latest:
            return _contradiction(mark, "after", other)
    return None


def _contradiction(mark: Marked, word: str, other: Mark) -> str:
    kind, theirs = mark.mark.value, other.told.mark.value
    return (
        f"{kind} at {told_at(mark)} UTC would be {word} {mark.by}'s own {theirs} at {told_at(other.told)} UTC "
        f"(number {other.number}); strike that one out, or give another time"
    )
