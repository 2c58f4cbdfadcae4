"""What the coordinator alone may do: start and stop a game day, restore calm, and look at the draw."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chaos_pizza.console.web.body import read_object, refuse_strange, text_of
from chaos_pizza.console.web.following import Following
from chaos_pizza.console.web.rates import Rate
from chaos_pizza.console.web.refusal import Refusal
from chaos_pizza.console.web.settings import ConsoleSettings
from chaos_pizza.console.web.shown import ShownState
from chaos_pizza.console.web.starter import Ended, Starter
from chaos_pizza.errors import PizzaError
from chaos_pizza.gameday_folder import open_draw
from chaos_pizza.lease_file import list_leases
from chaos_pizza.model.conversion import to_mapping
from chaos_pizza.redaction import Redactor, Secret, secrets_in
from chaos_pizza.stop_file import request_stop

PASSPHRASE_VARIABLE = "PIZZA_COORDINATOR_PASSPHRASE"  # noqa: S105 - the variable's name
_MOST_CHARS = 500
_DEFAULT_TARGET = "env"
_FIRST_WORDS_S = 5.0
"""So long an answer waits for what a command says; after that it goes on, and its end is written of here."""


class Coordinating:
    """Answers the coordinator; `tell` hears what became of a command that took longer than its answer could."""

    def __init__(
        self, following: Following, settings: ConsoleSettings, starter: Starter, tell: Callable[[str], object]
    ) -> None:
        self._following = following
        self._settings = settings
        self._starter = starter
        self._tell = tell
        self._redactor = Redactor(secrets_in(os.environ))
        self._under_way: dict[str, asyncio.Task[Ended]] = {}
        # Each try at a passphrase costs a tenth of a second and 32 MB; and nobody is to guess here.
        self._tries = Rate(5, 1 / 15)
        self._is_trying = asyncio.Lock()

    async def stop(self, request: Request) -> Response:
        """Answer `POST /coordinator/stop`: ask the drill to end, in order."""
        content = await self._confirmed(request, "reason")
        reason = self._redactor.line(text_of(content, "reason", _MOST_CHARS, default=""))
        folder = self._following.shown.folder
        if folder is None or self._following.state is not ShownState.UNDER_WAY:
            raise Refusal(409, "no drill is under way")
        try:
            request_stop(folder, reason or "the coordinator stopped it")
        except PizzaError as error:
            raise Refusal(409, str(error)) from None
        return _said("The drill was told to stop. It restores calm first, and writes its report then.")

    async def calm(self, request: Request) -> Response:
        """Answer `POST /coordinator/calm`: end whatever fault is on, by the command that does that."""
        await self._confirmed(request)
        done = await self._command("calm", ["calm", "--target", self._target_shown(), *self._config()])
        return done or _said("Calm is being restored; that may take a minute and a half.")

    async def start(self, request: Request) -> Response:
        """Answer `POST /coordinator/start`: hold the game day of the console's plan, or go on with it."""
        await self._confirmed(request)
        if self._settings.plan is None:
            raise Refusal(409, "this console was started without --plan, so there is no game day to start")
        if self._following.state is ShownState.UNDER_WAY:
            raise Refusal(409, "a drill is under way already")
        if self._settings.passphrase is None:
            raise Refusal(409, f"start the console with {PASSPHRASE_VARIABLE} set, or start the game day in a terminal")
        arguments = ["gameday", str(self._settings.plan), "--reports", str(self._settings.reports), *self._config()]
        done = await self._command("gameday", arguments, {PASSPHRASE_VARIABLE: self._settings.passphrase.reveal()})
        return done or _said("The game day is being held.")

    async def draw(self, request: Request) -> Response:
        """Answer `POST /coordinator/draw`: open the sealed draw with the passphrase."""
        content = await read_object(request)
        refuse_strange(content, "passphrase")
        passphrase = Secret(text_of(content, "passphrase", _MOST_CHARS))
        folder = self._following.shown.gameday_folder
        if folder is None:
            raise Refusal(409, "there is no game day whose draw could be opened")
        self._tries.keep_to("tries at the passphrase")
        async with self._is_trying:
            try:
                opened = await asyncio.to_thread(open_draw, folder, passphrase)
            except PizzaError as error:
                raise Refusal(403, str(error)) from None
        return JSONResponse(to_mapping(opened.draw))

    def _target_shown(self) -> str:
        """Return the target of the drill that is shown, else of the game day that waits, else the command's own."""
        shown, channel = self._following.shown, self._following.channel
        if shown.folder is None and shown.gameday is not None:
            if shown.gameday.target is None:
                raise Refusal(409, "the game day that waits gets a sandbox of its own; there is nothing to calm yet")
            return shown.gameday.target
        about = channel.about if channel else None
        if about is None:
            return _DEFAULT_TARGET
        if any(lease.drill_id == about.drill_id and lease.ephemeral for lease in list_leases()):
            raise Refusal(409, "this drill has a sandbox of its own, which it alone can calm: stop the drill instead")
        return about.target

    def _config(self) -> list[str]:
        return ["--config", str(self._settings.config)] if self._settings.config else []

    async def _confirmed(self, request: Request, *names: str) -> dict[str, Any]:
        content = await read_object(request)
        refuse_strange(content, "confirmed", *names)
        if content.get("confirmed") is not True:
            raise Refusal(400, "say that you mean it: confirmed is to be true")
        return content

    async def _command(
        self, name: str, arguments: Sequence[str], secrets: dict[str, str] | None = None
    ) -> Response | None:
        """Set a command to work, once at a time; return its answer, `None` where it goes on."""
        if name in self._under_way:
            raise Refusal(409, f"that is being done already, by chaos-pizza {name}")
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PIZZA_CONSOLE_")}
        # A task of its own, noted before anything is waited for: nobody starts the command a second time meanwhile, and
        # it is watched to its end whatever becomes of this request.
        end = asyncio.create_task(self._end_of(arguments, {**environment, **(secrets or {})}), name=name)
        self._under_way[name] = end
        end.add_done_callback(lambda _: self._under_way.pop(name))
        done, _ = await asyncio.wait([end], timeout=_FIRST_WORDS_S)
        if not done:
            end.add_done_callback(self._tell_end)
            return None
        try:
            result = end.result()
        except OSError as error:
            raise Refusal(500, f"chaos-pizza {name} can't be started: {error.strerror}") from None
        if result.exit_code:
            raise Refusal(409, Redactor().line(result.said or f"it ended with exit code {result.exit_code}"))
        return _said(Redactor().line(result.said or "Done."))

    async def _end_of(self, arguments: Sequence[str], environment: Mapping[str, str]) -> Ended:
        """Start a command and return its end; raises `OSError` where it can't be started."""
        started = await asyncio.to_thread(self._starter.start, arguments, environment)
        return await started.end()

    def _tell_end(self, end: asyncio.Task[Ended]) -> None:
        if end.cancelled():  # the console ends first
            return
        if (error := end.exception()) is not None:
            self._tell(f"chaos-pizza {end.get_name()} can't be started: {Redactor().line(str(error))}")
            return
        result = end.result()
        said = Redactor().line(result.said)
        self._tell(f"chaos-pizza {end.get_name()} ended with exit code {result.exit_code}: {said}")


def _said(message: str) -> Response:
    return JSONResponse({"message": message})
