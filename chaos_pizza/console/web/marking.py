"""The marks that people make at the console, handed in as those of the command are."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chaos_pizza.console.web.body import read_object, refuse_strange, text_of
from chaos_pizza.console.web.following import Following
from chaos_pizza.console.web.rates import Rate
from chaos_pizza.console.web.refusal import Refusal
from chaos_pizza.console.web.sessions import Visitor
from chaos_pizza.errors import PizzaError
from chaos_pizza.inbox import DeliveryState
from chaos_pizza.model.event import Event
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.instant import instant_of
from chaos_pizza.model.response_event import Marked, MarkStruck

if TYPE_CHECKING:
    from chaos_pizza.handing_in import HandedIn

_MOST_CHARS = 500
_KEPT_GRAIN_S = 1.0
_HANDS = 8
_BURST, _PER_S = 8, 1.0
_BURST_IN_ALL, _PER_S_IN_ALL = 40, 10.0


class Marking:
    """Takes marks and strikes, and hands them in to the drill that is shown; `written` hears where it was over.

    Each session may make some at once and one a second, all together ten a second.
    """

    def __init__(self, following: Following, written: Callable[[Path], object]) -> None:
        self._following = following
        self._written = written
        self._rate = Rate(_BURST, _PER_S)
        self._rate_in_all = Rate(_BURST_IN_ALL, _PER_S_IN_ALL)
        # Whoever hands in waits for the drill's answer; so long nobody else is to wait for a thread.
        self._hands = ThreadPoolExecutor(_HANDS, thread_name_prefix="marking")

    async def mark(self, request: Request) -> Response:
        """Answer `POST /marks`."""
        self._keep_to_rates(request)
        content = await read_object(request)
        refuse_strange(content, "mark", "by", "text", "at")
        now = datetime.now(UTC)
        at = now if content.get("at") is None else _instant(content["at"])
        text = _line(text_of(content, "text", _MOST_CHARS, default=""))
        # Kept while there was no way to the console, and dated by the browser's clock.
        grain_s = 0.0 if content.get("at") is None else _KEPT_GRAIN_S
        return await self._hand_in(Marked(_kind(content), _name(content), at, now, text, grain_s))

    async def strike(self, request: Request) -> Response:
        """Answer `POST /marks/{number}/strike`."""
        self._keep_to_rates(request)
        content = await read_object(request)
        refuse_strange(content, "by", "reason")
        reason = _line(text_of(content, "reason", _MOST_CHARS, default=""))
        return await self._hand_in(MarkStruck(_number(request), _name(content), datetime.now(UTC), reason))

    def close(self) -> None:
        """Take nothing in any more."""
        self._hands.shutdown(wait=False, cancel_futures=True)

    def _keep_to_rates(self, request: Request) -> None:
        visitor: Visitor = request.scope["visitor"]
        self._rate.keep_to("marks", visitor.session)
        self._rate_in_all.keep_to("marks")

    async def _hand_in(self, event: Event) -> Response:
        folder = self._following.shown.folder
        if folder is None:
            raise Refusal(409, "there is no drill to mark yet")
        try:
            handed = await asyncio.get_running_loop().run_in_executor(self._hands, _handed_in, folder, event)
        except PizzaError as error:
            raise Refusal(409, str(error)) from None
        if handed.state is DeliveryState.REFUSED:
            raise Refusal(409, handed.text)
        if not handed.is_taken:
            kept = f"kept for the drill, but not in its record yet: {handed.text}"
            return JSONResponse({"number": None, "message": kept}, 202)
        if handed.after_end:
            self._written(folder)
        return JSONResponse({"number": handed.number, "message": handed.text}, 201)


def _handed_in(folder: Path, event: Event) -> "HandedIn":
    from chaos_pizza.handing_in import hand_in  # noqa: PLC0415 - it reads journals, which a console that looks on needn't

    return hand_in(folder, event)


def _kind(content: dict[str, Any]) -> MarkKind:
    try:
        return MarkKind(text_of(content, "mark", 40))
    except ValueError:
        raise Refusal(400, f"mark is to be one of {', '.join(kind.value for kind in MarkKind)}") from None


def _name(content: dict[str, Any]) -> str:
    name = _line(text_of(content, "by", _MOST_CHARS, default=""))
    if not name:
        raise Refusal(400, "a mark needs a name")
    return name


def _number(request: Request) -> int:
    text = str(request.path_params["number"])
    if not text.isascii() or not text.isdecimal() or len(text) > 12:
        raise Refusal(404, "there is no such mark")
    return int(text)


def _instant(value: object) -> datetime:
    try:
        return instant_of(value)
    except ValueError:
        raise Refusal(400, "at is to be a time with its zone, such as 2025-12-02T14:05:00Z") from None


def _line(text: str) -> str:
    return " ".join(text.split())
