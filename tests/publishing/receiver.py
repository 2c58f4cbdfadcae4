"""A small Grafana, Slack, webhook, collector and Pushgateway on one port of this machine."""

import json
import threading
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from loopback import LoopbackServer, QuietHandler


@dataclass(frozen=True)
class Taken:
    """A request as it arrived; header names in small letters."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


@dataclass
class Receiver:
    """Keeps all that it is sent, and the annotations as a Grafana does. `answers` says otherwise, by path."""

    taken: list[Taken] = field(default_factory=list)
    annotations: list[dict] = field(default_factory=list)
    answers: dict[str, list[tuple[int, bytes, dict[str, str]]]] = field(default_factory=dict)

    def __post_init__(self):
        receiver = self
        lock = threading.Lock()

        class Handler(QuietHandler):
            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                address = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                taken = Taken(self.command, address.path, parse_qs(address.query), headers, self.rfile.read(length))
                with lock:
                    receiver.taken.append(taken)
                    status, body, headers = receiver.answer_to(taken)
                self.reply(status, "application/json", body, **headers)

            do_GET = do_POST = do_PUT = answer  # noqa: N815 - the server's own way to name them

        self._server = LoopbackServer(Handler)

    @property
    def url(self):
        return self._server.url

    def close(self):
        self._server.close()

    def answer_to(self, taken):
        scripted = self.answers.get(taken.path)
        if scripted:
            return scripted.pop(0) if len(scripted) > 1 else scripted[0]
        if taken.path.startswith("/api/annotations"):
            return 200, json.dumps(self._annotated(taken)).encode(), {}
        return 200, b"", {}

    def _annotated(self, taken):
        if taken.method == "GET":
            wanted = set(taken.query.get("tags", []))
            return [each for each in self.annotations if wanted <= set(each["tags"])]
        if taken.method == "PUT":
            number = int(taken.path.rpartition("/")[2])
            self.annotations[number - 1].update(taken.json)
            return {"message": "Annotation updated"}
        self.annotations.append({"id": len(self.annotations) + 1, **taken.json})
        return {"message": "Annotation added", "id": len(self.annotations)}

    def at(self, path):
        """The requests to a path, or below it."""
        return [taken for taken in self.taken if taken.path.startswith(path)]
