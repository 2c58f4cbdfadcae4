"""What a report does not tell, and what in it can't be read to its end."""

import re
from collections.abc import Iterator, Sequence

from chaos_pizza.incident.facts import counts_purchases
from chaos_pizza.incident.outline import Line, Outline, SectionName
from chaos_pizza.incident.passage import Sentence
from chaos_pizza.incident.record import Finding, FindingKind, Incident, ReadItem, Sense
from chaos_pizza.incident.words import tellings_of

_UNFINISHED = re.compile(
    r"\b(?:where|which|that|who|whose|when|while|because|since|so|and|or|but|to|of|for|with|by|in|on|at|from|the|an?|is"
    r"|are|was|were|be|will|would|should|if|as|than|this|these|our|their|its|not|why|how)\s*$|[,(]\s*$",
    re.IGNORECASE,
)
_SHOWN_WORDS = 8
_OF_THE_INCIDENT = (SectionName.SUMMARY, SectionName.IMPACT, SectionName.RESPONSE, SectionName.RESOLUTION)
_CONSEQUENCES = (
    (Sense.FAULT_START, "no entry says when it began (went down, stopped working)", "no time is measured"),
    (Sense.MITIGATED, "no entry says when the fault was ended (restored, fixed)", "no time to mitigate"),
    (Sense.ACKNOWLEDGED, "nobody is said to have taken it", "no time to acknowledge"),
    (Sense.RECOVERED, "no entry says that purchases worked again", "no time to recover"),
)


def gaps_of(
    outline: Outline, odd_lines: Sequence[Line], incident: Incident, sentences: Sequence[Sentence]
) -> Iterator[Finding]:
    """Yield what can't be understood, then what is missing."""
    for line in odd_lines[:20]:
        text = f"no entry, since it begins with no time: “{_cut(line.text)}”"
        yield Finding(FindingKind.NOT_UNDERSTOOD, (line.number,), text)
    yield from _unfinished(outline)
    for section in outline.sections[1:]:
        if section.name is None and section.heading:
            text = f"“{_cut(section.heading)}” is no section of the incident form: nothing was read of it"
            yield Finding(FindingKind.NOT_UNDERSTOOD, (section.line,), text)
    yield from _missing_instants({instant.sense for instant in incident.instants}, sentences)
    yield from _missing_facts(incident, sentences)
    yield from _missing_sections(outline)
    yield from _missing_of_items(incident.items)


def _unfinished(outline: Outline) -> Iterator[Finding]:
    """Yield the paragraphs that break off in mid-sentence."""
    for section in outline.sections:
        for place, line in enumerate(section.lines):
            after = section.lines[place + 1].text.strip() if place + 1 < len(section.lines) else ""
            text = line.text.rstrip()
            if (
                not after
                and not line.is_code
                and not line.text.lstrip().startswith("|")
                and _UNFINISHED.search(text[-60:])
            ):
                last = " ".join(text.split()[-_SHOWN_WORDS:])
                yield Finding(FindingKind.NOT_UNDERSTOOD, (line.number,), f"the sentence breaks off: “…{_cut(last)}”")


def _missing_instants(told: set[Sense], sentences: Sequence[Sentence]) -> Iterator[Finding]:
    if not told & {Sense.ALERT_FIRING, Sense.NOTIFIED, Sense.NOTICED, Sense.ACKNOWLEDGED}:
        yield _missing("no entry says who or what noticed it: no time to detect")
    elif not told & {Sense.ALERT_FIRING, Sense.NOTIFIED}:
        yield _missing("no entry tells of an alert or of a notification")
    for sense, lacking, consequence in _CONSEQUENCES:
        if sense in told:
            continue
        line, words = _without_time(sense, sentences)
        if line:
            text = f"“{words}”, but no entry says when: {consequence}"
            yield Finding(FindingKind.MISSING, (line,), text)
        else:
            yield _missing(f"{lacking}: {consequence}")


def _without_time(sense: Sense, sentences: Sequence[Sentence]) -> tuple[int, str]:
    """Return where a sentence outside the timeline tells an instant, and its words; line 0 where none does."""
    for sentence in sentences:
        if sentence.section in _OF_THE_INCIDENT:
            for telling in tellings_of(sentence.text):
                if telling.sense is sense:
                    return sentence.line_at(telling.begin), telling.words
    return 0, ""


def _missing_facts(incident: Incident, sentences: Sequence[Sentence]) -> Iterator[Finding]:
    if not counts_purchases(sentences):
        yield _missing("how many purchases were tried, and how many failed")
    if incident.customers is None:
        yield _missing("how many customers were affected")
    if incident.tickets is None:
        yield _missing("whether there were support tickets")
    if incident.announced is None:
        yield _missing("whether those who responded knew of it beforehand")


def _missing_sections(outline: Outline) -> Iterator[Finding]:
    lacking = [name.heading for name in SectionName if not outline.has(name)]
    if lacking:
        yield _missing(f"there is no section {', '.join(lacking)}")
    for section in outline.sections:
        if section.name and not section.text and not any(other.text for other in outline.all_of(section.name)):
            yield Finding(FindingKind.MISSING, (section.line,), f"the section {section.name.heading} is empty")


def _missing_of_items(items: Sequence[ReadItem]) -> Iterator[Finding]:
    for what, lacking in (
        ("owner", [number for number, item in enumerate(items, 1) if item.owner is None]),
        ("due date", [number for number, item in enumerate(items, 1) if item.due is None]),
    ):
        if lacking:
            which = ", ".join(map(str, lacking[:20]))
            noun = "action item" if len(lacking) == 1 else "action items"
            yield _missing(f"{noun} {which}: no {what}")


def _missing(text: str) -> Finding:
    return Finding(FindingKind.MISSING, (), text)


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 80 else words[:79] + "…"
