"""`chaos-pizza ci`: hold several drills in turn; the worst verdict is the exit code."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from chaos_pizza.ci.annotations import harmless
from chaos_pizza.ci.budgets import to_texts
from chaos_pizza.ci.turn import REFUSED, Turn, worst_exit_code
from chaos_pizza.cli.ci_outputs import CiOutputs, ci_options, shown_path
from chaos_pizza.cli.options import config_option, reports_option, target_option
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.configuration import TeamConfiguration, read_configuration
from chaos_pizza.errors import PizzaError, UsageError
from chaos_pizza.folder import list_drill_folders
from chaos_pizza.live.permission import permit
from chaos_pizza.publishing.settings import read_publishing
from chaos_pizza.runner.drill_process import EndedDrill, SignalRelay, hold_in_process
from chaos_pizza.runner.experiment_file import declaration_of, read_experiment
from chaos_pizza.runner.series import hold_series
from chaos_pizza.runner.turns import held_turn, planned_turn


@dataclass(frozen=True, slots=True)
class Series:
    """What all drills of a series have in common; `reports` is where each leaves its folder."""

    configuration: TeamConfiguration
    config_path: Path | None
    reports: Path
    target_name: str | None
    production: bool
    budgets: Mapping[str, float | None]

    def arguments(self, experiment: Path) -> list[str]:
        """Return the arguments by which `chaos-pizza drill` holds one of them."""
        given = {"--target": self.target_name, "--config": self.config_path, "--reports": self.reports}
        options = [text for option, value in given.items() if value is not None for text in (option, str(value))]
        options += ["--production"] if self.production else []
        options += [text for budget in to_texts(self.budgets) for text in ("--budget", budget)]
        return [*options, "--", str(experiment)]


@click.command(short_help="Hold several drills in turn, for CI.")
@click.argument("experiments", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="EXPERIMENT...")
@target_option(default=None)
@config_option
@reports_option
@click.option("--production", is_flag=True, help="The target is meant although it reaches the public factory.")
@ci_options
@click.option("--keep-going", is_flag=True, help="Go on after a drill that did not pass; so it is by default.")
@click.option("--fail-fast", is_flag=True, help="End the series after the first drill that did not pass.")
def ci(
    experiments: tuple[Path, ...],
    target_name: str | None,
    config_path: Path | None,
    reports: Path | None,
    production: bool,
    outputs: CiOutputs,
    budgets: Mapping[str, float | None],
    keep_going: bool,
    fail_fast: bool,
) -> None:
    """Hold the drills of the EXPERIMENTs, one after the other, each in a process of its own.

    The exit code is that of the worst: 5 before 4, 3, 1 and 0; 2 where no drill could be held. A drill that was
    aborted, or after which calm was not restored, ends the series.
    """
    if keep_going and fail_fast:
        raise UsageError("--keep-going and --fail-fast are each other's contrary; ask for one of them")
    outputs.check()
    configuration = read_configuration(config_path)
    read_publishing(configuration)  # a mistake in it is to be known before the first drill
    kept_in = reports or configuration.reports
    series = Series(configuration, config_path, kept_in, target_name, production, budgets)
    turns = [_checked(path, series) for path in experiments]
    if any(turn.exit_code == REFUSED for turn in turns):
        turns = _refused(turns)
        _tell(turns, refused_is_told=True)
    else:
        turns = _held(experiments, turns, series, fail_fast=fail_fast)
        _tell(turns)
    outputs.write(turns)
    sys.exit(worst_exit_code(turns))


def _checked(path: Path, series: Series) -> Turn:
    """Return an experiment's turn; refused where it is plain beforehand that it can't be held."""
    configuration, shown = series.configuration, shown_path(path)
    try:
        declared = declaration_of(read_experiment(path), path, configuration.alerting(series.target_name))
        if series.target_name:
            target = configuration.target(series.target_name)
            now, production = AnchoredClock().now(), series.production
            with permit(target, configuration, now, production=production, drill=declared.experiment):
                pass
    except PizzaError as error:
        return replace(planned_turn(path, shown=shown), exit_code=REFUSED, complaint=str(error))
    return planned_turn(path, declared.experiment, shown)


def _refused(turns: Sequence[Turn]) -> list[Turn]:
    """Say which can't be held, and begin none: what is wrong with one may be wrong with the run."""
    for turn in turns:
        if turn.exit_code == REFUSED:
            _say(f"chaos-pizza: {turn.complaint}")
    others = "not begun, since another one can't be held"
    return [turn if turn.exit_code == REFUSED else replace(turn, complaint=others) for turn in turns]


def _held(experiments: Sequence[Path], turns: Sequence[Turn], series: Series, *, fail_fast: bool) -> list[Turn]:
    """Hold all drills in turn, and pass on what they tell meanwhile."""
    paths = {turn.file: path for turn, path in zip(turns, experiments, strict=True)}
    with SignalRelay() as relay:

        def hold(turn: Turn) -> Turn:
            _say(f"{turn.name}: held now, by {turn.file}")
            before = set(list_drill_folders(series.reports))
            ended = hold_in_process(series.arguments(paths[turn.file]), relay, _say)
            return held_turn(turn, _folder(ended, turn, before, series.reports), ended.exit_code, ended.complaint)

        return hold_series(turns, hold, lambda: relay.received, fail_fast=fail_fast)


def _folder(ended: EndedDrill, turn: Turn, before: set[Path], reports: Path) -> Path | None:
    """Return the folder that a drill left: the one it names, or the one that is new where it could name none."""
    if ended.drill_id is not None:
        return reports / ended.drill_id
    new = [folder for folder in list_drill_folders(reports) if folder not in before and turn.name in folder.name]
    return new[-1] if new else None


def _tell(turns: Sequence[Turn], *, refused_is_told: bool = False) -> None:
    """Print what came of each, in a line; why one was refused only where stderr has not just said so."""
    for turn in turns:
        click.echo(harmless(f"{turn.name}: {_came_of(turn, with_reason=not refused_is_told)}"))


def _came_of(turn: Turn, *, with_reason: bool) -> str:
    if turn.report:
        return f"{turn.word}, {turn.report}"
    if not turn.reasons or (turn.exit_code == REFUSED and not with_reason):
        return turn.word
    reason = turn.reasons[0]
    return reason if reason.startswith(turn.word) else f"{turn.word}: {reason}"


def _say(line: str) -> None:
    click.echo(harmless(line), err=True)
