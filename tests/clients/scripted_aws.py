"""An AWS service that says what a test tells it to, for what moto does not know: histories, refusals, nonsense."""

import json
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ScriptedAws:
    """Answers each operation by a function of its parameters; `asked` holds every request."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Callable[[dict[str, Any]], tuple[int, Any]]] = {}
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                status, said = scripted.say(self.headers["X-Amz-Target"].rpartition(".")[2], json.loads(raw))
                body = said if isinstance(said, bytes) else json.dumps(plain(said)).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *said: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def say(self, operation: str, parameters: dict[str, Any]) -> tuple[int, Any]:
        self.asked.append((operation, parameters))
        return self.answers[operation](parameters)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def refusal(code: str, message: str = "arn:aws:iam::123456789012:user/ada", status: int = 400) -> tuple[int, Any]:
    return status, {"__type": f"com.amazonaws#{code}", "message": message}


def plain(said: Any) -> Any:
    """Return an answer as JSON has it: dates as seconds since 1970."""
    if isinstance(said, datetime):
        return said.timestamp()
    if isinstance(said, Mapping):
        return {name: plain(value) for name, value in said.items()}
    return [plain(value) for value in said] if isinstance(said, list) else said
