"""`chaos-pizza backtest`: try alert rules against everything recorded."""

import json
from importlib import resources
from pathlib import Path

import click
from rich.console import Console

from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.backtest.document import to_document
from chaos_pizza.backtest.patch import patch_of
from chaos_pizza.backtest.result import back_test
from chaos_pizza.cli.options import config_option, reports_option
from chaos_pizza.cli.rule_file import rules_in
from chaos_pizza.configuration import read_configuration
from chaos_pizza.console.backtest_table import print_backtest
from chaos_pizza.errors import UsageError
from chaos_pizza.recordings import WATCH_FOLDER, read_recordings, recording_folders

_SHIPPED = "experiments/alerts/shop.yaml"


@click.command(short_help="Try alert rules against everything recorded.")
@click.option(
    "--rules", "rules_path", type=click.Path(path_type=Path), help="A rule file, in place of the shipped one."
)
@click.option("--grid", is_flag=True, help="Try a thousand variations of all known rules, and show the best.")
@click.option(
    "--drills", "drills", multiple=True, type=click.Path(path_type=Path), metavar="FOLDER",
    help="A drill's folder, or one that holds such; by default the reports' folder.",
)  # fmt: skip
@click.option(
    "--calm", "calm", multiple=True, type=click.Path(path_type=Path), metavar="FOLDER",
    help="A folder of `chaos-pizza watch`, or one that holds such; by default those among the reports.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print everything that was found, for machines.")
@config_option
@reports_option
def backtest(
    rules_path: Path | None,
    grid: bool,
    drills: tuple[Path, ...],
    calm: tuple[Path, ...],
    as_json: bool,
    config_path: Path | None,
    reports: Path | None,
) -> None:
    """Replay alert rules over all recorded drills and calm: what each detects, how fast, and how often for nothing."""
    rules = rules_in(rules_path)
    if not rules:
        raise UsageError(f"rule file {rules_path} holds no rule")
    text, name = _text(rules_path)
    kept = reports or read_configuration(config_path).reports
    folders = _folders(drills or (kept,), calm or (kept / WATCH_FOLDER,), must_exist=(*drills, *calm))
    if not folders:
        raise UsageError(f"there is no recording in {kept} yet; hold a drill with `chaos-pizza drill`")
    recordings, left_out = read_recordings(folders)
    further = list(shipped_rules().values()) if grid else []
    found = back_test(list(rules.values()), recordings, further=further, gridded=grid)
    halving = found.advice.halving
    patch = None if halving is None else patch_of(text, name, halving.candidate)
    told = [(each.name, each.reason) for each in left_out]
    if as_json:
        click.echo(json.dumps(to_document(found, told, patch), indent=1))
    else:
        print_backtest(Console(), found, told, patch)


def _text(path: Path | None) -> tuple[str, str]:
    """Return a rule file's text, and its name for a patch; the shipped one's without a path."""
    if path is None:
        shipped = resources.files("chaos_pizza.alerting").joinpath("shipped_rules.yaml")
        return shipped.read_text(encoding="utf-8"), _SHIPPED
    try:
        return path.read_text(encoding="utf-8"), path.as_posix()
    except OSError as error:
        raise UsageError(f"rule file {path} can't be read: {error.strerror}") from None


def _folders(drills: tuple[Path, ...], calm: tuple[Path, ...], *, must_exist: tuple[Path, ...]) -> list[Path]:
    """Return every folder with a recording, each once; `UsageError` where one that was named holds none."""
    found: dict[Path, Path] = {}
    for folder in (*drills, *calm):
        recordings = recording_folders(folder)
        if not recordings and folder in must_exist:
            raise UsageError(f"there is no recording in {folder}; name a drill's folder, or one that holds such")
        for each in recordings:
            found.setdefault(each.resolve(), each)
    return list(found.values())
