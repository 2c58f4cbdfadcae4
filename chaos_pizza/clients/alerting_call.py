"""Questions to an alerting system: sent, answered, read; every complaint cleaned of secrets."""

from collections.abc import Callable
from typing import TypeVar

import httpx

from chaos_pizza.clients.http import HttpCaller
from chaos_pizza.clock import Clock
from chaos_pizza.errors import ServiceError
from chaos_pizza.monitoring.answers import Question, System
from chaos_pizza.redaction import Redactor, Secret
from chaos_pizza.wire.message import Answer

_TIMEOUT_S = 5.0

Read = TypeVar("Read")


class AlertingCall:
    """Asks one alerting system over HTTP, with its token where it has one."""

    def __init__(
        self, client: httpx.AsyncClient, system: System, token: Secret | None, clock: Clock, redactor: Redactor
    ) -> None:
        self.system = system
        self.token = token
        self.clock = clock
        self._redactor = redactor
        redactor.learn(token)
        self._caller = HttpCaller(client, system.name, system.url, clock, redactor)

    async def ask(self, question: Question, read: Callable[[Answer, System], Read]) -> tuple[Read, Answer]:
        """Return what the answer says, and the answer; raises `ServiceError` where it doesn't say it."""
        answer = await self._caller.exchange(question, _TIMEOUT_S)
        try:
            return read(answer, self.system), answer
        except ServiceError as error:
            # Such a text may quote the service.
            raise type(error)(self._redactor.line(error)) from None

    def clean(self, text: str) -> str:
        """Return a text of the system's as one line without secrets."""
        return self._redactor.line(text)
