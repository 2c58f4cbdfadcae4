"""What `chaos-pizza.yaml` says under `publish`: which tools are told of a drill, and where they are.

No secret stands there: a key that ends in `_env` names the environment variable that holds one.
"""

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from typing import Any, cast

from chaos_pizza.configuration import TeamConfiguration
from chaos_pizza.errors import TargetError, UsageError
from chaos_pizza.model.conversion import from_mapping
from chaos_pizza.model.target import checked_url

LONGEST_TIMEOUT_S = 8.0
"""What is left of the ten seconds that telling all tools may take, after a process was started for it."""
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,100}")
_KINDS: Mapping[Any, str] = {
    str: "a text",
    str | None: "a text",
    int | None: "a whole number",
    float: "a number",
    tuple[str, ...]: "a list of texts",
    dict[str, str]: "a mapping of texts to texts",
}
_SECRETS = {"token", "secret", "password", "key", "url"}
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_UNFIT_FOR_LINK = re.compile(r"[^\x21-\x7e]|[<>|\"\\^`{}]")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]{0,1000}")
_RESERVED_HEADERS = {
    *("content-type", "content-length", "content-encoding", "transfer-encoding", "host", "connection"),
    *("accept-encoding", "idempotency-key", "x-chaos-pizza-signature"),
}


class Tool(StrEnum):
    """A tool that can be told of a drill; its key under `publish`."""

    GRAFANA = "grafana"
    SLACK = "slack"
    WEBHOOK = "webhook"
    TRACE = "trace"
    PUSHGATEWAY = "pushgateway"
    TEXTFILE = "textfile"


@dataclass(frozen=True, slots=True)
class GrafanaSettings:
    """A Grafana: its address, whose token may read and write annotations, and where they are shown.

    Without `dashboard_uid` they belong to the whole organization. `tags` are set besides our own.
    """

    url: str
    token_env: str
    dashboard_uid: str | None = None
    panel_id: int | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """An incoming webhook of Slack's, whose whole URL is a secret."""

    url_env: str


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Anybody's webhook: its URL, or where that is a secret the variable that holds it.

    The body is signed with the secret in `secret_env`. `headers` are sent as they stand, those of `headers_env` with
    the values of these variables.
    """

    url: str | None = None
    url_env: str | None = None
    secret_env: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    headers_env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TraceSettings:
    """An OpenTelemetry collector that takes OTLP over HTTP; `/v1/traces` is added to its address."""

    url: str
    headers_env: dict[str, str] = field(default_factory=dict)
    service_name: str = "chaos-pizza"


@dataclass(frozen=True, slots=True)
class PushgatewaySettings:
    """A Prometheus Pushgateway; `/metrics/job/…` is added to its address."""

    url: str
    headers_env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TextfileSettings:
    """The folder that node_exporter's textfile collector reads."""

    folder: str


