"""A team's k6 script, looked at before anything begins, and the command that runs it."""

import asyncio
import contextlib
import json
import re
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaos_pizza.engines.availability import find_k6
from chaos_pizza.engines.child import bare_environment
from chaos_pizza.engines.worker_target import WorkerTarget
from chaos_pizza.errors import UsageError
from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.model.target import VARIABLES
from chaos_pizza.redaction import Redactor

_INSPECTION_S = 30.0
_TAGS = (
    "proto,subproto,status,method,url,name,group,check,error,error_code,tls_version,scenario,service,"
    "expected_response,vu,iter"
)
"""k6's own, and by whom in which turn: that ties a check to its purchase."""
_PLACE = re.compile(r"file://[^\n]{1,4096}?: Line (\d+:\d+) ")
_OPEN_LOOP = {"constant-arrival-rate", "ramping-arrival-rate"}


@dataclass(frozen=True, slots=True)
class K6Script:
    """A script that k6 can run: the command, what its environment has besides, and where the load comes from."""

    command: tuple[str, ...]
    environment: dict[str, str]
    place: str


async def look_at_script(
    target: WorkerTarget, settings: TrafficSettings, redactor: Redactor, greatest_duration_s: float
) -> K6Script:
    """Return how the settings' script is run; raises `UsageError` where it can't be."""
    k6, path = find_k6(), Path(settings.script or "")
    if not await asyncio.to_thread(path.is_file):
        raise UsageError(f"there is no k6 script {path}; traffic.script is looked for from the folder you are in")
    environment = _environment(target, settings, greatest_duration_s)
    process = await asyncio.create_subprocess_exec(
        *(k6, "inspect", "--log-format", "raw", "--no-color", "--execution-requirements", str(path)),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        env={**bare_environment(), **environment},
    )
    try:
        async with asyncio.timeout(_INSPECTION_S):
            shown, complaint = await process.communicate()
    except TimeoutError:
        raise UsageError(f"k6 could not read {path} within {_INSPECTION_S:g} s") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        raise UsageError(f"k6 can't run {path}{redactor.line(_why(complaint.decode(errors='replace')))}")
    place = f"k6, {_executors(shown)}"
    return K6Script((k6, *_ARGUMENTS, str(path)), environment, place)


_ARGUMENTS = (
    *("run", "--quiet", "--no-summary", "--no-usage-report", "--no-color", "--no-thresholds", "--address", ""),
    *("--log-output", "stderr", "--log-format", "raw", "--system-tags", _TAGS, "--out", "json=-"),
)


def _environment(target: WorkerTarget, settings: TrafficSettings, greatest_duration_s: float) -> dict[str, str]:
    """Return what the script finds in `__ENV`; the vendor's key is none of a diner's business."""
    told = {VARIABLES[name]: value for name, value in target.to_fields().items() if value}
    return told | {
        "PIZZA_RATE_PER_S": f"{settings.rate_per_s:g}",
        "PIZZA_DINERS": str(settings.diners),
        "PIZZA_LATENCY_BUDGET_S": f"{settings.latency_budget_s:g}",
        "PIZZA_TIMEOUT_S": f"{settings.timeout_s:g}",
        "PIZZA_MAX_IN_FLIGHT": str(settings.max_in_flight),
        "PIZZA_DURATION_S": f"{greatest_duration_s:.0f}",
    }


def _why(complaint: str) -> str:
    """Return what k6 complains of, to stand behind the script's name: `, line 2:1: Unexpected end of input`."""
    text = complaint.strip().removeprefix("GoError: ")
    found = _PLACE.match(text)
    return f", line {found[1]}: {text[found.end() :]}" if found else f": {text}"


def _executors(shown: bytes) -> str:
    """Return in a few words how the script's load comes about."""
    scenarios: Any = None
    with contextlib.suppress(ValueError, AttributeError):
        scenarios = json.loads(shown).get("scenarios")
    found = sorted({str(each.get("executor")) for each in scenarios.values()}) if isinstance(scenarios, dict) else []
    if found and set(found) <= _OPEN_LOOP:
        return " and ".join(found)
    return "a closed loop, which a stalled shop thins out"
