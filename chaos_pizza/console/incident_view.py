"""What was understood of a hand-written report, for whoever has to say whether it is right."""

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap

from rich.console import Console
from rich.text import Text

from chaos_pizza.incident.record import Finding, FindingKind, Incident, ReadEntry, ReadItem
from chaos_pizza.incident.wording import at_time, in_lines, spread
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.report.escape import one_line

_GREATEST_WIDTH = 110
_PIPED_WIDTH = 100
_MOST_ENTRIES = 40
_MOST_FINDINGS = 20
_MOST_SENTENCES = 10
_NAMES = {
    MeasureName.TTD: "time to detect",
    MeasureName.TTA: "time to acknowledge",
    MeasureName.TTM: "time to mitigate",
    MeasureName.TTR: "time to recover",
}
_TITLES = {
    FindingKind.CONTRADICTION: ("Contradicts itself", "bold red"),
    FindingKind.NOT_UNDERSTOOD: ("Not understood", "bold yellow"),
    FindingKind.MISSING: ("Not told", "bold yellow"),
    FindingKind.ASSUMPTION: ("Read so, could be read otherwise", "bold"),
    FindingKind.AGREEMENT: ("Checked, and agrees", "bold green"),
}
_LABEL_WIDTH = 21
_NAMES_LINES = re.compile(r"\blines? [0-9]")


def print_incident(console: Console, incident: Incident, name: str) -> None:
    """Print what was understood, what contradicts itself, what was not understood, and what is missing."""
    width = min(console.width, _GREATEST_WIDTH) if console.is_terminal else _PIPED_WIDTH
    for line in _lines(incident, name, max(width, 60)):
        console.print(line, soft_wrap=True)


def _lines(incident: Incident, name: str, width: int) -> Iterator[Text]:
    title = incident.title or "An incident without a title"
    yield Text.assemble((title, "bold"), f"  ({one_line(name, 60)})")
    zone = "" if incident.zone == "UTC" else f", and the timeline is written in {incident.zone}"
    yield Text(f"{incident.started_at:%A, %Y-%m-%d}. Times are UTC{zone}.")
    yield Text()
    yield from _facts(incident)
    yield Text()
    yield from _timeline(incident, width)
    if incident.items:
        yield Text()
        yield Text("Action items, each with a claim that a drill could test (a suggestion, yours to change)", "bold")
        for number, item in enumerate(incident.items, start=1):
            yield from _item(number, item, width)
    for kind in _TITLES:
        yield from _findings(kind, incident.found(kind), width)
    yield from _prose(incident, width)


def _timeline(incident: Incident, width: int) -> Iterator[Text]:
    yield Text("Timeline", "bold")
    shown = incident.entries[:_MOST_ENTRIES]
    heads = [_head(entry, incident) for entry in shown]
    columns = [max(len(head[place]) for head in heads) for place in range(len(heads[0]))]
    day = incident.started_at.date()
    for entry, cells in zip(shown, heads, strict=True):
        if entry.when and entry.when.earliest.date() != day:
            day = entry.when.earliest.date()
            yield Text(f"  {day}")
        head = "  " + "  ".join(f"{cell:<{column}}" for cell, column in zip(cells, columns, strict=True)) + "  "
        words = [instant.words for instant in incident.instants if instant.line == entry.line]
        for row in _hanging(head, entry.text or "(says nothing)", width, "" if words else "dim"):
            if words:
                row.highlight_words(words, "bold")
            yield row
        if words:
            quoted = ", ".join(f"“{each}”" for each in words)
            yield Text(f"{' ' * len(head)}by the words {quoted}", "dim")
    if len(incident.entries) > _MOST_ENTRIES:
        yield Text(f"  and {len(incident.entries) - _MOST_ENTRIES} more; --json has them all", "dim")


