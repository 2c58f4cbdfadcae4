"""Whole drills by the real commands, each in a process of its own."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from .undisturbed import held_undisturbed

ROOT = Path(__file__).parents[2]
EXPERIMENTS = ROOT / "experiments"
PIZZA = [sys.executable, "-m", "chaos_pizza"]
CHAOS = [str(Path(sys.executable).with_name("chaos")), "--no-version-check"]
TIMEOUT_S = 240


@dataclass(frozen=True)
class Ran:
    """A command that has ended: what it said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


@dataclass(frozen=True)
class Held:
    """A drill that was held: how its command ended, and the folder it left (`None` where it left none)."""

    ran: Ran
    folder: Path | None

    @property
    def document(self) -> dict:
        return json.loads((self.folder / "drill.json").read_text())

    @property
    def report(self) -> str:
        return (self.folder / "report.md").read_text()


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without any target of the developer's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIZZA_")}
    return {**kept, "COLUMNS": "200", **more}


def run(*command: str, cwd: Path, env: dict[str, str] | None = None) -> Ran:
    # A state folder of its own: what one test leaves behind is no other's to take up.
    own = {"PIZZA_STATE_DIR": str(cwd / ".state"), **(env or clean_environment())}
    done = subprocess.run(command, cwd=cwd, env=own, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


def only_folder(reports: Path) -> Path | None:
    folders = [path for path in reports.iterdir() if path.is_dir()] if reports.is_dir() else []
    assert len(folders) <= 1, folders
    return folders[0] if folders else None


def hold(experiment: str, workplace: Path, *options: str, env: dict[str, str] | None = None) -> Held:
    """Hold a drill with our own command, in a folder of its own."""
    path = experiment if "/" in experiment else str(EXPERIMENTS / f"{experiment}.yaml")
    ran = run(*PIZZA, "drill", path, *options, cwd=workplace, env=env)
    return Held(ran, only_folder(workplace / "reports"))


@pytest.fixture(scope="session")
def held_drills(tmp_path_factory) -> dict[str, Held]:
    """Every experiment of the project, held once on a sandbox of its own; three at a time, since they mostly wait."""
    names = sorted(path.stem for path in EXPERIMENTS.glob("*.yaml"))
    workplaces = [tmp_path_factory.mktemp(name) for name in names]  # here: it is not made for several threads

    def held(name: str, workplace: Path) -> Held:
        def anew(attempt: int) -> Held:
            (workplace / str(attempt)).mkdir()
            return hold(name, workplace / str(attempt))

        return held_undisturbed(anew, lambda held: held.ran.code == 0)

    with ThreadPoolExecutor(3) as pool:
        return dict(zip(names, pool.map(held, names, workplaces), strict=True))


@dataclass(frozen=True)
class Sandbox:
    """A sandbox in a process of its own, as a person starts one by hand."""

    process: subprocess.Popen
    variables: dict[str, str]

    @property
    def env(self) -> dict[str, str]:
        return clean_environment(**self.variables)

    @property
    def secrets(self) -> list[str]:
        return [
            self.variables[f"PIZZA_{name}"]
            for name in ("VENDOR_KEY", "DINER_PASSWORD", "ADMIN_PASSWORD", "FACTORY_ADMIN_KEY")
        ]


@contextmanager
def sandbox_process(*options: str) -> Iterator[Sandbox]:
    """A sandbox for as long as the `with` lasts."""
    command = [*PIZZA, "sandbox", "--shop-port", "0", "--factory-port", "0", "--until-stdin-closes", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=clean_environment()) as process:
        variables: dict[str, str] = {}
        try:
            while "PIZZA_FACTORY_ADMIN_KEY" not in variables:
                line = process.stdout.readline()
                assert line, process.stderr.read()
                name, _, value = shlex.split(line)[1].partition("=")
                variables[name] = value
            yield Sandbox(process, variables)
        finally:
            process.kill()


@pytest.fixture
def start_sandbox() -> Iterator[Callable[..., Sandbox]]:
    with ExitStack() as stack:
        yield lambda *options: stack.enter_context(sandbox_process(*options))


@pytest.fixture
def begin() -> Iterator[Callable[..., subprocess.Popen]]:
    """Begins processes that are over with the test at the latest: one that failed leaves none to another test."""
    with ExitStack() as stack:

        def begun(command: list[str], workplace: Path, env: dict[str, str]) -> subprocess.Popen:
            pipe = subprocess.PIPE
            process = subprocess.Popen(command, cwd=workplace, env=env, stdout=pipe, stderr=pipe, text=True)
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield begun
