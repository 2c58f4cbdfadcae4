"""An AWS service that says what a test tells it to, for what moto does not know: histories, refusals, nonsense."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from loopback import LoopbackServer, QuietHandler


class ScriptedAws(LoopbackServer):
    """Answers each operation by a function of its parameters; `asked` holds every request."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Callable[[dict[str, Any]], tuple[int, Any]]] = {}
        scripted = self

        class Handler(QuietHandler):
            def do_POST(self) -> None:  # noqa: N802 - the library's own name
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                status, said = scripted.say(self.headers["X-Amz-Target"].rpartition(".")[2], json.loads(raw))
                body = said if isinstance(said, bytes) else json.dumps(plain(said)).encode()
                self.reply(status, "application/x-amz-json-1.0", body)

        super().__init__(Handler)

    def say(self, operation: str, parameters: dict[str, Any]) -> tuple[int, Any]:
        self.asked.append((operation, parameters))
        return self.answers[operation](parameters)


def refusal(code: str, message: str = "arn:aws:iam::123456789012:user/ada", status: int = 400) -> tuple[int, Any]:
    return status, {"__type": f"com.amazonaws#{code}", "message": message}


def plain(said: Any) -> Any:
    """Return an answer as JSON has it: dates as seconds since 1970."""
    if isinstance(said, datetime):
        return said.timestamp()
    if isinstance(said, Mapping):
        return {name: plain(value) for name, value in said.items()}
    return [plain(value) for value in said] if isinstance(said, list) else said
