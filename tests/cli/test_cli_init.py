"""`chaos-pizza init`: what somebody reads who has installed the program and nothing else."""

import shlex

from click.testing import CliRunner

from chaos_pizza.cli.main import commands


def run(*arguments):
    return CliRunner().invoke(commands, [*arguments])


def test_a_newcomer_is_led_from_an_empty_folder_to_the_first_drill(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused = run("drill", "experiments/factory-fail.yaml")
    assert "`chaos-pizza init` writes out some to begin with" in str(refused.exception)
    begun = run("init")
    assert begun.exit_code == 0
    assert begun.output.splitlines()[-1] == "hold the first drill: chaos-pizza drill experiments/factory-fail.yaml"
    assert "those at hand are in experiments/" in str(run("drill", "experiments/other.yaml").exception)


def test_the_command_to_go_on_with_can_be_copied_whatever_the_folder_is_called(tmp_path):
    folder = tmp_path / "our drills; $HOME"
    last = run("init", str(folder)).output.splitlines()[-1]
    assert shlex.split(last.partition(": ")[2])[2:] == [str(folder / "experiments" / "factory-fail.yaml")]


def test_what_was_left_alone_is_named(tmp_path):
    (tmp_path / "chaos-pizza.example.yaml").write_text("ours")
    first, second = run("init", str(tmp_path)).output, run("init", str(tmp_path)).output
    assert "left as they were: chaos-pizza.example.yaml\n" in first
    assert second.splitlines()[0] == f"nothing written to {tmp_path}: all is there already"
