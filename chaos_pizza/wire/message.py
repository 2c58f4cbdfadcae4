"""A request to be sent and an answer that came, free of any HTTP library."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chaos_pizza.errors import BadAnswer, Refused
from chaos_pizza.redaction import Secret


@dataclass(frozen=True, slots=True)
class Request:
    """A request to a service: the path is relative to its base URL, the body is JSON where there is one.

    `shows_secret` says that the path itself holds a secret and must not be named in any message.
    """

    method: str
    path: str
    body: Any = None
    token: Secret | None = None
    shows_secret: bool = False

    def __repr__(self) -> str:
        # Never the body: a login's holds a password.
        return f"Request({self.label})"

    @property
    def label(self) -> str:
        """The request as messages name it."""
        return f"{self.method} {'/api/support/***' if self.shows_secret else self.path}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer.

    `body` is the parsed JSON, or `None` where the answer was no JSON; `content_type` is the bare media type.
    `server_date_at` is the `Date` header (whole seconds, on the server's clock), `None` where it has none. `sent_at`
    and `received_at` are the drill's clock.
    """

    status: int
    body: Any = field(repr=False)
    content_type: str
    server_date_at: datetime | None
    sent_at: datetime
    received_at: datetime

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        """The service's own `message`, or "" where it sent none."""
        message = self.body.get("message") if isinstance(self.body, dict) else None
        return message if isinstance(message, str) else ""


def expect_object(answer: Answer, who: str, what: str) -> dict[str, Any]:
    """Return the answer's JSON object.

    Raises `Refused` for a 4xx and `BadAnswer` for anything else that is no 2xx with a JSON object; `who` and `what`
    name the service and what was asked of it.
    """
    _expect_success(answer, who, what)
    if not isinstance(answer.body, dict):
        raise BadAnswer(f"{who} answered {_kind(answer)} instead of a JSON object when asked for {what}")
    return answer.body


def expect_list(answer: Answer, who: str, what: str) -> list[Any]:
    """Return the answer's JSON list; raises as `expect_object`."""
    _expect_success(answer, who, what)
    if not isinstance(answer.body, list):
        raise BadAnswer(f"{who} answered {_kind(answer)} instead of a JSON list when asked for {what}")
    return answer.body


def _expect_success(answer: Answer, who: str, what: str) -> None:
    if answer.is_success:
        return
    if 400 <= answer.status < 500:
        raise Refused(f"{who} refused {what}: {answer.status} {answer.message}".rstrip())
    raise BadAnswer(f"{who} answered {answer.status} {answer.message}".rstrip() + f" when asked for {what}")


def _kind(answer: Answer) -> str:
    if answer.body is not None:
        return f"a JSON {type(answer.body).__name__}"
    return f"{answer.content_type or 'nothing readable'}"
