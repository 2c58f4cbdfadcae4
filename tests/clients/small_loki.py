"""As much of Loki as a search needs: lines with dates, counted and handed out by its rules for ranges."""

import json
import re
from urllib.parse import parse_qs, urlsplit

from loopback import LoopbackServer, QuietHandler

_COUNTING = re.compile(r"sum\(count_over_time\((.*)\n\[(\d+)ms\]\)\)", re.DOTALL)


class SmallLoki(LoopbackServer):
    """Knows queries of the form `{…} |= "text"`; a count's range leaves out its begin, a stretch of lines its end."""

    def __init__(self, lines: list[tuple[int, str]], token: str | None = None) -> None:
        self.lines = lines
        self.token = token
        self.asked: list[str] = []
        loki = self

        class Handler(QuietHandler):
            def do_GET(self) -> None:  # noqa: N802 - the library's own name
                status, said = loki.say(self.path, self.headers["Authorization"])
                body = json.dumps(said).encode() if said is not None else b"parse error at line 1"
                self.reply(status, "application/json" if said is not None else "text/plain", body)

        super().__init__(Handler)

    def say(self, path: str, authorization: str | None) -> tuple[int, object]:
        if self.token and authorization != f"Bearer {self.token}":
            return 401, None
        asked = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        self.asked.append(urlsplit(path).path)
        if urlsplit(path).path == "/loki/api/v1/query":
            counting = _COUNTING.fullmatch(asked["query"])
            end = int(asked["time"])
            if counting is None or not counting[1].startswith("{"):
                return 400, None
            begin = end - int(counting[2]) * 1_000_000
            found = [date for date, line in self._selected(counting[1]) if begin < date <= end]
            vector = [{"metric": {}, "value": [end / 1e9, str(len(found))]}] if found else []
            return 200, {"status": "success", "data": {"resultType": "vector", "result": vector}}
        begin, end = int(asked["start"]), int(asked["end"])
        within = [(date, line) for date, line in self._selected(asked["query"]) if begin <= date < end]
        values = [[str(date), line] for date, line in sorted(within)[: int(asked["limit"])]]
        streams = [{"stream": {"app": "pizza"}, "values": values}] if values else []
        return 200, {"status": "success", "data": {"resultType": "streams", "result": streams}}

    def _selected(self, query: str) -> list[tuple[int, str]]:
        text = query.partition('|= "')[2].removesuffix('"')
        return [(date, line) for date, line in self.lines if text in line]
