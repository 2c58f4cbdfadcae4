"""A message to a tool: what is sent, and how it is called where it can't be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from chaos_pizza.errors import UsageError
from chaos_pizza.model.target import checked_url
from chaos_pizza.publishing.settings import is_header_value
from chaos_pizza.redaction import Secret
from chaos_pizza.wire.message import Request


@dataclass(frozen=True, slots=True, repr=False)
class Message(Request):
    """A request whose body is bytes already and that has headers of its own.

    The path is relative to the tool's base URL. `shows_secret` says that it is not to be named.
    """

    content: bytes | None = field(default=None, kw_only=True)
    headers: Mapping[str, str | Secret] = field(default_factory=dict, kw_only=True)

    @property
    def label(self) -> str:
        """The message as complaints name it: never what it says."""
        return self.method if self.shows_secret else f"{self.method} {self.path.partition('?')[0]}"


def split_secret_url(url: Secret, place: str) -> tuple[str, str]:
    """Return what may be shown of a secret URL (scheme, host and port) and what may not (path and query).

    Raises `UsageError`, which names `place` and quotes nothing, where it is no http or https URL.
    """
    text = url.reveal().strip()
    base, question, query = text.partition("?")
    try:
        checked_url(base, place)
    except UsageError as error:
        raise UsageError(str(error)) from None
    parts = urlsplit(base)
    return f"{parts.scheme}://{parts.netloc}", f"{parts.path}{question}{query}" or "/"


def look_up(variable: str, environment: Mapping[str, str], place: str) -> Secret:
    """Return the secret that an environment variable holds; `UsageError`, which names both, where it isn't set."""
    value = environment.get(variable, "").strip()
    if not value:
        raise UsageError(f"the environment variable {variable}, which {place} names, is not set")
    return Secret(value)


def secret_headers(variables: Mapping[str, str], environment: Mapping[str, str], place: str) -> dict[str, Secret]:
    """Return the headers whose values environment variables hold; raises as `look_up`, or where it is no header's."""
    headers = {name: look_up(variable, environment, place) for name, variable in variables.items()}
    for name, value in headers.items():
        if not is_header_value(value.reveal()):
            raise UsageError(
                f"the environment variable {variables[name]}, which {place} names, holds no header's value"
            )
    return headers
