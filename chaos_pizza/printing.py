"""A page as PDF, by a browser of this machine: it alone knows how the page looks on paper."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from chaos_pizza.errors import UsageError
from chaos_pizza.whole_file import write_whole

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
"""What a browser that prints is called, the likeliest first."""
TIMEOUT_S = 60.0
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--no-pdf-header-footer",
)
_PDF = b"%PDF-"


def print_page(page: Path, pdf: Path, *, timeout_s: float = TIMEOUT_S) -> None:
    """Print an HTML file to a PDF file, whole or not at all: a former PDF stays until a new one is there.

    The browser is Chromium or one of its kin, found on the PATH, with a profile of its own that is gone afterwards; the
    user's is not touched. Raises `UsageError` where there is none, where it fails, or where it takes longer than
    `timeout_s` seconds; it is ended then.
    """
    browser = find_browser()
    if browser is None:
        raise UsageError(f"no browser to print with on the PATH (looked for {', '.join(BROWSERS[:5])}): install one")
    if not page.is_file():
        raise UsageError(f"there is no page {page} to print")
    with tempfile.TemporaryDirectory(prefix="chaos-pizza-print-", ignore_cleanup_errors=True) as profile:
        draft = Path(profile) / "page.pdf"
        _run([*_command(browser, Path(profile), draft), page.resolve().as_uri()], timeout_s)
        _keep(draft, pdf)


def find_browser() -> str | None:
    """Return where a browser is that can print a page; `None` where there is none."""
    return next((found for found in map(shutil.which, BROWSERS) if found), None)


def _command(browser: str, profile: Path, draft: Path) -> list[str]:
    # Root has no other way to start Chromium; anybody else keeps its sandbox.
    unboxed = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [browser, *_FLAGS, *unboxed, f"--user-data-dir={profile / 'profile'}", f"--print-to-pdf={draft}"]


def _run(command: list[str], timeout_s: float) -> None:
    """Run a browser until it ends; `UsageError` where it fails or takes too long, all its processes ended then."""
    try:
        process = subprocess.Popen(  # noqa: S603 - a browser found on the PATH, and arguments that are ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise UsageError(f"{command[0]} can't be started to print the page: {error.strerror}") from None
    try:
        code = process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        raise UsageError(f"{command[0]} did not print the page within {timeout_s:g} s; it was ended") from None
    finally:
        _end(process)
    if code != 0:
        raise UsageError(f"{command[0]} failed to print the page (exit code {code})")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a browser and whatever it started, should any of it still be there."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # all of them have ended
        return
    process.wait()


def _keep(draft: Path, pdf: Path) -> None:
    """Put a printed page where it is wanted; `UsageError` where there is none, or it can't be written there."""
    try:
        content = draft.read_bytes() if draft.is_file() else b""
        if not content.startswith(_PDF):
            raise UsageError("the browser ended without printing the page")
        write_whole(pdf, content)
    except OSError as error:
        raise UsageError(f"{pdf} can't be written: {error.strerror}") from None
