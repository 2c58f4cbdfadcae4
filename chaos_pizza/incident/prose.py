"""The sentences of a report that nothing was made of."""

from collections.abc import Iterator, Sequence

from chaos_pizza.incident.action_items import gives_owner
from chaos_pizza.incident.facts import claimed_detector
from chaos_pizza.incident.numbers import durations_in
from chaos_pizza.incident.outline import SectionName
from chaos_pizza.incident.passage import Sentence
from chaos_pizza.incident.record import Finding, Incident, ReadSentence
from chaos_pizza.incident.spelled_time import find_times
from chaos_pizza.incident.timeline import zone_said
from chaos_pizza.incident.words import tellings_of
from chaos_pizza.report.escape import one_line

MOST_SENTENCES = 500
_LONGEST_SHOWN = 200
_TELLING = (SectionName.SUMMARY, SectionName.DETECTION, SectionName.RESPONSE, SectionName.RESOLUTION)


def unused(sentences: Sequence[Sentence], incident: Incident, findings: Sequence[Finding]) -> tuple[ReadSentence, ...]:
    """Return the sentences of which no time, fact or finding came; the timeline and the action items have their own."""
    entry_lines = {entry.line for entry in incident.entries}
    used = [*_told(incident, sentences), *_quoted(findings)]
    found = (
        ReadSentence(sentence.line, one_line(sentence.text, _LONGEST_SHOWN))
        for sentence in sentences
        if not entry_lines.intersection(line for _, line in sentence.starts)
        and not _tells(sentence)
        and not any(_is_from(sentence, lines, words) for lines, words in used)
    )
    return tuple(sentence for sentence, _ in zip(found, range(MOST_SENTENCES), strict=False))


def _tells(sentence: Sentence) -> bool:
    if sentence.section is SectionName.TIMELINE:
        return True
    if sentence.section is SectionName.ACTION_ITEMS:
        return sentence.is_item or gives_owner(sentence)
    return bool(
        find_times(sentence.text)
        or any(True for _ in durations_in(sentence.text))
        or zone_said(sentence.text)
        or (sentence.section in _TELLING and tellings_of(sentence.text))
    )


def _is_from(sentence: Sentence, lines: tuple[int, ...], words: str) -> bool:
    return words in sentence.text and any(line in lines for _, line in sentence.starts)


def _told(incident: Incident, sentences: Sequence[Sentence]) -> Iterator[tuple[tuple[int, ...], str]]:
    for told in (incident.ended_by_told, incident.experiment, claimed_detector(sentences)):
        if told is not None:
            yield told.lines, told.words
    for number in (incident.customers, incident.tickets):
        if number is not None:
            yield (number.line,), number.words


def _quoted(findings: Sequence[Finding]) -> Iterator[tuple[tuple[int, ...], str]]:
    """Yield what the findings quote, with the lines that they are about."""
    for finding in findings:
        for piece in finding.text.split("“")[1:]:
            words = piece.partition("”")[0].strip("…")
            if words:
                yield finding.lines, words
