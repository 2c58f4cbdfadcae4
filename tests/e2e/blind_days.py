"""Game days on sandboxes of their own, and everything that a responder can read of one."""

import gc
import os
import signal
import subprocess
import threading
from collections.abc import Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from wire_tap import WireTap

from chaos_pizza.cli.main import commands
from chaos_pizza.draw_seal import OpenedDraw
from chaos_pizza.gameday_folder import list_gamedays, open_draw, read_gameday
from chaos_pizza.model.draw import Draw
from chaos_pizza.redaction import Secret
from chaos_pizza.sandbox.embedded import SandboxThread
from chaos_pizza.sandbox.settings import SandboxSettings

from .conftest import EXPERIMENTS, PIZZA, clean_environment
from .under_way import wait_for

LEFT_CONNECTIONS = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
"""A sandbox in this process is ended while it has connections yet of drills that were killed."""
PASSPHRASE = "tomato and basil"
POOL = ("factory-fail", "factory-badjwt", "placebo")
_in_process = threading.Lock()
"""Commands are called in this process, one at a time, for its environment is theirs."""


@dataclass
class Reading:
    """Something that a responder read: where, what, and when."""

    place: str
    content: bytes
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass
class BlindDay:
    """A game day whose command is running in a process of its own."""

    workplace: Path
    environment: dict[str, str]
    process: subprocess.Popen
    sandbox: SandboxThread
    taps: Mapping[str, WireTap] = field(default_factory=dict)
    """What was asked of the shop and of the factory, where that is listened to."""

    @property
    def reports(self) -> Path:
        return self.workplace / "reports"

    @property
    def folder(self) -> Path | None:
        """The drill's folder, once it has one."""
        (gameday,) = list_gamedays(self.reports) or [None]
        drills = read_gameday(gameday).drills if gameday else ()
        return self.reports / drills[-1] if drills else None

    @property
    def opened(self) -> OpenedDraw:
        """What the coordinator knows: the draw, and the journal's key."""
        (gameday,) = list_gamedays(self.reports)
        return open_draw(gameday, Secret(PASSPHRASE))

    @property
    def draw(self) -> Draw:
        """What the lot fell on."""
        return self.opened.draw

    @property
    def feed(self) -> str:
        # Looked into many times a second: who is told of its folder by the game day reads all of that, too.
        paths = sorted(self.reports.glob("*Z-*/feed.jsonl"))
        return paths[-1].read_text() if paths else ""

    def pids(self) -> list[int]:
        """Every process of this game day: they have its folder for state in their environment."""
        mark = f"PIZZA_STATE_DIR={self.environment['PIZZA_STATE_DIR']}\0".encode()
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (path / "environ").read_bytes() + b"\0":
                    found.append(int(path.name))
        return found

    def read_everything(self) -> list[Reading]:
        """Read all that a responder can."""
        return [*self._files(), *self._processes(), *self._commands()]

    def kill(self) -> None:
        """Kill the drill and its watchdog, as a loss of power does."""
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def _files(self) -> list[Reading]:
        # The plan lists everything that may happen; it is known to all before the draw.
        paths = [path for path in sorted(self.workplace.rglob("*")) if path.is_file()]
        readings = [Reading("names of files", "\n".join(map(str, paths)).encode())]
        for path in paths:
            if path.suffix != ".yaml":
                with suppress(FileNotFoundError):
                    readings.append(Reading(str(path.relative_to(self.workplace)), path.read_bytes()))
        return readings

    def _processes(self) -> list[Reading]:
        readings = []
        for pid in self.pids():
            for name in ("cmdline", "environ", "comm"):
                with suppress(OSError):
                    readings.append(Reading(f"/proc/{name}", Path(f"/proc/{pid}/{name}").read_bytes()))
        return readings

    def _commands(self) -> list[Reading]:
        reports = ["--reports", str(self.reports)]
        asked = [
            ["status", *reports],
            ["doctor"],
            ["stop", "--reports", str(self.workplace / "nowhere")],
            ["gameday", *reports],
            ["history", *reports],
            ["report", "latest", *reports],
            ["mark", "list", *reports],
            ["drill", str(EXPERIMENTS / "oven-full.yaml"), "--target", "env", *reports],
        ]
        return [Reading(f"chaos-pizza {' '.join(words[:1])}", self._said(words)) for words in asked]

    def _said(self, words: list[str]) -> bytes:
        with _in_process:
            environment = {name: self.environment.get(name) for name in {*self.environment, *os.environ}}
            result = CliRunner().invoke(commands, words, env=environment)
        error = "" if result.exception is None else repr(result.exception)
        return (result.output + error).encode()


