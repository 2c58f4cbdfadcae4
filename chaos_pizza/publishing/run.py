"""All tools told of a drill at once, each in its own time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from chaos_pizza.clients.http import http_client
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import PizzaError, TimedOut
from chaos_pizza.publishing.account import Account
from chaos_pizza.publishing.grafana import annotation_messages, find_message
from chaos_pizza.publishing.message import look_up, secret_headers, split_secret_url
from chaos_pizza.publishing.open_metrics import metrics_text, pushgateway_message, textfile_name
from chaos_pizza.publishing.sender import ToolCaller
from chaos_pizza.publishing.settings import (
    GrafanaSettings,
    PublishSettings,
    PushgatewaySettings,
    SlackSettings,
    TextfileSettings,
    Tool,
    TraceSettings,
    WebhookSettings,
)
from chaos_pizza.publishing.slack import slack_message
from chaos_pizza.publishing.textfile import write_textfile
from chaos_pizza.publishing.trace import PATH, check_taken, trace_message
from chaos_pizza.publishing.webhook import webhook_message
from chaos_pizza.redaction import Redactor, Secret

Told = Callable[[Tool, str | None], None]
"""Is given each tool that is done with, with a complaint of one line where it could not be told."""
_SHORTEST_PART = 8
"""Characters; a shorter part of a secret URL, such as `services`, would only blank out innocent text."""


@dataclass(frozen=True, slots=True)
class _Telling:
    """All that telling the tools takes."""

    account: Account
    timeout_s: float
    environment: Mapping[str, str]
    client: httpx.AsyncClient

    def caller(self, who: str, base_url: str, *secrets: Secret) -> ToolCaller:
        redactor = Redactor(secrets)
        for secret in secrets:
            for part in secret.reveal().replace(" ", "/").split("/"):
                redactor.learn(part if len(part) >= _SHORTEST_PART else None)
        return ToolCaller(self.client, who, base_url, AnchoredClock(), redactor, self.timeout_s)


async def tell_all(
    account: Account, settings: PublishSettings, tools: tuple[Tool, ...], environment: Mapping[str, str], told: Told
) -> None:
    """Tell these tools of a drill, all at once, each within the settings' time; none keeps another from it.

    `environment` holds the secrets that the settings name.
    """
    async with http_client() as client:
        telling = _Telling(account, settings.timeout_s, environment, client)
        tasks = {asyncio.create_task(_tell(tool, telling, settings)): tool for tool in tools}
        while tasks:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                told(tasks.pop(task), _complaint(task.exception()))


async def _tell(tool: Tool, telling: _Telling, settings: PublishSettings) -> None:
    try:
        async with asyncio.timeout(telling.timeout_s):
            await _WAYS[tool](telling, getattr(settings, tool.value))
    except TimeoutError:
        raise TimedOut(f"it did not answer within {telling.timeout_s:g} s") from None


def _complaint(error: BaseException | None) -> str | None:
    if error is None or isinstance(error, PizzaError):
        return None if error is None else str(error)
    return f"this is a bug of ours ({type(error).__name__}); please report it"


async def _tell_grafana(telling: _Telling, settings: GrafanaSettings) -> None:
    token = look_up(settings.token_env, telling.environment, "publish.grafana.token_env")
    caller = telling.caller("Grafana", settings.url, token)
    found = await caller.deliver(find_message(telling.account, settings, token))
    messages = annotation_messages(telling.account, settings, token, found)
    # All are waited for, so that one that is refused does not leave the others half said.
    for answer in await asyncio.gather(*map(caller.deliver, messages), return_exceptions=True):
        if isinstance(answer, BaseException):
            raise answer


async def _tell_slack(telling: _Telling, settings: SlackSettings) -> None:
    url = look_up(settings.url_env, telling.environment, "publish.slack.url_env")
    base, path = split_secret_url(url, settings.url_env)
    await telling.caller("Slack", base, url, Secret(path)).deliver(slack_message(telling.account, path))


async def _tell_webhook(telling: _Telling, settings: WebhookSettings) -> None:
    place = "publish.webhook"
    url = Secret(settings.url or "")
    if settings.url_env is not None:
        url = look_up(settings.url_env, telling.environment, f"{place}.url_env")
    base, path = split_secret_url(url, settings.url_env or f"{place}.url")
    headers = secret_headers(settings.headers_env, telling.environment, f"{place}.headers_env")
    secrets = [url, Secret(path), *headers.values()]
    secret = None
    if settings.secret_env is not None:
        secret = look_up(settings.secret_env, telling.environment, f"{place}.secret_env")
        secrets.append(secret)
    message = webhook_message(telling.account, path, {**settings.headers, **headers}, secret)
    await telling.caller("the webhook", base, *secrets).deliver(message)


async def _tell_collector(telling: _Telling, settings: TraceSettings) -> None:
    headers = secret_headers(settings.headers_env, telling.environment, "publish.trace.headers_env")
    # Loading OpenTelemetry takes a while; the other tools need not wait for it.
    message = await asyncio.to_thread(trace_message, telling.account, settings.service_name, headers)
    caller = telling.caller("the collector", settings.url.removesuffix(PATH), *headers.values())
    check_taken(await caller.deliver(message))


async def _tell_pushgateway(telling: _Telling, settings: PushgatewaySettings) -> None:
    headers = secret_headers(settings.headers_env, telling.environment, "publish.pushgateway.headers_env")
    caller = telling.caller("the Pushgateway", settings.url, *headers.values())
    await caller.deliver(pushgateway_message(telling.account, headers))


async def _write_textfile(telling: _Telling, settings: TextfileSettings) -> None:
    text, name = metrics_text(telling.account), textfile_name(telling.account)
    # In a thread: the folder may be on a disk that hangs.
    await asyncio.to_thread(write_textfile, Path(settings.folder), name, text)


_WAYS: Mapping[Tool, Callable[[_Telling, Any], Awaitable[None]]] = {
    Tool.GRAFANA: _tell_grafana,
    Tool.SLACK: _tell_slack,
    Tool.WEBHOOK: _tell_webhook,
    Tool.TRACE: _tell_collector,
    Tool.PUSHGATEWAY: _tell_pushgateway,
    Tool.TEXTFILE: _write_textfile,
}
