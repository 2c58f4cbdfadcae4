"""What was understood of a hand-written report: the records of `incident.json`."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chaos_pizza.model.incident import Actor
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.result import InstantName
from chaos_pizza.model.settings import FaultKind


class Sense(StrEnum):
    """What an entry of a timeline can stand for: the instants of a drill, and when the cure was found."""

    FAULT_START = "fault_start"
    FIRST_IMPACT = "first_impact"
    ALERT_FIRING = "alert_firing"
    NOTIFIED = "notified"
    NOTICED = "noticed"
    ACKNOWLEDGED = "acknowledged"
    DIAGNOSED = "diagnosed"
    MITIGATED = "mitigated"
    RECOVERED = "recovered"

    @property
    def instant(self) -> InstantName | None:
        """The instant of the same name; `None` for a diagnosis, from which nothing is measured."""
        return None if self is Sense.DIAGNOSED else InstantName(self.value)


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """An entry of the timeline: its line in the file, its time as written, when that was, and what it says.

    `when` is `None` where the time could not be placed: a time that clocks skipped, say.
    """

    line: int
    written: str
    when: Interval | None
    text: str


@dataclass(frozen=True, slots=True)
class ReadInstant:
    """An entry that stands for an instant, and the words of it that say so."""

    sense: Sense
    line: int
    written: str
    when: Interval
    words: str


@dataclass(frozen=True, slots=True)
class ToldText:
    """Something that the report tells, the lines it is told on, and the words it was taken from."""

    value: str
    lines: tuple[int, ...]
    words: str


@dataclass(frozen=True, slots=True)
class ToldNumber:
    """A number that the report tells, the line it is told on, and the words it was taken from."""

    value: int
    line: int
    words: str


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence, and the line it begins on."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ReadItem:
    """An action item. `due` is a date as ISO 8601 has it. `claim` is our suggestion, and no part of the report."""

    line: int
    text: str
    owner: str | None
    due: str | None
    claim: str | None


class FindingKind(StrEnum):
    """What sort of thing was found."""

    CONTRADICTION = "contradiction"
    """Two places that can't both be right."""
    NOT_UNDERSTOOD = "not_understood"
    """Something nothing could be made of."""
    MISSING = "missing"
    """Something that the report does not tell."""
    ASSUMPTION = "assumption"
    """How something was read that could be read otherwise."""
    AGREEMENT = "agreement"
    """Two places that were held against each other, and agree."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to know about the report, with the lines it is about; of what is missing there may be none."""

    kind: FindingKind
    lines: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident as its report tells it.

    `started_at` and `ended_at` are the first and the last moment that its timeline can mean. `experiment` names the one
    that tries the same, `fault` the kind of fault it brings about. `announced` says whether those who responded knew of
    it beforehand. What the report does not tell is `None`. `prose` are the sentences that nothing was made of;
    they stand in `incident.md` all the same.
    """

    title: str
    zone: str
    started_at: datetime
    ended_at: datetime
    entries: tuple[ReadEntry, ...]
    instants: tuple[ReadInstant, ...]
    measures: dict[MeasureName, Measure]
    detected_by: ToldText | None
    ended_by: Actor | None
    ended_by_told: ToldText | None
    experiment: ToldText | None
    fault: FaultKind | None
    announced: bool | None
    customers: ToldNumber | None
    tickets: ToldNumber | None
    items: tuple[ReadItem, ...]
    findings: tuple[Finding, ...]
    prose: tuple[ReadSentence, ...]

    def instant(self, sense: Sense) -> ReadInstant | None:
        """Return the entry that stands for an instant; `None` where none does."""
        return next((instant for instant in self.instants if instant.sense is sense), None)

    def found(self, kind: FindingKind) -> tuple[Finding, ...]:
        """Return what was found of a kind."""
        return tuple(finding for finding in self.findings if finding.kind is kind)
