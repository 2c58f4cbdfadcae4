"""Which tests begin first, and tables that tests want to show in the end, from whichever worker they ran in."""

import gc
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# A slow machine is no reason for a red build, and in CI neither is luck: everybody else's examples are drawn anew.
settings.register_profile("project", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
# What the first Python has been held to at length, another one is held to with fewer examples.
settings.register_profile("another-python", settings.get_profile("ci"), max_examples=25)
settings.load_profile("ci" if os.environ.get("CI") else "project")

SHARED_DRILLS = ("kills", "experiments", "truth", "mishaps", "runbook", "blind", "real_alerting")
"""Of the files of whole drills (`tests/e2e`) those whose tests look at the same ones.

Each is one worker's as a whole, as are all files of other folders; of the other drills any worker takes any. They
begin in this order: all but truth, mishaps and runbook hold several drills at once, and no three of those are to meet.
"""
LONGEST = (
    *(f"test_e2e_{name}" for name in SHARED_DRILLS),
    *("test_e2e_chaos_run", "test_browser_console", "test_browser_gameday", "test_cli_runbook", "test_examples"),
    *("test_cli_drill_end", "test_browser_console_truth", "test_toolkit_surface", "test_live_stop_watch"),
)
"""The files that take longest begin first, so that in the end no worker waits for one of them."""

_TABLES = "tables"

# What a developer's shell or a runner brings along is no test's business: how wide and in what colours it shows things,
# through whom it reaches the internet, where it edits, which service it is, and the targets of its own.
_BROUGHT_ALONG = {
    *("columns", "lines", "force_color", "no_color", "py_colors", "editor", "visual"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
}
for _name in set(os.environ) - {"PIZZA_SHARED"}:  # where the contract of the real services is
    if _name.lower() in _BROUGHT_ALONG or _name.startswith(("PIZZA_", "GITHUB_")):
        del os.environ[_name]

# A shell lets what it starts in the background ignore these, and a drill would inherit it, which tests end by them.
# A handler is no one's to inherit.
for _ignored in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
    if signal.getsignal(_ignored) is signal.SIG_IGN:
        signal.signal(_ignored, signal.default_int_handler if _ignored is signal.SIGINT else lambda *_: None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what takes longest begin first."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Share out tests among workers by file, but those drills one by one that stand for themselves."""
    from xdist.scheduler import LoadFileScheduling  # noqa: PLC0415 - only where there are workers

    class ByFileOrDrill(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = Path(nodeid.partition("::")[0])
            is_apart = file.parent.name == "e2e" and file.stem.removeprefix("test_e2e_") not in SHARED_DRILLS
            return nodeid if is_apart else str(file)

    return ByFileOrDrill(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """Keep the collector of garbage from going through all that was imported again and again."""
    gc.collect()
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    """Give every test `request.config.stash_table(title, lines)`."""
    shown: list[tuple[str, list[str]]] = []
    config.shown_tables = shown  # type: ignore[attr-defined]

    def stash_table(title: str, lines: list[str]) -> None:
        shown.append((title, lines))
        if hasattr(config, "workeroutput"):
            config.workeroutput[_TABLES] = shown

    config.stash_table = stash_table  # type: ignore[attr-defined]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: Any) -> None:
    """Take over the tables of a worker that has ended."""
    node.config.shown_tables.extend(getattr(node, "workeroutput", {}).get(_TABLES, []))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print all tables after the results."""
    for title, lines in config.shown_tables:  # type: ignore[attr-defined]
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.write_line(line)
