"""An incident as a row of the history, beside the drills."""

from chaos_pizza.incident.record import Incident
from chaos_pizza.model.history import Origin, PastDrill
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.settings import ResponderKind

SUFFIX = "incident"


def incident_id(incident: Incident) -> str:
    """Return the name that an incident has in the history and in `reports`: `2025-12-02T19-35-00Z-incident`."""
    return f"{incident.started_at:%Y-%m-%dT%H-%M-%SZ}-{SUFFIX}"


def past_incident_of(incident: Incident, drill_id: str, tool_version: str | None) -> PastDrill:
    """Return an incident as a row of the history. What its report does not tell stays unknown: verdict, purchases, …"""
    by_person = incident.detected_by is not None and incident.detected_by.value.startswith("person")
    return PastDrill(
        drill_id=drill_id,
        origin=Origin.INCIDENT,
        experiment=incident.experiment.value if incident.experiment else "",
        title=incident.title,
        target="",
        started_at=incident.started_at,
        ended_at=incident.ended_at,
        fault=incident.fault,
        announced=incident.announced,
        responder=ResponderKind.PEOPLE if by_person or incident.ended_by is Actor.RESPONDER else None,
        detected_by=incident.detected_by.value if incident.detected_by else None,
        ended_by=incident.ended_by,
        measures=dict(incident.measures),
        diners_affected=incident.customers.value if incident.customers else None,
        tool_version=tool_version,
    )
