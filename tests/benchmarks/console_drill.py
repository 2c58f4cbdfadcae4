"""A drill at twenty purchases a second on a sandbox of its own, and consoles that look on meanwhile."""

import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
RATE_PER_S = 20
LOOKING_ON = """
import asyncio, sys, httpx

async def look_on(url):
    taken = 0
    async with httpx.AsyncClient(base_url=url, timeout=None, trust_env=False) as client:
        async with client.stream("GET", "/stream") as answer:
            async for chunk in answer.aiter_raw():
                taken += len(chunk)
                if b'"state":"ended"' in chunk:
                    return taken

async def main(url, count):
    taken = await asyncio.gather(*(look_on(url) for _ in range(count)))
    print(min(taken), len(taken))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


def quiet_experiment(folder: Path, lasts_s: float) -> Path:
    """Write a drill in which nothing is broken, so that all there is to measure is the sampling."""
    described = yaml.safe_load((ROOT / "experiments" / "placebo.yaml").read_text())
    described["extensions"][0]["traffic"]["rate_per_s"] = RATE_PER_S
    described["method"][0]["provider"]["arguments"]["duration_s"] = lasts_s
    probe = described["steady-state-hypothesis"]["probes"][-1]
    probe["provider"]["arguments"] = {"window_s": 1, "min_purchases": 10}
    path = folder / "quiet.yaml"
    path.write_text(yaml.safe_dump(described))
    return path


def clean_environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIZZA_")}
    return {**kept, "PIZZA_STATE_DIR": str(folder / "state")}


@contextmanager
def consoles(reports: Path, folder: Path, count: int):
    """Have a console's process, and another process in which so many look on; gives that one."""
    command = [sys.executable, "-m", "chaos_pizza", "console", "--reports", str(reports), "--port", "0"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, text=True, env=clean_environment(folder)) as console:
        url = re.search(r"http://127\.0\.0\.1:\d+", console.stdout.readline()).group()
        looking_on = [sys.executable, "-c", LOOKING_ON, url, str(count)]
        with subprocess.Popen(looking_on, stdout=pipe, text=True) as lookers:
            try:
                yield lookers
            finally:
                lookers.kill()
                console.terminate()


def hold(experiment: Path, reports: Path, folder: Path) -> list[float]:
    """Hold the drill, and return how late each of its purchases was sent, in milliseconds, sorted."""
    command = [sys.executable, "-m", "chaos_pizza", "drill", str(experiment), "--reports", str(reports), "--json"]
    ran = subprocess.run(
        command, capture_output=True, text=True, env=clean_environment(folder), check=False, timeout=300
    )
    # Its verdict is another matter: too few purchases prove nothing, and are late or not all the same.
    assert ran.returncode in {0, 1, 3}, ran.stderr
    return lateness_ms(reports / json.loads(ran.stdout)["id"])


def lateness_ms(drill: Path) -> list[float]:
    late = []
    for line in (drill / "journal.jsonl").read_text().splitlines():
        event = json.loads(line)["event"]
        if event["type"] == "purchases_observed":
            late += [us / 1000 for us in event.get("sent_us", [])]
    return sorted(late)
