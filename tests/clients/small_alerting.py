"""As much of Prometheus, Alertmanager and Grafana as a look needs, on clocks that a test moves by hand."""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

from loopback import LoopbackServer, QuietHandler

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
_RANGE = re.compile(r"\[(\d+)s\]$")


class HandClock:
    """Stands still until it is moved; `second` counts from noon."""

    def __init__(self) -> None:
        self.second = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.second)


class SmallServer(LoopbackServer):
    """Answers with what `say` returns for a path and its query: a status, a media type, and a body."""

    token: str | None = None

    def __init__(self, clock: HandClock, ahead_s: float = 0.0) -> None:
        self.clock = clock
        self.ahead_s = ahead_s
        self.asked: list[str] = []
        self.instead: dict[str, tuple[int, str, bytes]] = {}
        server = self

        class Handler(QuietHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body in one piece, else each answer waits 40 ms for the other side

            def do_GET(self) -> None:  # noqa: N802 - the library's own name
                parts = urlsplit(self.path)
                server.asked.append(parts.path)
                query = parse_qs(parts.query)
                status, media_type, body = server.answer(parts.path, query, self.headers["Authorization"])
                self.reply(status, media_type, body, **({"Location": "/login"} if status == 302 else {}))

            def date_time_string(self, _: float | None = None) -> str:
                return format_datetime(server.now(), usegmt=True)

        super().__init__(Handler)

    def now(self) -> datetime:
        """The server's own time."""
        return self.clock.now() + timedelta(seconds=self.ahead_s)

    def at(self, second: float) -> datetime:
        """When it is so many seconds after noon by the drill's clock, by the server's."""
        return NOON + timedelta(seconds=second + self.ahead_s)

    def answer(self, path: str, query: dict[str, list[str]], authorization: str | None) -> tuple[int, str, bytes]:
        for part, answer in self.instead.items():
            if part in path:
                return answer
        if self.token and authorization != f"Bearer {self.token}":
            return 401, "application/json", b'{"message":"Invalid API key"}'
        body = self.say(path, query)
        if body is None:
            return 404, "text/plain", b"404 page not found"
        return 200, "application/json", json.dumps(body).encode()

    def say(self, path: str, query: dict[str, list[str]]) -> object:
        raise NotImplementedError


class SmallPrometheus(SmallServer):
    """Evaluates every second one rule, "slow", below a path prefix; `firing` and `pending` hold spells of seconds.

    What was evaluated can be read `late_s` seconds later.
    """

    prefix = "/prometheus"

    def __init__(self, clock: HandClock, ahead_s: float = 0.0) -> None:
        super().__init__(clock, ahead_s)
        self.pending: list[tuple[float, float]] = []
        self.firing: list[tuple[float, float]] = []
        self.counters: dict[tuple[str, str], dict[float, float]] = {}
        self.targets = [("shop", "1s"), ("database", "15s")]
        self.kept_since = -1e9
        self.late_s = 0.0
        self.health: dict[str, str] = {"health": "ok"}
        self.queries: list[str] = []

    @property
    def url(self) -> str:
        return super().url + self.prefix

    def say(self, path: str, query: dict[str, list[str]]) -> object:
        if path == f"{self.prefix}/api/v1/query":
            said = self._query(query["query"][0], float(query["time"][0]) if "time" in query else None)
        elif path == f"{self.prefix}/api/v1/rules":
            said = self._rules(query.get("rule_name[]"))
        elif path == f"{self.prefix}/api/v1/targets":
            labels = [({"job": job, "instance": "one"}, every) for job, every in self.targets]
            said = {"activeTargets": [{"labels": of, "scrapeInterval": every} for of, every in labels]}
        else:
            return None
        return {"status": "success", "data": said}

    def _query(self, expression: str, time_s: float | None) -> object:
        self.queries.append(expression)
        now_s = self.now().timestamp()
        if expression == "time()":
            return {"resultType": "scalar", "result": [now_s, f"{now_s:.3f}"]}
        assert time_s is not None
        if expression == "count(up)":
            kept = time_s >= self.at(self.kept_since).timestamp()
            return {"resultType": "vector", "result": [{"metric": {}, "value": [time_s, "1"]}] if kept else []}
        span = _RANGE.search(expression)
        assert span
        since_s = time_s - float(span[1])
        if "ALERTS" in expression:
            series = self._alerts()
        elif expression.startswith("up"):
            times = {second for values in self.counters.values() for second in values}
            series = [({"__name__": "up", "job": "shop", "instance": "one"}, dict.fromkeys(times, 1.0))]
        else:
            series = [
                ({"__name__": metric, "job": "shop", "instance": "one", "outcome": outcome}, values)
                for (metric, outcome), values in self.counters.items()
                if f'__name__="{metric}"' in expression
            ]
        result = []
        for labels, values in series:
            dated = [(self.at(second).timestamp(), value) for second, value in sorted(values.items())]
            points = [
                [at_s, repr(value)] for at_s, value in dated if since_s <= at_s <= min(time_s, now_s - self.late_s)
            ]
            if points:
                result.append({"metric": labels, "values": points})
        return {"resultType": "matrix", "result": result}

    def _alerts(self) -> list[tuple[dict[str, str], dict[float, float]]]:
        labels = {"alertname": "slow", "job": "shop", "severity": "page"}
        series = []
        for state, spells in (("pending", self.pending), ("firing", self.firing)):
            seconds = [second for begin, end in spells for second in _seconds(begin, end)]
            series.append(({"__name__": "ALERTS", "alertstate": state, **labels}, dict.fromkeys(seconds, 1.0)))
        active: dict[float, float] = {}
        since_s = 0.0
        for begin, end in sorted(self.pending + self.firing):
            if begin - 1 not in active:
                since_s = float(int(self.at(begin).timestamp()))
            active |= dict.fromkeys(_seconds(begin, end), since_s)
        return [*series, ({"__name__": "ALERTS_FOR_STATE", **labels}, active)]

    def _rules(self, names: list[str] | None) -> object:
        rule = {
            "state": "inactive",
            "name": "slow",
            "query": "pizza_latency > 1",
            "duration": 3,
            "labels": {"severity": "page"},
            "annotations": {},
            "alerts": [],
            "evaluationTime": 0.001,
            "type": "alerting",
            **self.health,
        }
        rules = [rule] if names is None or "slow" in names else []
        evaluated = {"lastEvaluation": self.now().isoformat(), "evaluationTime": 0.001}
        group = {"name": "pizza", "file": "r.yml", "rules": rules, "interval": 1, "limit": 0, **evaluated}
        return {"groups": [group] if rules else []}


class SmallAlertmanager(SmallServer):
    """Hands on what is in `alerts`."""

    def __init__(self, clock: HandClock, ahead_s: float = 0.0) -> None:
        super().__init__(clock, ahead_s)
        self.alerts: list[dict[str, object]] = []
        self.configuration = 'route: {group_wait: 30s, routes: [{matchers: ["severity=\\"page\\""], group_wait: 5s}]}'
        self.filters: list[str] = []

    def fire(self, since: float, name: str = "slow", state: str = "active", **labels: str) -> None:
        self.alerts.append(
            {
                "annotations": {},
                "endsAt": self.at(since + 240).isoformat(),
                "fingerprint": "6e4922df6c3808fb",
                "receivers": [{"name": "r"}],
                "startsAt": self.at(since).isoformat(),
                "status": {"inhibitedBy": [], "silencedBy": [], "state": state},
                "updatedAt": self.at(since).isoformat(),
                "generatorURL": "http://prometheus/graph",
                "labels": {"alertname": name, "job": "shop", "severity": "page", **labels},
            }
        )

    def say(self, path: str, query: dict[str, list[str]]) -> object:
        if path == "/api/v2/alerts":
            self.filters = query["filter"]
            return self.alerts
        if path == "/api/v2/status":
            return {"cluster": {"status": "disabled"}, "config": {"original": self.configuration}}
        return None


class SmallGrafana(SmallServer):
    """Has one rule, "slow", with what is in `alerts`: labels, a state in Grafana's words, and since when."""

    token = "glsa_0123456789"

    def __init__(self, clock: HandClock, ahead_s: float = 0.0) -> None:
        super().__init__(clock, ahead_s)
        self.alerts: list[tuple[str, float]] = []
        self.silenced = False
        self.rule: dict[str, object] = {"health": "ok"}

    def say(self, path: str, _: dict[str, list[str]]) -> object:
        labels = {"alertname": "slow", "grafana_folder": "Pizza", "job": "shop"}
        if path == "/api/prometheus/grafana/api/v1/rules":
            alerts = [
                {
                    "labels": labels,
                    "annotations": {},
                    "state": state,
                    "activeAt": self.at(since).isoformat(),
                    "value": "",
                }
                for state, since in self.alerts
            ]
            rule = {
                "state": "firing",
                "name": "slow",
                "query": "A",
                "duration": 60,
                "alerts": alerts,
                "type": "alerting",
            }
            rules = [{**rule, "labels": {}, "lastEvaluation": self.now().isoformat(), **self.rule}]
            group = {"name": "g", "file": "Pizza", "rules": rules, "totals": {}, "interval": 10}
            return {"status": "success", "data": {"groups": [group], "totals": {}}}
        if path == "/api/alertmanager/grafana/api/v2/alerts":
            state = "suppressed" if self.silenced else "active"
            inner = {"__alert_rule_uid__": "abc"}
            return [
                {"labels": labels | inner, "startsAt": self.at(since).isoformat(), "status": {"state": state}}
                for word, since in self.alerts
                if word == "Alerting"
            ]
        return None


def _seconds(begin: float, end: float) -> list[float]:
    return [begin + number for number in range(int(end - begin))]
