"""The machine that benchmarks ran on, and what was on it."""

import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAMS = {
    "k6": "k6",
    "Locust": "locust",
    "httpx": "httpx",
    "aiohttp": "aiohttp",
    "httpx-aiohttp": "httpx-aiohttp",
    "Chaos Toolkit": "chaostoolkit",
    "chaostoolkit-lib": "chaostoolkit-lib",
    "cryptography": "cryptography",
    "joserfc": "joserfc",
    "httptools": "httptools",
    "uvloop": "uvloop",
}
"""What is measured beside us, and what carries our own figures, by the package that brings it."""


@dataclass(frozen=True)
class Machine:
    """What figures can't be understood without; `load` is how many wanted a processor in the minute before."""

    processor: str
    cores: int
    memory_gib: float
    system: str
    python: str
    versions: Mapping[str, str]
    at: datetime
    commit: str
    load: float

    def told(self) -> dict[str, str]:
        """Return it as what a table shows: names and texts."""
        return {
            "Date": f"{self.at:%Y-%m-%d %H:%M} UTC",
            "Commit": self.commit,
            "Processor": f"{self.processor}, {self.cores} {'core' if self.cores == 1 else 'cores'}",
            "Memory": f"{self.memory_gib:.0f} GiB",
            "System": self.system,
            "Python": self.python,
            "Versions": ", ".join(f"{name} {number}" for name, number in self.versions.items()),
            "Load before the run": f"{self.load:.2f}",
        }


def this_machine() -> Machine:
    """Look at this machine; what it doesn't tell is `unknown`, or `missing` where a program isn't installed."""
    return Machine(
        processor=processor_of(_text(Path("/proc/cpuinfo"))) or platform.processor() or "unknown",
        cores=_cores(),
        memory_gib=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30,
        system=f"{platform.system()} {platform.release()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        versions={name: _version(package) for name, package in PROGRAMS.items()},
        at=datetime.now(UTC),
        commit=_commit(),
        load=os.getloadavg()[0],
    )


def processor_of(cpuinfo: str) -> str | None:
    """Return the processor's model by what Linux tells of it; `None` where it names none."""
    for line in cpuinfo.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name" and value.strip():
            return " ".join(value.split())
    return None


def _cores() -> int:
    # Those that this process may use, which in a container may be fewer than there are.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _commit() -> str:
    try:
        told = subprocess.run(
            ["git", "describe", "--always", "--dirty=, with changes"],
            cwd=ROOT, capture_output=True, text=True, check=True, timeout=20,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return told.stdout.strip()


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
