"""A hand-written incident report, read: what it says, what it lacks, and where it contradicts itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from chaos_pizza.errors import UsageError
from chaos_pizza.incident.action_items import items_of
from chaos_pizza.incident.checks import check_facts
from chaos_pizza.incident.dating import Dated, Placing, date_entries
from chaos_pizza.incident.facts import (
    customers,
    detected_by,
    ended_by,
    experiment_like,
    fault_of,
    is_announced,
    tickets,
)
from chaos_pizza.incident.frame import frame_of
from chaos_pizza.incident.gaps import gaps_of
from chaos_pizza.incident.instants import instants_among, measures_of
from chaos_pizza.incident.outline import Outline, SectionName, outline_of
from chaos_pizza.incident.passage import Sentence, sentences_of
from chaos_pizza.incident.prose import unused
from chaos_pizza.incident.record import Finding, FindingKind, Incident, ReadInstant, Sense, ToldText
from chaos_pizza.incident.timeline import MOST_ENTRIES, WrittenEntry, read_timeline
from chaos_pizza.incident.told_times import check_told_times
from chaos_pizza.incident.zone import zone_label
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.notes import ActionItem, Notes
from chaos_pizza.report.escape import one_line

NEEDED = "a report needs a date, such as 2025-12-02 in its title, and entries such as `- 19:35 - the factory went down`"
MOST_SENTENCES = 2_000
"""What is beyond is kept, but not read; a report has fifty."""
_MOST_FINDINGS = 200
_MOST_TITLE_CHARS = 120
_LONGEST_FINDING = 400
_DRILL_TITLE = "Drill: "


@dataclass(frozen=True, slots=True)
class Reading:
    """A report as it was read: what was understood, and what people wrote, section by section.

    `is_of_a_drill` tells that it is a report that a drill wrote, whose journal says more.
    """

    incident: Incident
    notes: Notes
    is_of_a_drill: bool


def read_report(text: str, local: ZoneInfo, experiment: str | None = None) -> Reading:
    """Read a report; `local` is the team's own time zone, `experiment` names the one that tries the same.

    Raises `UsageError`, in one line that says what a report needs, for a text that is none: without an entry in a
    timeline, or without any date.
    """
    outline = outline_of(text)
    all_sentences = (sentence for section in outline.sections for sentence in sentences_of(section))
    found_sentences = (sentence for sentence in all_sentences if sentence.line != outline.title_line)
    sentences = list(islice(found_sentences, MOST_SENTENCES))
    timeline = read_timeline(outline)
    if not timeline.entries:
        raise UsageError(f"it holds no timeline: no line of it begins with a time; {NEEDED}")
    frame = frame_of(outline, timeline, sentences, local)
    if frame.placing is None:
        raise UsageError(f"it names no day on which its timeline lies; {NEEDED}")
    dated = date_entries(timeline.entries, frame.placing)
    if not any(entry.when for entry in dated.entries):
        raise UsageError(f"none of its entries has a time that ever was; {NEEDED}")
    instants = instants_among(dated.entries)
    found = _incident(outline, sentences, frame.placing, dated, instants, experiment)
    is_of_a_drill = outline.title.startswith(_DRILL_TITLE)
    findings = [*_unread(sentences, timeline.entries), *dated.findings, *frame.findings]
    if not is_of_a_drill:  # a drill's figures come from its journal, and stand there in tables beside its budgets
        findings += check_told_times(outline, sentences, dated.entries, instants, frame.placing)
        findings += check_facts(sentences, instants, found.measures, found.detected_by)
        findings += gaps_of(outline, timeline.odd_lines, found, sentences)
    shown = tuple(replace(each, text=one_line(each.text, _LONGEST_FINDING)) for each in dict.fromkeys(findings))[
        :_MOST_FINDINGS
    ]
    prose = () if is_of_a_drill else unused(sentences, found, shown)
    incident = replace(found, findings=shown, prose=prose)
    return Reading(incident, _notes(outline, incident), is_of_a_drill)


def _unread(sentences: Sequence[Sentence], entries: Sequence[WrittenEntry]) -> Iterator[Finding]:
    """Yield what was left unread of a report that is far too long."""
    for most, read, noun in ((MOST_SENTENCES, sentences, "sentences"), (MOST_ENTRIES, entries, "entries")):
        if len(read) >= most:
            text = f"it has more than {most} {noun}: what stands after them was not read"
            yield Finding(FindingKind.NOT_UNDERSTOOD, (read[-1].line,), text)


def _incident(
    outline: Outline,
    sentences: Sequence[Sentence],
    placing: Placing,
    dated: Dated,
    instants: tuple[ReadInstant, ...],
    experiment: str | None,
) -> Incident:
    begin, end = _span(dated, instants)
    by_sense = {instant.sense: instant for instant in instants}
    ended = ended_by(sentences, by_sense.get(Sense.MITIGATED))
    alike = ToldText(experiment, (), "--experiment") if experiment else experiment_like(sentences)
    return Incident(
        title=one_line(outline.title, _MOST_TITLE_CHARS),
        zone=zone_label(placing.zone),
        started_at=begin,
        ended_at=end,
        entries=tuple(dated.entries),
        instants=instants,
        measures=measures_of(instants, ended[0] if ended else None),
        detected_by=detected_by(sentences, instants),
        ended_by=ended[0] if ended else None,
        ended_by_told=ended[1] if ended else None,
        experiment=alike,
        fault=fault_of(alike.value) if alike else None,
        announced=is_announced(sentences),
        customers=next(iter(customers(sentences)), None),
        tickets=next(iter(tickets(sentences)), None),
        items=items_of(sentences, placing.calendar),
        findings=(),
        prose=(),
    )


def _span(dated: Dated, instants: Sequence[ReadInstant]) -> tuple[datetime, datetime]:
    """Return the first moment of the fault (or of the timeline, where that is unknown) and the timeline's last."""
    whens: list[Interval] = [entry.when for entry in dated.entries if entry.when is not None]
    start = next((each.when for each in instants if each.sense is Sense.FAULT_START), None)
    begin = start.earliest if start else min(when.earliest for when in whens)
    return begin, max(begin, *(when.latest for when in whens))


def _notes(outline: Outline, incident: Incident) -> Notes:
    """Return what people wrote, word by word, by the section it belongs to."""
    texts = {
        name: "\n\n".join(section.text for section in outline.all_of(name) if section.text) or None
        for name in SectionName
    }
    items = tuple(
        ActionItem(number, item.text, item.owner, date.fromisoformat(item.due) if item.due else None, item.claim)
        for number, item in enumerate(incident.items, start=1)
    )
    return Notes(
        detection=texts[SectionName.DETECTION],
        impact=texts[SectionName.IMPACT],
        response=texts[SectionName.RESPONSE],
        root_cause=texts[SectionName.ROOT_CAUSE],
        resolution=texts[SectionName.RESOLUTION],
        prevention=texts[SectionName.PREVENTION],
        action_items=items,
    )
