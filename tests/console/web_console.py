"""A real console on a free port, in this process or one of its own, and feeds for it to show."""

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.console.web.keys import ConsoleKeys, Role
from chaos_pizza.console.web.serve import console_at_work
from chaos_pizza.console.web.settings import ConsoleSettings
from chaos_pizza.console.web.starter import Starter
from chaos_pizza.feed_file import FeedFile
from chaos_pizza.gameday.plan import Roles, StartedBy
from chaos_pizza.gameday_folder import FACTS_NAME, GameDay
from chaos_pizza.journal.file import JournalWriter
from chaos_pizza.model.conversion import to_mapping
from chaos_pizza.model.event import DrillStarted
from chaos_pizza.model.feed import FeedDrill, FeedPurchases
from chaos_pizza.model.response_event import Marked
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.redaction import Secret
from chaos_pizza.serving.servers import bind

OPENS_AT = datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
TOKENS = {role: f"the-token-of-the-{role.value}-alone" for role in Role}
KEYS = ConsoleKeys({role: Secret(token) for role, token in TOKENS.items()}, Secret("a-key-that-signs-every-session"))


@dataclass
class Console:
    """A console that serves; `said` is what it wrote, line by line."""

    url: str
    said: list[str] = field(default_factory=list)

    @contextmanager
    def client(self, role: Role | None = None):
        """Give a browser's page, as far as HTTP goes: it says where it comes from, and sends what it was given."""
        headers = {"Origin": self.url}
        with httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False) as client:
            if role is not None:
                assert client.post("/session", json={"token": TOKENS[role]}).status_code == 204
            client.headers["X-CSRF"] = client.get("/session").json()["csrf"]
            yield client


@contextmanager
def serving_console(reports: Path, **settings):
    """Give a console in a thread of this process."""
    with bind(0, "--port") as listener:
        port = listener.getsockname()[1]
        console, starter = Console(f"http://127.0.0.1:{port}"), Starter()
        chosen = ConsoleSettings(reports=reports, port=port, **settings)
        running, up = {}, threading.Event()

        async def work():
            running["task"], running["loop"] = asyncio.current_task(), asyncio.get_running_loop()
            up.set()
            await console_at_work(listener, chosen, KEYS, starter, console.said.append)

        def run():
            with suppress(asyncio.CancelledError):
                asyncio.run(work())

        thread = threading.Thread(target=run)
        thread.start()
        up.wait()
        try:
            yield console
        finally:
            running["loop"].call_soon_threadsafe(running["task"].cancel)
            thread.join()
            starter.close()


@contextmanager
def console_process(reports: Path, state: Path, *options: str, port: int = 0, env: dict[str, str] | None = None):
    """Give a console by its command, and its process; what it printed stands in `said`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIZZA_")}
    command = [sys.executable, "-m", "chaos_pizza", "console", "--reports", str(reports), "--port", str(port), *options]
    whole = {**kept, "PIZZA_STATE_DIR": str(state), **(env or {})}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=whole) as process:
        printed = [process.stdout.readline(), process.stdout.readline()]
        url = re.search(r"http://127\.0\.0\.1:\d+", printed[0])
        assert url, process.stderr.read()
        try:
            yield Console(url.group(), printed), process
        finally:
            process.terminate()
            process.wait(60)


class DrillUnderWay:
    """A drill's folder in which somebody still writes: a journal, and a feed that a test goes on with."""

    def __init__(self, reports: Path, name: str = "2026-11-24T20-00-00Z-factory-fail") -> None:
        self.folder = reports / name
        self.folder.mkdir(parents=True)
        self.clock = AnchoredClock()
        self.journal = JournalWriter(self.folder, self.clock)
        settings = DrillSettings(fault=FaultKind.FAIL)
        urls = ("http://127.0.0.1:1", "http://127.0.0.1:2")
        self.journal.record(DrillStarted(name, "drill.yaml", "A drill", "sandbox", *urls, settings, "0", "0"))
        self.feed = FeedFile(self.folder)
        self.tell(FeedDrill(name, "A drill", "sandbox", blind=False, commitment=None))

    def tell(self, *events):
        for event in events:
            self.feed.append(event, datetime.now(UTC))

    def buy(self, many: int) -> None:
        self.tell(*[FeedPurchases(place, place, 1.0, 2.0) for place in range(many)])

    def close(self) -> None:
        self.journal.close()
        self.feed.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def waiting_gameday(reports: Path, *drills: str, target: str | None = None) -> Path:
    """Write a game day whose draw is not revealed yet, and return its folder."""
    folder = reports / "gamedays" / "2026-11-24T19-00-00Z-tuesday"
    folder.mkdir(parents=True)
    roles = Roles(owner="Ada", coordinator="Grace", observer=None, responders=("Linus",))
    start, window = next(iter(StartedBy)), "14:00-16:00 UTC"
    facts = GameDay(folder.name, "tuesday", "0" * 64, "c" * 64, window, OPENS_AT, start, target, roles, drills)
    (folder / FACTS_NAME).write_text(json.dumps(to_mapping(facts)))
    return folder


def marks_in(folder: Path) -> list[Marked]:
    messages = (json.loads(path.read_bytes()) for path in sorted((folder / "inbox").glob("*.json")))
    return [message for message in messages if message["type"] == "marked"]


@dataclass
class Heard:
    """What a stream brought: the feed's lines, the last of its ids, and what it said of its standing."""

    numbers: list[int] = field(default_factory=list)
    last_id: str = ""
    standings: list[dict] = field(default_factory=list)


def hear(client: httpx.Client, until, last_id: str | bytes = "", heard: Heard | None = None) -> Heard:
    """Follow the stream until `until(heard)` holds, and break it off then."""
    heard = heard or Heard()
    headers = {"Last-Event-ID": last_id} if last_id else {}
    with client.stream("GET", "/stream", headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        event = {}
        for line in answer.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                event[name] = value
                continue
            _take(heard, event)
            event = {}
            if until(heard):
                return heard
    return heard


def _take(heard: Heard, event: dict) -> None:
    data = json.loads(event["data"])
    if event["event"] == "standing":
        heard.standings.append(data)
        return
    lines = data if event["event"] == "history" else [data]
    heard.numbers += [line["number"] for line in lines]
    heard.last_id = event["id"]


def eventually(holds, timeout_s: float = 60.0) -> bool:
    """Tell whether something comes to hold, looking again and again."""
    deadline_s = time.monotonic() + timeout_s
    while not holds():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(0.02)
    return True
