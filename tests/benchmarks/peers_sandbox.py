"""The sandbox that every peer buys at: a process of its own, broken and mended from outside, which logs what came."""

import json
import os
import shlex
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

COMMAND = [sys.executable, "-m", "chaos_pizza", "sandbox", "--shop-port", "0", "--factory-port", "0"]
DELAY_S = (0.05, 0.3)
"""From asking for a fault to its start; the sandbox draws it, so that whoever asked knows as little as anybody."""


@dataclass(frozen=True)
class Asked:
    """A fault was asked for between these two instants (aware UTC)."""

    sent_at: datetime
    acknowledged_at: datetime


@dataclass(frozen=True)
class Fault:
    """A fault as the sandbox knows it to have been (aware UTC)."""

    began_at: datetime
    ended_at: datetime


@dataclass
class PeerSandbox:
    """A sandbox under way; what it logs is read once it is over."""

    environment: dict[str, str]
    log: Path
    pid: int
    asked: list[Asked] = field(default_factory=list)

    def break_factory(self) -> None:
        """Ask for the next fault."""
        sent_at = datetime.now(UTC)
        self._call("PUT", "/api/vendor/chaos/fail", "PIZZA_VENDOR_KEY")
        self.asked.append(Asked(sent_at, datetime.now(UTC)))

    def mend_factory(self) -> None:
        """End the fault at once, as the factory's admin may."""
        body = {"id": self.environment["PIZZA_VENDOR_ID"], "deleteType": "chaos"}
        self._call("DELETE", "/api/admin/vendor", "PIZZA_FACTORY_ADMIN_KEY", body)

    def await_purchase(self, patience_s: float = 30.0) -> None:
        """Wait until somebody has bought."""
        until_s = time.monotonic() + patience_s
        while b'"purchase"' not in self.log.read_bytes():
            assert time.monotonic() < until_s, "nobody bought anything"
            time.sleep(0.02)

    def cpu_so_far_s(self) -> float:
        """Return the processor time that it has used until now."""
        used = psutil.Process(self.pid).cpu_times()
        return used.user + used.system

    def arrivals(self) -> list[tuple[datetime, bool]]:
        """Return when each purchase came, and whether it was good, in the order they came."""
        came = [
            (datetime.fromisoformat(line["received_at"]), line["outcome"] == "ok") for line in self._lines("purchase")
        ]
        return sorted(came)

    def faults(self) -> list[Fault]:
        """Return the faults there were, from their start to their end."""
        began = [datetime.fromisoformat(line["at"]) for line in self._lines("chaos_began")]
        ended = [datetime.fromisoformat(line["at"]) for line in self._lines("chaos_ended")]
        return [Fault(*pair) for pair in zip(began, ended, strict=True)]

    def _lines(self, event: str) -> Iterator[dict[str, str]]:
        for line in self.log.read_text().splitlines():
            if f'"{event}"' in line and (told := json.loads(line))["event"] == event:
                yield told

    def _call(self, method: str, path: str, key: str, body: dict[str, str] | None = None) -> None:
        headers = {"Authorization": f"Bearer {self.environment[key]}", "Content-Type": "application/json"}
        url, content = self.environment["PIZZA_FACTORY_URL"] + path, json.dumps(body or {}).encode()
        request = urllib.request.Request(url, content, headers, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            answer.read()


@contextmanager
def peer_sandbox(folder: Path, core: int | None, seed: int) -> Iterator[PeerSandbox]:
    """Give a sandbox on the given core, `None` for any, for as long as the `with` lasts; its log outlives it."""
    log = folder / "sandbox.jsonl"
    delay = "-".join(map(str, DELAY_S))
    options = ["--log", str(log), "--until-stdin-closes", "--seed", str(seed), "--chaos-delay-s", delay]
    pipe, environment = subprocess.PIPE, {**os.environ, "PYTHONUNBUFFERED": ""}
    with starting_on(core):
        process = subprocess.Popen([*COMMAND, *options], stdin=pipe, stdout=pipe, text=True, env=environment)
    with process:
        try:
            found: dict[str, str] = {}
            while "PIZZA_FACTORY_ADMIN_KEY" not in found:
                line = process.stdout.readline()
                assert line, "the sandbox did not open"
                name, _, value = shlex.split(line)[1].partition("=")
                found[name] = value
            yield PeerSandbox(found, log, process.pid)
        finally:
            process.stdin.close()
            process.wait(30)


@contextmanager
def starting_on(core: int | None) -> Iterator[None]:
    """Have what is started within the `with` run on a core, all its threads, where the system can do that."""
    if core is None:
        yield
        return
    # Children inherit it from the thread that starts them; to pin one later would leave its other threads out.
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def two_cores() -> tuple[int | None, int | None]:
    """Return a core for who buys and one for the sandbox: the same where there is one, `None` where none is known."""
    if not hasattr(os, "sched_getaffinity"):
        return None, None
    cores = sorted(os.sched_getaffinity(0))
    return cores[0], cores[-1]
