"""What is sent to a drill under way by somebody beside it; where none is, it goes nowhere, and nothing waits for it."""

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from chaos_pizza.drill_lookup import find_drill_folder
from chaos_pizza.errors import JournalError, UsageError
from chaos_pizza.folder import list_drill_folders
from chaos_pizza.inbox import DeliveryState, collect_answer, post
from chaos_pizza.journal.file import JOURNAL_NAME
from chaos_pizza.journal.file_lock import is_held
from chaos_pizza.model.event import Event
from chaos_pizza.model.target import Target, checked_url
from chaos_pizza.redaction import Secret
from chaos_pizza.safety.host import address_of

_LARGEST_LINE_BYTES = 100_000
_STARTS = {"drill_started", "blind_drill_started"}
_URLS = ("shop_url", "factory_url")
_GLANCE_S = 0.02


class DrillPost:
    """Sends events to the drill in `folder`, each at once; `None` for no drill, and nothing is sent.

    That the drill can't be told of something never is an error here: whoever mends a shop has no time for it.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._unanswered: list[Path] = []
        self._troubles: list[str] = []

    def send(self, event: Event) -> None:
        """Send an event, and wait for nothing."""
        if self.folder is None:
            return
        try:
            self._unanswered.append(post(self.folder, event))
        except JournalError as error:
            self._troubles.append(str(error))

    def troubles(self, patience_s: float) -> list[str]:
        """Return what the drill did not take, a line each, waiting up to `patience_s` seconds for its answers.

        Empty where it took all. What it has not taken up by then waits for whoever opens the drill next.
        """
        deadline_s = time.monotonic() + patience_s
        while self._unanswered:
            self._unanswered = [message for message in self._unanswered if not self._answered(message)]
            if not self._unanswered or time.monotonic() >= deadline_s:
                break
            time.sleep(_GLANCE_S)
        if not self._unanswered or self.folder is None:
            return list(dict.fromkeys(self._troubles))
        left = f"{len(self._unanswered)} things wait for the drill {self.folder.name}, which has not taken them up"
        return [*dict.fromkeys(self._troubles), left]

    def _answered(self, message: Path) -> bool:
        delivery = collect_answer(message)
        if delivery is not None and delivery.state is DeliveryState.REFUSED:
            self._troubles.append(delivery.text)
        return delivery is not None


def drill_under_way(reports: Path, target: Target | None = None) -> Path | None:
    """Return the folder of the newest drill that is under way, on a target's shop and factory if one is given.

    `None` where there is none. A blind one is found like any other: what it is held on is no secret.
    """
    newest_first = reversed(list_drill_folders(reports))
    under_way = (folder for folder in newest_first if _is_under_way(folder))
    return next((folder for folder in under_way if target is None or is_held_on(folder, target)), None)


def named_drill_under_way(reports: Path, drill: str) -> Path:
    """Return the folder of a drill by its id or folder; `UsageError` where it is not under way."""
    folder = find_drill_folder(reports, drill)
    if not _is_under_way(folder):
        raise UsageError(f"the drill {folder.name} is not under way; without --drill the runbook works all the same")
    return folder


def target_of_drill(folder: Path) -> Target:
    """Return the shop and the factory that a drill is held on, without any secret: enough to buy there as a diner.

    Raises `TargetError` where the drill's journal doesn't name them.
    """
    begun = _first_event(folder)
    shop, factory = (checked_url(str(begun.get(key) or ""), f"{key} of {folder.name}") for key in _URLS)
    return Target(str(begun.get("target") or "sandbox"), shop, factory, Secret(""))


def _is_under_way(folder: Path) -> bool:
    with suppress(JournalError):
        return is_held(folder / JOURNAL_NAME)
    return False


def is_held_on(folder: Path, target: Target) -> bool:
    """Tell whether a drill is held on this target's shop and factory, however the target is called."""
    begun = _first_event(folder)
    urls = [begun.get(key) for key in _URLS]
    if begun.get("type") not in _STARTS or not all(isinstance(url, str) for url in urls):
        return False
    return [address_of(str(url)) for url in urls] == [address_of(target.shop_url), address_of(target.factory_url)]


def _first_event(folder: Path) -> dict[str, Any]:
    """Return the journal's first event as it stands there; empty where it can't be read."""
    with suppress(OSError, ValueError, RecursionError), (folder / JOURNAL_NAME).open("rb") as file:
        record = json.loads(file.readline(_LARGEST_LINE_BYTES))
        event = record.get("event") if isinstance(record, dict) else None
        return event if isinstance(event, dict) else {}
    return {}
