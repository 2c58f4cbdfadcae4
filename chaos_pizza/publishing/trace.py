"""A drill as an OpenTelemetry trace: the drill itself, a span for each of its phases, an event for each instant.

OTLP over HTTP, https://opentelemetry.io/docs/specs/otlp/#otlphttp. The SDK makes and encodes the spans; sending them is
left to `sender`, so that a collector that hangs or redirects is held to the same bounds as every other tool.
"""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from chaos_pizza.errors import BadAnswer, UsageError
from chaos_pizza.model.result import InstantName, Verdict
from chaos_pizza.publishing.account import Account
from chaos_pizza.publishing.message import Message
from chaos_pizza.redaction import Secret
from chaos_pizza.report.escape import one_line

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan, Tracer

PATH = "/v1/traces"
_SCOPE = "chaos_pizza"
Phase = tuple[str, datetime, datetime]


def trace_message(account: Account, service_name: str, headers: Mapping[str, str | Secret]) -> Message:
    """Return the message to a collector; `UsageError` where OpenTelemetry is not installed, or is switched off."""
    try:
        from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(
            "a trace needs OpenTelemetry, which is not installed: pip install 'chaostoolkit-pizza[otel]'"
        ) from None
    spans = drill_spans(account, service_name)
    if not spans:
        raise UsageError("OpenTelemetry is switched off here by OTEL_SDK_DISABLED, so there is no trace")
    content = encode_spans(spans).SerializeToString()
    return Message("POST", PATH, content=content, headers={**headers, "Content-Type": "application/x-protobuf"})


def check_taken(answer: bytes) -> None:
    """Raise `BadAnswer` where a collector took the request and says that it refused spans of it."""
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (  # noqa: PLC0415
        ExportTraceServiceResponse,
    )

    try:
        partial = ExportTraceServiceResponse.FromString(answer).partial_success
    except DecodeError:
        return  # a status of 2xx is what counts; some collectors answer it in words
    if partial.rejected_spans:
        reason = one_line(partial.error_message, 120) or "it gives no reason"
        raise BadAnswer(f"the collector refused {partial.rejected_spans} spans: {reason}")


def phases(account: Account) -> list[Phase]:
    """Return the drill's phases as name, begin and end, in their order, without gaps.

    `baseline` until the fault; `detection` until it was detected; `mitigation` until it was off; `recovery` until
    purchases were good again; `verification` until the drill's end. A phase whose end never came lasts until the next
    end that did. A drill whose fault is not known to have begun is one `baseline`.
    """
    result = account.result
    instants = result.timeline.instants
    detection = account.detection.when.midpoint if account.detection else None
    ends = [("baseline", _midpoint(account, InstantName.FAULT_START))]
    if InstantName.FAULT_START in instants:
        ends += [
            ("detection", detection),
            ("mitigation", _midpoint(account, InstantName.MITIGATED)),
            ("recovery", _midpoint(account, InstantName.RECOVERED)),
        ]
    known = [(name, end) for name, end in ends if end is not None]
    # Who takes an incident that is over already has detected it late: that phase then has no length.
    marks = [result.started_at]
    for _, end in known:
        marks.append(min(max(end, marks[-1]), result.ended_at))
    names = [name for name, _ in known] + [_after(known[-1][0] if known else None)]
    marks.append(max(result.ended_at, marks[-1]))
    return [(name, begin, end) for name, (begin, end) in zip(names, pairwise(marks), strict=True)]


def drill_spans(account: Account, service_name: str) -> list["ReadableSpan"]:
    """Return the drill's span and those of its phases; empty where OpenTelemetry is switched off.

    Their ids follow from the drill's id: told again, it is the same trace.
    """
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - an extra
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor  # noqa: PLC0415
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.trace.sampling import ALWAYS_ON  # noqa: PLC0415

    from chaos_pizza.publishing.span_ids import DrillIds  # noqa: PLC0415 - needs the extra too

    made = phases(account)
    kept = InMemorySpanExporter()
    ids = DrillIds(account.result.drill_id, ["drill", *(name for name, _, _ in made)])
    # Without an instance of its own the SDK makes one up, another each time.
    resource = Resource.create({"service.name": service_name, "service.instance.id": one_line(account.result.drill_id)})
    provider = TracerProvider(sampler=ALWAYS_ON, resource=resource, shutdown_on_exit=False, id_generator=ids)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    _tell(account, made, provider.get_tracer(_SCOPE))
    return list(kept.get_finished_spans())


