"""What a report says in two places, held against each other."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from chaos_pizza.incident.facts import (
    alerts_told,
    claimed_detector,
    customers,
    everybody,
    tickets,
)
from chaos_pizza.incident.numbers import SaidDuration, durations_in
from chaos_pizza.incident.outline import SectionName
from chaos_pizza.incident.passage import Sentence
from chaos_pizza.incident.record import Finding, FindingKind, ReadInstant, Sense, ToldNumber, ToldText
from chaos_pizza.incident.wording import apart, in_lines, length, spread
from chaos_pizza.model.measure import Measure, MeasureName

_MOST = 50
_OF_OTHERS = (SectionName.TIMELINE, SectionName.PREVENTION, SectionName.ACTION_ITEMS)
_SYSTEM = re.compile(
    r"\b(?:grafana|cloudwatch|prometheus|alert\w*|alarm\w*|monitor\w*|pager\w*|datadog|sentry)\b", re.IGNORECASE
)
# What a duration is of, by the words of its sentence: the measures that it may be, the likeliest first.
_OF_WHAT = (
    (r"\btime\s+to\s+detect|\bttd\b|\bto\s+(?:notice|detect)\b|\buntil\s+\w+\s+noticed", (MeasureName.TTD,)),
    (r"\btime\s+to\s+acknowledge|\btta\b|\bto\s+acknowledge\b", (MeasureName.TTA,)),
    (r"\btime\s+to\s+(?:mitigate|resolve|restore|fix|repair)|\bttm\b|\bmttr\b|\bto\s+(?:mitigate|resolve|restore|fix)\b",
     (MeasureName.TTM, MeasureName.TTR)),
    (r"\bfor\b|\blasted\b|\boutage\b|\bdown(?:time)?\b|\bunavailable\b|\bunable\b|\bduration\b|\bin\s+total\b",
     (MeasureName.TTR, MeasureName.TTM)),
)  # fmt: skip
_NAMES = {
    MeasureName.TTD: "time to detect", MeasureName.TTA: "time to acknowledge",
    MeasureName.TTM: "time to mitigate", MeasureName.TTR: "time to recover",
}  # fmt: skip
_IN_ORDER = (
    *((Sense.FAULT_START, sense) for sense in Sense if sense is not Sense.FAULT_START),
    (Sense.ALERT_FIRING, Sense.NOTIFIED), (Sense.MITIGATED, Sense.RECOVERED),
)  # fmt: skip


def check_facts(
    sentences: Sequence[Sentence],
    instants: Sequence[ReadInstant],
    measures: Mapping[MeasureName, Measure],
    detected: ToldText | None,
) -> list[Finding]:
    """Return what contradicts itself, and what agrees, among all that is told beside the times."""
    return [
        *_order(instants),
        *_detector(sentences, detected),
        *_silent_alerts(sentences, instants),
        *_shares(sentences),
        *_numbers(customers(sentences), "customers"),
        *_numbers(tickets(sentences), "support tickets"),
        *islice(_durations(sentences, measures), _MOST),
    ]


def _order(instants: Sequence[ReadInstant]) -> Iterator[Finding]:
    at = {instant.sense: instant for instant in instants}
    for sooner, later in ((at.get(one), at.get(other)) for one, other in _IN_ORDER):
        if sooner and later and later.when.latest <= sooner.when.earliest:
            text = (
                f"{later.sense.value}, {later.written}, is {apart(later.when, sooner.when)} {sooner.sense.value}, "
                f"{sooner.written} in line {sooner.line}: no duration was made of the two"
            )
            yield Finding(FindingKind.CONTRADICTION, (later.line, sooner.line), text)


def _detector(sentences: Sequence[Sentence], detected: ToldText | None) -> Iterator[Finding]:
    claimed = claimed_detector(sentences)
    if claimed is None or detected is None:
        return
    by_system = bool(_SYSTEM.search(claimed.value))
    if by_system and detected.value.startswith("person"):
        no_alert = "no line says that an alert went off"
        if told := next(alerts_told(sentences), None):
            no_alert = f"of the alert in line {told[0]} no time is told"
        where = in_lines([line for line in detected.lines if line not in claimed.lines])
        text = f"“{claimed.words}”, but a person noticed ({where}), and {no_alert}; taken: {detected.value}"
    elif not by_system and detected.value.startswith("alert"):
        text = (
            f"“{claimed.words}”, but the first to tell was an alert, line {detected.lines[0]}; taken: {detected.value}"
        )
    else:
        return
    yield Finding(FindingKind.CONTRADICTION, tuple(sorted({*claimed.lines, *detected.lines})), text)


def _silent_alerts(sentences: Sequence[Sentence], instants: Sequence[ReadInstant]) -> Iterator[Finding]:
    if any(instant.sense is Sense.ALERT_FIRING for instant in instants):
        return
    for line, words in islice(alerts_told(sentences), 1):
        text = f"an alert is said to have gone off (“{words}”), but no entry says when: it is no instant"
        yield Finding(FindingKind.MISSING, (line,), text)


def _shares(sentences: Sequence[Sentence]) -> Iterator[Finding]:
    counted, whole = customers(sentences), everybody(sentences)
    if whole and len(counted) == 1:
        shares = " and ".join(f"“{each.words}” (line {each.lines[0]})" for each in whole[:2])
        text = (
            f"{shares}, but “{counted[0].words}” (line {counted[0].line}): right together only if there were no more; "
            "how many there were is not told"
        )
        yield Finding(FindingKind.CONTRADICTION, (*(each.lines[0] for each in whole[:2]), counted[0].line), text)


def _numbers(told: Sequence[ToldNumber], noun: str) -> Iterator[Finding]:
    if len(told) > 1:
        shown = ", ".join(f"“{each.words}” (line {each.line})" for each in told[:5])
        text = f"the number of {noun} differs: {shown}; the first was taken"
        yield Finding(FindingKind.CONTRADICTION, tuple(each.line for each in told[:5]), text)


def _durations(sentences: Sequence[Sentence], measures: Mapping[MeasureName, Measure]) -> Iterator[Finding]:
    for sentence in sentences:
        if sentence.section in _OF_OTHERS:
            continue
        for said in islice(durations_in(sentence.text), _MOST):
            names = next((names for words, names in _OF_WHAT if re.search(words, sentence.text, re.IGNORECASE)), ())
            known = [(name, measures[name]) for name in names if name in measures]
            if known:
                yield _held(sentence.line_at(said.begin), said, known)


def _held(line: int, said: SaidDuration, known: Sequence[tuple[MeasureName, Measure]]) -> Finding:
    for name, measure in known:
        if _fits(said, measure):
            text = f"“{said.text}” is the timeline's {_NAMES[name]}, {spread(measure)}"
            return Finding(FindingKind.AGREEMENT, (line,), text)
    name, measure = known[0]
    gap_s = said.seconds - measure.value
    more = "more" if gap_s > 0 else "less"
    text = (
        f"“{said.text}” is {length(abs(round(gap_s)))} {more} than the timeline's {_NAMES[name]}, {spread(measure)}; "
        "the timeline was taken"
    )
    return Finding(FindingKind.CONTRADICTION, (line,), text)


def _fits(said: SaidDuration, measure: Measure) -> bool:
    half = said.resolution_s / 2
    return measure.earliest <= said.seconds + half and (measure.latest is None or said.seconds - half <= measure.latest)
