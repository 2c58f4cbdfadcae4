"""What a command may load before it does anything: how long its start takes is told by `tests/benchmarks`."""

import json
import subprocess
import sys

import click
import pytest

from chaos_pizza.cli import main as main_module
from chaos_pizza.cli.main import commands
from chaos_pizza.model.result import Verdict

HEAVY = {
    *("chaoslib", "chaostoolkit", "scipy", "numpy", "vl_convert", "sqlalchemy", "cryptography", "joserfc", "starlette"),
    *("jinja2", "markdown_it", "uvicorn", "uvloop", "prometheus_client", "yaml", "httpx", "aiohttp", "rich", "cattrs"),
}
"""What draws, judges, serves, asks or reckons."""
LOADED = """
import atexit, json, sys
atexit.register(lambda: print("\\n" + json.dumps(sorted(sys.modules))))
sys.argv = ["chaos-pizza", *sys.argv[1:]]
from chaos_pizza.cli.main import main
main()
"""


def loaded_by(tmp_path, *arguments):
    """The modules that a command's process has loaded by its end, and what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        cwd=tmp_path,
        env={"PIZZA_STATE_DIR": str(tmp_path / "state"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    printed, _, modules = done.stdout.rstrip("\n").rpartition("\n")
    return set(json.loads(modules)), printed


def packages_of(modules):
    return {name.partition(".")[0] for name in modules}


def test_the_list_of_commands_is_shown_without_loading_any(tmp_path):
    modules, printed = loaded_by(tmp_path, "--help")
    assert "watchdog" in printed
    assert packages_of(modules) & (HEAVY | {"asyncio", "importlib.metadata", "ssl", "logging", "dataclasses"}) == set()
    ours = {name for name in modules if name.startswith("chaos_pizza")}
    assert ours == {
        *("chaos_pizza", "chaos_pizza.errors", "chaos_pizza.file_handles"),
        *("chaos_pizza.cli", "chaos_pizza.cli.lazy_group", "chaos_pizza.cli.main"),
    }


def test_what_is_shown_of_each_command_is_what_it_says_of_itself():
    context = click.Context(commands)
    shown = main_module._COMMANDS
    assert list(shown) == sorted(shown) == commands.list_commands(context)
    assert {name: commands.get_command(context, name).get_short_help_str(200) for name in shown} == shown


def test_the_exit_codes_of_a_mistake_are_the_verdicts():
    assert Verdict.INVALID.exit_code == main_module._INVALID
    assert Verdict.CALM_NOT_RESTORED.exit_code == main_module._CALM_NOT_RESTORED


def test_a_profiler_around_a_command_has_its_say_at_the_end(tmp_path):
    profile = tmp_path / "profile"
    command = [sys.executable, "-m", "cProfile", "-o", profile, "-m", "chaos_pizza", "--help"]
    subprocess.run(command, cwd=tmp_path, stdout=subprocess.DEVNULL, check=True)
    assert profile.stat().st_size > 0


@pytest.mark.parametrize("arguments", [("mark", "--help"), ("mark", "noticed", "--help"), ("status",)])
def test_what_people_call_while_everything_burns_loads_nothing_that_draws_or_judges(tmp_path, arguments):
    modules, _ = loaded_by(tmp_path, *arguments)
    assert packages_of(modules) & (HEAVY - {"yaml"}) == set(), "yaml: the targets"
