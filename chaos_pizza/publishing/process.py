"""Telling the tools in a process of its own, so that nothing that a tool does can hold up a drill or its command."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

from chaos_pizza.configuration import TeamConfiguration
from chaos_pizza.errors import PizzaError, UsageError
from chaos_pizza.model.conversion import to_mapping
from chaos_pizza.model.result import DrillResult
from chaos_pizza.model.settings import DrillSettings
from chaos_pizza.model.target import without_target
from chaos_pizza.publishing.account import account_of
from chaos_pizza.publishing.order import Order, outcomes_of
from chaos_pizza.publishing.settings import PublishSettings, Tool, read_publishing

WHOLE_S = 10
"""Seconds that telling all tools may take, its process's start included; a whole number, for the system's alarm."""


def publish_after(
    configuration: TeamConfiguration,
    folder: Path,
    result: DrillResult,
    settings: DrillSettings,
    report_url: str | None = None,
) -> list[str]:
    """Tell the team's tools of a drill that has ended and been judged; return a complaint for each that was not told.

    Takes `WHOLE_S` seconds at the most, whatever the tools do, and raises nothing. Without `publish` in the
    configuration nothing happens, and nothing is loaded.
    """
    if not configuration.publish:
        return []
    try:
        order = make_order(read_publishing(configuration), folder, result, settings, report_url=report_url)
        return [f"{tool.value}: {complaint}" for tool, complaint in tell_tools(order).items()]
    except PizzaError as error:
        return [f"nobody was told of the drill: {error}"]


def publish_detached(
    configuration: TeamConfiguration, folder: Path, result: DrillResult, settings: DrillSettings
) -> str | None:
    """Start to tell the team's tools of a drill that has ended and been judged, and wait for nothing.

    The process goes on when this one has ended, for `WHOLE_S` seconds at the most, holds none of its handles open, and
    notes what came of it in `publishing.log`. Returns a complaint where it could not be started; raises nothing.
    """
    if not configuration.publish:
        return None
    try:
        order = make_order(read_publishing(configuration), folder, result, settings)
        process = _started(order, subprocess.DEVNULL)
    except PizzaError as error:
        return f"nobody is told of the drill: {error}"
    _hand_over(process, order)
    # It is to outlive this process; nothing here will ever wait for it.
    process.returncode = 0
    return None


def make_order(
    publishing: PublishSettings,
    folder: Path,
    result: DrillResult,
    settings: DrillSettings,
    *,
    tools: tuple[Tool, ...] = (),
    report_url: str | None = None,
) -> Order:
    """Return the order to tell `tools`, by default all that are named, of a drill; `report_url` outweighs the file's.

    Raises `UsageError` where a tool is asked for that the team's file does not name.
    """
    for tool in tools:
        if tool not in publishing.tools:
            named = ", ".join(publishing.tools) or "none"
            raise UsageError(f"{tool.value} is not named under `publish` in the configuration; named are: {named}")
    account = account_of(result, settings, report_url or publishing.report_url)
    return Order(str(folder.resolve()), account, publishing, tools or publishing.tools)


def tell_tools(order: Order, whole_s: float = WHOLE_S) -> dict[Tool, str]:
    """Have the order done and return a complaint for each tool that was not told; takes `whole_s` seconds at the most.

    Ctrl-C ends the telling, not the caller. Raises `UsageError` where no process can be started.
    """
    with _started(order, subprocess.PIPE) as process:
        try:
            answered, _ = process.communicate(order.to_json(), timeout=whole_s)
            reason = "the process that was to tell it has died"
        except subprocess.TimeoutExpired:
            answered = _ended(process)
            reason = f"it was not told within {whole_s:g} s"
        except KeyboardInterrupt:
            answered = _ended(process)
            reason = "it was interrupted before it was told"
    outcomes = outcomes_of(answered)
    complaints = {tool: outcomes.get(tool, reason) for tool in order.tools}
    return {tool: complaint for tool, complaint in complaints.items() if complaint is not None}


def _started(order: Order, stdout: int) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "chaos_pizza.publishing", str(WHOLE_S)],
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=subprocess.DEVNULL,
            env=without_target(os.environ, named_in=json.dumps(to_mapping(order.settings))),
            start_new_session=True,
        )
    except OSError as error:
        raise UsageError(f"no process can be started for it: {error.strerror}") from None


def _hand_over(process: "subprocess.Popen[bytes]", order: Order) -> None:
    # A broken pipe: it has died already, and its log says nothing then.
    with contextlib.suppress(BrokenPipeError):
        if process.stdin is not None:
            process.stdin.write(order.to_json())
            process.stdin.flush()
    with contextlib.suppress(BrokenPipeError):
        if process.stdin is not None:
            process.stdin.close()


def _ended(process: "subprocess.Popen[bytes]") -> bytes:
    """End a process and return what it said until then."""
    process.kill()
    answered, _ = process.communicate()
    return answered