def plan_of(**changes) -> dict:
    """A plan whose drill takes seconds."""
    return {
        "name": "blind",
        "roles": {"owner": "Ada", "coordinator": "Grace", "responders": ["Linus", "Margaret"]},
        "target": "env",
        "pool": [{"experiment": "factory-fail.yaml"}, {"experiment": "factory-badjwt.yaml"}],
        "placebo": {"experiment": "placebo.yaml", "share_ratio": 0.34},
        "window": "00:00-24:00 UTC",
        "least_wait_s": 8,
        "greatest_wait_s": 10,
        "mitigation_timeout_s": 120,
        "rate_per_s": 10,
        **changes,
    }


def lay_out(workplace: Path, plan: dict, baseline_s: float | None = None) -> Path:
    """Write a plan with its experiments, whose baseline takes so long, by default no time; return the plan's file."""
    for name in POOL:
        experiment = yaml.safe_load((EXPERIMENTS / f"{name}.yaml").read_text())
        hypothesis = experiment["steady-state-hypothesis"]
        # However slow this machine is just now, the drill goes on: none of it hangs on how many purchases it makes.
        counting = [probe for probe in hypothesis["probes"] if "arguments" in probe["provider"]]
        for probe in counting:
            probe["tolerance"]["range"] = [0.0, 1.0]
            probe["provider"]["arguments"] = {"window_s": baseline_s, "min_purchases": 1}
            if baseline_s is None:
                hypothesis["probes"].remove(probe)
        (workplace / f"{name}.yaml").write_text(yaml.safe_dump(experiment))
    path = workplace / "plan.yaml"
    path.write_text(yaml.safe_dump(plan))
    return path


def begin(workplace: Path, sandbox: SandboxThread, addresses: Mapping[str, str] | None = None) -> BlindDay:
    """Run the command on the plan of a workplace, whether for the first time or again."""
    own = {name: value for name, value in sandbox.environment.items() if name != "PIZZA_DINER_EMAIL"}
    own.update(addresses or {})
    environment = clean_environment(**own, PIZZA_STATE_DIR=str(workplace / "state"))
    with (workplace / "said.txt").open("ab") as said:
        process = subprocess.Popen(
            [*PIZZA, "gameday", "plan.yaml"],
            cwd=workplace,
            env={**environment, "PIZZA_COORDINATOR_PASSPHRASE": PASSPHRASE},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    return BlindDay(workplace, environment, process, sandbox)


@contextmanager
def tapped_day(workplace: Path, chaos_delay_s: str = "0", **changes):
    """A game day under way for as long as the `with` lasts, with somebody listening on the wire."""
    workplace.mkdir(parents=True, exist_ok=True)
    lay_out(workplace, plan_of(**changes))
    with ExitStack() as stack:
        settings = SandboxSettings(shop_port=0, factory_port=0, chaos_delay_s=chaos_delay_s)
        sandbox = stack.enter_context(SandboxThread(settings))
        taps = {
            name: stack.enter_context(WireTap(sandbox.environment[f"PIZZA_{name.upper()}_URL"]))
            for name in ("shop", "factory")
        }
        addresses = {f"PIZZA_{name.upper()}_URL": tap.url for name, tap in taps.items()}
        addresses["PIZZA_METRICS_URL"] = f"{taps['shop'].url}/metrics"
        day = begin(workplace, sandbox, addresses)
        day.taps = taps
        try:
            yield day
        finally:
            day.kill()
    gc.collect()  # here, where what was left open is no surprise


@contextmanager
def blind_day(workplace: Path, chaos_delay_s: str = "0", baseline_s: float | None = None, **changes):
    """A game day under way for as long as the `with` lasts; what is left of it then is killed."""
    workplace.mkdir(parents=True, exist_ok=True)
    lay_out(workplace, plan_of(**changes), baseline_s)
    with SandboxThread(SandboxSettings(shop_port=0, factory_port=0, chaos_delay_s=chaos_delay_s)) as sandbox:
        day = begin(workplace, sandbox)
        try:
            yield day
        finally:
            day.kill()
    gc.collect()  # here, where what was left open is no surprise


def has_begun(day: BlindDay) -> bool:
    """Tell whether the drill is under way, as everybody sees by its purchases."""
    assert day.process.poll() is None, (day.workplace / "said.txt").read_text()
    return '"type":"purchases"' in day.feed.replace(" ", "")


def wait_until_begun(day: BlindDay) -> None:
    wait_for(lambda: has_begun(day))
