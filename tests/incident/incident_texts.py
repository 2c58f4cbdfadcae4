"""Reports for the tests: the team's own, as it is kept among the examples, and such as they are made up here."""

from pathlib import Path
from zoneinfo import ZoneInfo

from chaos_pizza.incident.reading import Reading, read_report
from chaos_pizza.incident.record import FindingKind, Incident, Sense

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "reports" / "examples" / "2025-12-02T19-35-00Z-incident"
TEAM_REPORT = (EXAMPLE / "incident.md").read_text(encoding="utf-8")
DENVER = ZoneInfo("America/Denver")


def read(text: str, zone: ZoneInfo = DENVER, **options) -> Reading:
    return read_report(text, zone, **options)


def incident_of(*entries: str, title: str = "# Incident: 2025-12-02", said: str = "All times are UTC.", rest: str = ""):
    """The incident of a timeline, whose lines begin at line 7 of a report, and of further sections below it."""
    lines = [title, "", "## Timeline", "", said, "", *(f"- {entry}" for entry in entries), "", rest]
    return read("\n".join(lines)).incident


def minutes(incident: Incident, sense: Sense) -> tuple[str, str] | None:
    """Between which times (UTC) an instant lies, each as `2025-12-02 19:35:00`; `None` where there is none."""
    found = incident.instant(sense)
    return found and (f"{found.when.earliest:%Y-%m-%d %H:%M:%S}", f"{found.when.latest:%Y-%m-%d %H:%M:%S}")


def told(incident: Incident, kind: FindingKind) -> list[str]:
    """The texts of what was found of a kind, each behind its lines: `7 11: the text`."""
    return [f"{' '.join(map(str, each.lines))}: {each.text}" for each in incident.found(kind)]