def _tell(account: Account, made: list[Phase], tracer: "Tracer | Any") -> None:
    from opentelemetry.trace import Status, StatusCode, set_span_in_context  # noqa: PLC0415 - an extra

    result = account.result
    drill = tracer.start_span(
        f"drill {one_line(result.experiment)}", attributes=drill_attributes(account), start_time=_ns(result.started_at)
    )
    for name, instant in result.timeline.instants.items():
        known = {"chaos_pizza.source": one_line(instant.source), **_bounds(instant.when.earliest, instant.when.latest)}
        drill.add_event(name.value, known, _ns(instant.when.midpoint))
    if result.judgement.verdict is not Verdict.PASSED:
        reasons = "; ".join(map(one_line, result.judgement.reasons))
        drill.set_status(Status(StatusCode.ERROR, one_line(reasons) or result.judgement.verdict.value))
    inside = set_span_in_context(drill)
    for phase, begin, end in made:
        tracer.start_span(phase, context=inside, start_time=_ns(begin)).end(_ns(end))
    drill.end(max(_ns(result.ended_at), _ns(made[-1][2])))


def drill_attributes(account: Account) -> dict[str, str | bool | int | float | list[str]]:
    """Return the attributes of the drill's span; what is unknown is left out.

    `chaos_pizza.ttd_s` is the time to detect, between `chaos_pizza.ttd_earliest_s` and `chaos_pizza.ttd_latest_s`.
    Where `chaos_pizza.ttd_censored` is true it was not detected for at least so long, and there is no `latest`.
    """
    result = account.result
    found: dict[str, Any] = {
        "drill_id": result.drill_id,
        "experiment": result.experiment,
        "target": result.target,
        "fault": account.settings.fault.value,
        "announced": account.settings.announced,
        "verdict": result.judgement.verdict.value,
        "exit_code": result.judgement.verdict.exit_code,
        "reasons": list(result.judgement.reasons) or None,
        "detected_by": result.timeline.detected_by,
        "ended_by": result.timeline.ended_by.value if result.timeline.ended_by else None,
        "purchases": result.impact.purchases,
        "purchases_failed": result.impact.failed,
        "success_ratio": result.impact.success_ratio,
        "report_url": account.report_url,
    }
    for name, measure in result.measures.items():
        if measure is not None:
            stem = name.value.removesuffix("_s")
            found |= {f"{stem}_s": measure.value, f"{stem}_censored": measure.censored}
            found |= {f"{stem}_earliest_s": measure.earliest, f"{stem}_latest_s": measure.latest}
    found |= {
        f"{check.name.removesuffix('_s')}_budget_s": check.budget for check in result.budgets if _is_time(check.name)
    }
    return {f"chaos_pizza.{key}": _clean(value) for key, value in found.items() if value is not None}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return one_line(value)
    return [one_line(each) for each in value] if isinstance(value, list) else value


def _is_time(budget: str) -> bool:
    return budget.endswith("_s")


def _after(last: str | None) -> str:
    """Return what the phase after the last one that came to its end is."""
    following = {None: "baseline", "baseline": "detection", "detection": "mitigation", "mitigation": "recovery"}
    return following.get(last, "verification")


def _midpoint(account: Account, name: InstantName) -> datetime | None:
    instant = account.result.timeline.instants.get(name)
    return instant.when.midpoint if instant else None


def _bounds(earliest: datetime, latest: datetime) -> dict[str, str]:
    return {"chaos_pizza.earliest": earliest.isoformat(), "chaos_pizza.latest": latest.isoformat()}


def _ns(at: datetime) -> int:
    """Return nanoseconds since the epoch, from whole microseconds: a float has not so many digits."""
    return round(at.timestamp()) * 10**9 + (at.microsecond - 10**6 * (at.microsecond >= 500_000)) * 1000
