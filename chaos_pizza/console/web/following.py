"""Follows what there is to show, once for all who look on."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from chaos_pizza.console.web.channel import Channel
from chaos_pizza.console.web.shown import Shown, ShownState, find_shown
from chaos_pizza.errors import JournalError
from chaos_pizza.feed_file import FEED_NAME, FeedTail

_GLANCE_S = 0.1
_LOOK_EVERY = 5
"""Only every so many glances it is looked what else there is to show."""


@dataclass(slots=True)
class _Followed:
    folder: Path
    tail: FeedTail
    channel: Channel


class Following:
    """One tail of one drill's feed; `channel` holds its lines, `standing` says what is shown.

    Whoever looks on waits for `change`, an event that is set with the next change and then replaced.
    """

    def __init__(self, reports: Path, complain: Callable[[str], object]) -> None:
        self._reports = reports
        self._complain = complain
        self._complained: str | None = None
        self._followed: _Followed | None = None
        self.shown = Shown()
        self.change = asyncio.Event()

    @property
    def channel(self) -> Channel | None:
        """The lines of the drill that is shown; `None` where none is."""
        return self._followed.channel if self._followed else None

    @property
    def state(self) -> ShownState:
        """How what is shown stands."""
        return self.shown.state(has_ended=self._has_ended)

    def standing(self) -> str:
        """Return the data of the event `standing`."""
        return json.dumps(self.shown.standing(datetime.now(UTC), has_ended=self._has_ended), separators=(",", ":"))

    async def run(self) -> None:
        """Follow until cancelled; whatever goes wrong is said once and tried again."""
        glances = 0
        while True:
            await self.glance(looks_around=glances % _LOOK_EVERY == 0)
            glances += 1
            await asyncio.sleep(_GLANCE_S)

    async def glance(self, *, looks_around: bool) -> None:
        """Take in what is new, and tell those who wait."""
        try:
            # Files are read elsewhere: a slow disk is not to keep anybody waiting here.
            changed = looks_around and await self._look_around()
            changed = await self._take_in() or changed
            self._complained = None
        except (OSError, JournalError) as error:
            self._complain_once(f"what there is to show can't be read: {error}")
            return
        if changed:
            former, self.change = self.change, asyncio.Event()
            former.set()

    @property
    def _has_ended(self) -> bool:
        return self._followed is not None and self._followed.channel.is_ended

    async def _look_around(self) -> bool:
        shown = await asyncio.to_thread(find_shown, self._reports)
        if shown == self.shown:
            return False
        self.shown = shown
        if shown.folder is None:
            self._followed = None
        elif self._followed is None or self._followed.folder != shown.folder:
            tail = FeedTail(shown.folder / FEED_NAME)
            self._followed = _Followed(shown.folder, tail, Channel(shown.folder.name))
        return True

    async def _take_in(self) -> bool:
        """Take in all lines that are there, however many."""
        followed, changed = self._followed, False
        while followed is not None:
            lines = await asyncio.to_thread(followed.tail.new_lines)
            followed.channel.add(lines)
            changed = changed or bool(lines)
            if not followed.tail.has_more:
                break
        return changed

    def _complain_once(self, text: str) -> None:
        if text != self._complained:
            self._complained = text
            self._complain(text)
