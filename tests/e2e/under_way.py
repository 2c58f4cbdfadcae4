"""Looking on while a drill is under way in a process of its own."""

import json
import time

import httpx

from .conftest import only_folder

DEADLINE_S = 120.0


def wait_for(what, timeout_s=DEADLINE_S):
    """Wait until something holds and return it."""
    deadline_s = time.monotonic() + timeout_s
    while not (found := what()):
        assert time.monotonic() < deadline_s, "it never came to that"
        time.sleep(0.05)
    return found


def journal_of(workplace) -> str:
    """What the only drill's journal holds so far; empty before there is one."""
    folder = only_folder(workplace / "reports")
    path = folder / "journal.jsonl" if folder else None
    return path.read_text() if path and path.exists() else ""


def wait_for_record(workplace, text):
    """Wait until the drill's journal holds a text, and return the drill's folder."""
    wait_for(lambda: text in journal_of(workplace))
    return only_folder(workplace / "reports")


def document_of(workplace) -> dict:
    """The only drill's drill.json."""
    return json.loads((only_folder(workplace / "reports") / "drill.json").read_text())


def chaos_of(sandbox) -> str:
    """The factory's own word on its chaos."""
    headers = {"Authorization": f"Bearer {sandbox.variables['PIZZA_VENDOR_KEY']}"}
    vendor = httpx.get(f"{sandbox.variables['PIZZA_FACTORY_URL']}/api/vendor", headers=headers, trust_env=False).json()
    return vendor.get("chaos", {}).get("type", "none")
