"""A drill as annotations on a team's dashboards: the fault as a region, detection, cure and recovery as points.

https://grafana.com/docs/grafana/latest/developers/http_api/annotations/
"""

import html
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from chaos_pizza.errors import BadAnswer
from chaos_pizza.model.result import InstantName
from chaos_pizza.publishing.account import Account, measures_in_words
from chaos_pizza.publishing.message import Message
from chaos_pizza.publishing.settings import GrafanaSettings
from chaos_pizza.redaction import Secret
from chaos_pizza.report.escape import one_line
from chaos_pizza.report.hands import who_ended

_PATH = "/api/annotations"
_MOST_FOUND = 100


def find_message(account: Account, settings: GrafanaSettings, token: Secret) -> Message:
    """Return the question for the annotations that this drill has there already."""
    query = [("tags", "chaos-pizza"), ("tags", _drill_tag(account)), ("limit", str(_MOST_FOUND))]
    if settings.dashboard_uid is not None:
        query.append(("dashboardUID", settings.dashboard_uid))
    return Message("GET", f"{_PATH}?{urlencode(query)}", headers=_headers(token))


def annotation_messages(account: Account, settings: GrafanaSettings, token: Secret, found: bytes) -> list[Message]:
    """Return the messages that make or renew the drill's annotations, after what `find_message` was answered.

    Told again, a drill has the annotations it had, renewed. Raises `BadAnswer` where that answer is no list.
    """
    known = _known(found, _drill_tag(account))
    messages = []
    for kind, annotation in annotations(account, settings).items():
        place = {} if settings.dashboard_uid is None else {"dashboardUID": settings.dashboard_uid}
        if settings.panel_id is not None:
            place["panelId"] = settings.panel_id  # type: ignore[assignment]
        number = known.get(kind)
        # An annotation stays on the dashboard it was made on.
        method, path = ("POST", _PATH) if number is None else ("PUT", f"{_PATH}/{number}")
        body = {**place, **annotation} if number is None else annotation
        content = json.dumps(body, separators=(",", ":")).encode()
        messages.append(Message(method, path, content=content, headers=_headers(token)))
    return messages


def annotations(account: Account, settings: GrafanaSettings) -> dict[str, dict[str, Any]]:
    """Return the annotations by kind, in epoch milliseconds, texts as HTML; what is not known to have happened is none.

    A drill whose fault is not known to have begun is one region, from its begin to its end.
    """
    timeline = account.result.timeline
    start = timeline.instants.get(InstantName.FAULT_START)
    mitigated = timeline.instants.get(InstantName.MITIGATED)
    recovered = timeline.instants.get(InstantName.RECOVERED)
    made: dict[str, dict[str, Any]] = {}
    if start is None:
        made["drill"] = _region(account.result.started_at, account.result.ended_at, _fault_text(account))
    else:
        end = mitigated.when.midpoint if mitigated else timeline.observed_until
        made["fault"] = _region(start.when.midpoint, end, _fault_text(account))
    if account.detection is not None:
        made["detection"] = _point(account.detection.when.midpoint, f"Detected by {timeline.detected_by}")
    if mitigated is not None and timeline.ended_by is not None:
        made["cure"] = _point(mitigated.when.midpoint, f"Fault ended by {who_ended(account.result, timeline.ended_by)}")
    if recovered is not None:
        made["recovery"] = _point(recovered.when.midpoint, "Purchases recovered")
    return {kind: {**each, "tags": _tags(account, settings, kind)} for kind, each in made.items()}


def _fault_text(account: Account) -> str:
    lines = [account.headline]
    if InstantName.FAULT_START in account.result.timeline.instants:
        lines.append(f"fault: {account.settings.fault.value}")
        if InstantName.MITIGATED not in account.result.timeline.instants:
            lines.append("still on when the drill last looked")
    lines += [f"{label}: {figure}" for label, figure in measures_in_words(account.result)]
    text = "<br>".join(html.escape(one_line(line)) for line in lines)
    return f'{text}<br><a href="{html.escape(account.report_url)}">Report</a>' if account.report_url else text


def _region(begin: datetime, end: datetime, text: str) -> dict[str, Any]:
    return {"time": _epoch_ms(begin), "timeEnd": max(_epoch_ms(begin), _epoch_ms(end)), "text": text}


def _point(at: datetime, text: str) -> dict[str, Any]:
    return {"time": _epoch_ms(at), "text": html.escape(one_line(text))}


def _epoch_ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _tags(account: Account, settings: GrafanaSettings, kind: str) -> list[str]:
    result = account.result
    own = ["chaos-pizza", _drill_tag(account), _kind_tag(kind), result.experiment, result.judgement.verdict.value]
    return [one_line(tag, 100) for tag in dict.fromkeys([*own, *settings.tags])]


def _drill_tag(account: Account) -> str:
    return one_line(f"drill:{account.result.drill_id}", 100)


def _kind_tag(kind: str) -> str:
    return f"kind:{kind}"


def _known(found: bytes, drill_tag: str) -> dict[str, int]:
    """Return the number of each annotation that is known already, by kind."""
    try:
        rows = json.loads(found)
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list):
        raise BadAnswer("Grafana answered no list of annotations; is the address that of a Grafana?")
    known: dict[str, int] = {}
    for row in rows[: 10 * _MOST_FOUND]:
        number, tags = (row.get("id"), row.get("tags")) if isinstance(row, dict) else (None, None)
        if type(number) is not int or not isinstance(tags, list) or drill_tag not in tags:
            continue
        for kind in (tag.removeprefix("kind:") for tag in tags if isinstance(tag, str) and tag.startswith("kind:")):
            known.setdefault(kind, number)
    return known


def _headers(token: Secret) -> Mapping[str, str | Secret]:
    bearer = Secret(f"Bearer {token.reveal()}")
    return {"Authorization": bearer, "Content-Type": "application/json", "Accept": "application/json"}