def _head(entry: ReadEntry, incident: Incident) -> tuple[str, ...]:
    """Return an entry's line, its time as written (where that is not UTC), its time, and what it stands for."""
    names = ", ".join(instant.sense.value for instant in incident.instants if instant.line == entry.line)
    at = at_time(entry.when) if entry.when else "?"
    written = () if incident.zone == "UTC" else (entry.written,)
    return (f"line {entry.line}", *written, at, names or "-")


def _facts(incident: Incident) -> Iterator[Text]:
    for name, words in _NAMES.items():
        measure = incident.measures.get(name)
        yield _fact(words, spread(measure) if measure else "unknown", ())
    detected, ended = incident.detected_by, incident.ended_by_told
    yield _fact("detected by", detected.value if detected else "unknown", detected.lines if detected else ())
    by = incident.ended_by.value.replace("_", " ") if incident.ended_by else "unknown"
    yield _fact("ended by", by, ended.lines if ended else ())
    for words, number in (("customers affected", incident.customers), ("support tickets", incident.tickets)):
        shown = "unknown" if number is None else str(number.value) if number.value else "none"
        yield _fact(words, shown, (number.line,) if number else ())
    known = {None: "unknown", True: "yes", False: "no"}[incident.announced]
    yield _fact("known beforehand", known, ())
    alike = incident.experiment
    if alike is None:
        yield _fact("experiment like it", "unknown; --experiment names it", ())
    elif alike.lines:
        yield _fact("experiment like it", f"{alike.value}, by the words “{alike.words}”", alike.lines)
    else:
        yield _fact("experiment like it", f"{alike.value}, as you say", ())


def _fact(words: str, shown: str, lines: Sequence[int]) -> Text:
    where = f"  ({in_lines(lines)})" if lines else ""
    return Text.assemble(f"  {words:<{_LABEL_WIDTH}}", (shown, "dim" if shown == "unknown" else "bold"), (where, "dim"))


def _item(number: int, item: ReadItem, width: int) -> Iterator[Text]:
    yield from _hanging(f"  {number}. ", f"{one_line(item.text, 300)} (line {item.line})", width)
    who = f"owner {item.owner}" if item.owner else "no owner"
    due = f"due {item.due}" if item.due else "no due date"
    yield from _hanging("     ", f"{who}; {due}; claim: {item.claim or 'none that a drill could test'}", width)


def _findings(kind: FindingKind, findings: Sequence[Finding], width: int) -> Iterator[Text]:
    if not findings:
        return
    title, style = _TITLES[kind]
    yield Text()
    yield Text(title, style)
    for finding in findings[:_MOST_FINDINGS]:
        # The first line is where to look; a text that is about others names them itself.
        lines = finding.lines[:1] if _NAMES_LINES.search(finding.text) else finding.lines
        where = f"{in_lines(lines)}: " if lines else ""
        yield from _hanging("  - ", f"{where}{finding.text}", width)
    if len(findings) > _MOST_FINDINGS:
        yield Text(f"  and {len(findings) - _MOST_FINDINGS} more; --json has them all", "dim")


def _prose(incident: Incident, width: int) -> Iterator[Text]:
    if not incident.prose:
        return
    yield Text()
    yield Text("Nothing was made of these sentences; they are kept as they stand", "bold")
    for sentence in incident.prose[:_MOST_SENTENCES]:
        head = f"  line {sentence.line:<4} "
        yield Text(head + one_line(sentence.text, width - len(head)), "dim")
    if len(incident.prose) > _MOST_SENTENCES:
        yield Text(f"  and {len(incident.prose) - _MOST_SENTENCES} more; --json has them all", "dim")


def _hanging(head: str, text: str, width: int, style: str = "") -> Iterator[Text]:
    """Yield a text in lines, the later ones indented as the first is after its head."""
    rows = wrap(text, max(width - len(head), 20), break_on_hyphens=False) or [""]
    for place, row in enumerate(rows):
        yield Text((head if place == 0 else " " * len(head)) + row, style)