@dataclass(frozen=True, slots=True)
class PublishSettings:
    """All tools that are told; `None` for one that is not.

    Each has `timeout_s` seconds. `report_url` is where reports can be read; `{drill}` in it is the drill's id.
    """

    timeout_s: float = 5.0
    report_url: str | None = None
    grafana: GrafanaSettings | None = None
    slack: SlackSettings | None = None
    webhook: WebhookSettings | None = None
    trace: TraceSettings | None = None
    pushgateway: PushgatewaySettings | None = None
    textfile: TextfileSettings | None = None

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools that are told."""
        return tuple(tool for tool in Tool if getattr(self, tool.value) is not None)


_RECORDS: Mapping[Tool, type] = {
    Tool.GRAFANA: GrafanaSettings,
    Tool.SLACK: SlackSettings,
    Tool.WEBHOOK: WebhookSettings,
    Tool.TRACE: TraceSettings,
    Tool.PUSHGATEWAY: PushgatewaySettings,
    Tool.TEXTFILE: TextfileSettings,
}


def read_publishing(configuration: TeamConfiguration) -> PublishSettings:
    """Return what the team's file says under `publish`; where it says nothing, nobody is told.

    Raises `UsageError`, in one line that names the place and quotes no value.
    """
    try:
        return _settings_of(configuration.publish)
    except UsageError as error:
        raise UsageError(f"{configuration.path}: {error}") from None


def _settings_of(mapping: Mapping[str, Any]) -> PublishSettings:
    tools = {
        tool.value: _record(f"publish.{tool.value}", mapping[tool.value], record)
        for tool, record in _RECORDS.items()
        if tool.value in mapping
    }
    plain = {key: value for key, value in mapping.items() if key not in tools}
    settings: PublishSettings = _record("publish", plain, PublishSettings, tools)
    if not 0 < settings.timeout_s <= LONGEST_TIMEOUT_S:
        raise UsageError(f"`publish.timeout_s` is to be more than 0 and at most {LONGEST_TIMEOUT_S:g}")
    if settings.report_url is not None:
        checked_report_url(settings.report_url, "`publish.report_url`")
    hook = settings.webhook
    if hook is not None and (hook.url is None) == (hook.url_env is None):
        raise UsageError("`publish.webhook` needs either `url` or, where the URL is a secret, `url_env`")
    return settings


def checked_report_url(url: str, place: str) -> str:
    """Return the address of a report as it is; `UsageError`, which names `place`, where nobody could follow it.

    It may have a query and a fragment, unlike a service's address.
    """
    try:
        checked_url(re.split(r"[?#]", url.replace("{drill}", "drill"))[0], place)
    except TargetError as error:
        raise UsageError(str(error)) from None
    if _UNFIT_FOR_LINK.search(url.replace("{drill}", "")):
        raise UsageError(f"{place} holds a character that no URL has; write it as % and two digits")
    return url


def _record(place: str, mapping: object, record: type, given: Mapping[str, Any] | None = None) -> Any:
    """Return the record that a mapping describes; `given` are the fields that are known already."""
    if not isinstance(mapping, Mapping):
        raise UsageError(f"`{place}` is to be a mapping")
    known = {each.name: each for each in fields(record)}
    for key in mapping:
        if key not in known:
            hint = " (a secret never stands in this file, only the name of its variable)" if key in _SECRETS else ""
            raise UsageError(f"`{place}` has no {str(key)[:60]!r}{hint}; it has {', '.join(known)}")
    values = {key: _value(f"{place}.{key}", value, known[key].type) for key, value in mapping.items()}
    values |= given or {}
    for name, each in known.items():
        if name not in values and each.default is MISSING and each.default_factory is MISSING:
            raise UsageError(f"`{place}` needs `{name}`")
    return record(**values)


def _value(place: str, value: object, kind: Any) -> Any:
    """Return a value of the file's, of its kind; it is never quoted, since it may be a secret in the wrong place."""
    if place.endswith("_env"):
        _check_variables(place, value)
    try:
        if kind == tuple[str, ...] and not isinstance(value, list):
            raise ValueError  # noqa: TRY301 - a text would be taken for the list of its letters
        read = from_mapping(value, cast("type[Any]", kind))
    except ValueError:
        raise UsageError(f"`{place}` is to be {_KINDS[kind]}") from None
    if place.endswith(".url") and read is not None:
        return checked_url(read, f"`{place}`")
    if place.endswith((".headers", ".headers_env")):
        _check_headers(place, read)
    return read


def _check_variables(place: str, value: object) -> None:
    """Refuse what is no variable's name: it may be the secret itself."""
    variables = list(value.values()) if isinstance(value, Mapping) else [value]
    if not all(isinstance(variable, str) and _VARIABLE.fullmatch(variable) for variable in variables):
        what = "map headers to the names" if place.endswith("headers_env") else "be the name"
        raise UsageError(f"`{place}` is to {what} of environment variables, such as TEAM_TOKEN")


def _check_headers(place: str, headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or not is_header_value(value):
            raise UsageError(f"`{place}` holds what is no HTTP header")
        if name.lower() in _RESERVED_HEADERS:
            raise UsageError(f"`{place}` sets {name}, which is set already")


def is_header_value(text: str) -> bool:
    """Tell whether a text can be sent as a header's value: printable ASCII, and not endless."""
    return _HEADER_VALUE.fullmatch(text) is not None
