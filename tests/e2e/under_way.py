"""Looking on while a drill is under way in a process of its own."""

import json
import ssl
import time

import httpx

from .conftest import only_folder

DEADLINE_S = 120.0
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients of a sandbox, which speaks plain HTTP: to read the system's authorities takes 20 ms at every look."""


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


def wait_for_record(workplace, text, drill=None):
    """Wait until the drill's journal holds a text, and return its folder; fail at once where its process has ended."""
    wait_for(lambda: text in journal_of(workplace) or (drill is not None and drill.poll() is not None))
    assert text in journal_of(workplace), drill.communicate()
    return only_folder(workplace / "reports")


def document_of(workplace) -> dict:
    """The only drill's drill.json; a watchdog writes it after it has let go of its lease, so it is waited for."""
    path = only_folder(workplace / "reports") / "drill.json"
    wait_for(path.exists)
    return json.loads(path.read_text())


def chaos_of(sandbox) -> str:
    """The factory's own word on its chaos."""
    headers = {"Authorization": f"Bearer {sandbox.variables['PIZZA_VENDOR_KEY']}"}
    url = f"{sandbox.variables['PIZZA_FACTORY_URL']}/api/vendor"
    vendor = httpx.get(url, headers=headers, trust_env=False, verify=PLAIN).json()
    return vendor.get("chaos", {}).get("type", "none")
