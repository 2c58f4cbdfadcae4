"""Imports point down only: the layers of docs/architecture.md, walked and checked."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "chaos_pizza"

# The lowest first. A module may import from its own layer and from those before it.
LAYERS = (
    {"errors", "clock", "redaction", "model", "versions", "file_handles"},
    {
        *("wire", "alerting", "monitoring", "backtest", "drill", "report", "experiment", "stopping", "safety"),
        *("claims", "incident", "retro", "ci", "gameday", "precision", "fleet"),
    },
    {
        *("clients", "engines", "journal", "traffic", "serving", "sandbox", "configuration", "folder", "yaml_file"),
        *("stop_file", "lock", "lease_file", "state_folder", "recordings"),
        *("notes_file", "notes_text", "incident_folder", "history", "publishing", "charting", "printing"),
        *(
            "results",
            "aftermath",
            "clerk",
            "clerk_process",
            "pipe_messages",
            "whole_file",
            "drawing",
            "feed_file",
            "gameday_folder",
            "gameday_hold",
        ),
        *("fleet_folder", "drill_lookup", "shipped_files"),
        *("draw_register", "draw_seal", "sealed_lease"),
        *("inbox", "intake", "handing_in"),
    },
    {"live"},
    {"activity", "probes", "actions", "controls"},
    {"runner", "watchdog"},
    {"console"},
    {"cli"},
    {"__main__"},
)
PURE = {
    *("model", "wire", "alerting", "monitoring", "backtest", "drill", "report", "experiment", "stopping", "safety"),
    *("claims", "incident", "retro", "ci", "gameday", "precision", "fleet", "errors", "redaction"),
}
IMPURE_MODULES = {
    "asyncio", "chaoslib", "chaostoolkit", "httpx", "os", "random", "requests", "secrets", "shutil", "signal", "socket",
    "subprocess", "tempfile", "threading", "time", "urllib.request",
}  # fmt: skip
IMPURE_CALLS = {"now", "utcnow", "today", "open", "read_bytes", "write_text", "write_bytes"}


def part_of(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the layer"
            found.add(node.module)
    return found


def layer_of(part: str) -> int:
    return next(number for number, layer in enumerate(LAYERS) if part in layer)


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def named(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_import_points_up(path):
    own = layer_of(part_of(path))
    for name in imports_of(path):
        head, _, rest = name.partition(".")
        if head == "chaos_pizza" and rest:
            part = rest.partition(".")[0]
            assert layer_of(part) <= own, f"{part} stands above {part_of(path)}"


def test_no_modules_import_each_other_in_a_circle():
    """Not even late, within a function: who needs whom would be told by nobody then."""
    names = {".".join(("chaos_pizza", *path.relative_to(PACKAGE).with_suffix("").parts)): path for path in MODULES}
    graph = {name: imports_of(path) & names.keys() for name, path in names.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("path", [path for path in MODULES if part_of(path) in PURE], ids=named)
def test_a_pure_module_reads_no_clock_no_file_and_no_network(path):
    for name in imports_of(path):
        assert not any(name == impure or name.startswith(f"{impure}.") for impure in IMPURE_MODULES), name
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            assert called not in IMPURE_CALLS, called


@pytest.mark.parametrize("path", [path for path in MODULES if part_of(path) == "sandbox"], ids=named)
def test_the_sandbox_shares_nothing_with_those_who_call_it(path):
    shared = {"errors", "clock", "serving", "sandbox"}
    for name in imports_of(path):
        head, _, rest = name.partition(".")
        assert head != "chaos_pizza" or rest.partition(".")[0] in shared, name


def test_only_the_runner_runs_experiments():
    users = {part_of(path) for path in MODULES if "chaoslib.experiment" in imports_of(path)}
    assert users == {"runner"}


def test_nobody_but_the_sandbox_command_and_tests_imports_the_sandbox():
    users = {
        named(path) for path in MODULES if any(name.startswith("chaos_pizza.sandbox") for name in imports_of(path))
    }
    assert {user for user in users if not user.startswith("sandbox/")} == {"cli/sandbox.py"}
