"""The report of a drill that is over, as it was written."""

import asyncio
import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from chaos_pizza.console.web.refusal import Refusal
from chaos_pizza.console.web.shown import is_under_way
from chaos_pizza.folder import PAGE_NAME

_DRILL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}", re.ASCII)
_STYLE_HASH = re.compile(rb"style-src ('sha256-[A-Za-z0-9+/]{43}=')", re.ASCII)
_HEAD_BYTES = 2_000
_POLICY = "default-src 'none'; style-src {}; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class Reports:
    """Shows reports out of a folder of drills."""

    def __init__(self, reports: Path) -> None:
        self._reports = reports

    async def answer(self, request: Request) -> Response:
        """Answer `GET /drills/{drill_id}/report.html`: once the drill is over and its report written."""
        drill_id = str(request.path_params["drill_id"])
        folder = self._reports / drill_id
        if not _DRILL_ID.fullmatch(drill_id) or is_under_way(folder):
            raise Refusal(404, "there is no report of this drill yet")
        try:
            page = await asyncio.to_thread((folder / PAGE_NAME).read_bytes)
        except OSError:
            raise Refusal(404, "there is no report of this drill yet") from None
        # The page's own style is the one thing in it that is not a text or a picture; its digest stands in its head.
        found = _STYLE_HASH.search(page[:_HEAD_BYTES])
        style = found.group(1).decode() if found else "'none'"
        return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY.format(style)})
