"""`chaos-pizza runbook`: walks whoever has to mend it through the runbook."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from chaos_pizza.cli.options import config_option, reports_option
from chaos_pizza.cli.person import person_of, person_option
from chaos_pizza.configuration import TeamConfiguration, read_configuration
from chaos_pizza.console.runbook_walk import walk_runbook
from chaos_pizza.console.wrapping import echo
from chaos_pizza.errors import TargetError, UsageError
from chaos_pizza.live.drill_post import (
    DrillPost,
    drill_under_way,
    is_held_on,
    named_drill_under_way,
    target_of_drill,
)
from chaos_pizza.model.target import VARIABLES, Target, checked_url
from chaos_pizza.redaction import Redactor, Secret, secrets_in
from chaos_pizza.shipped_files import runbook_text

_NOT_CURED = 1
_KEY = VARIABLES["vendor_key"]
_PATIENCE_S = 3.0
_NOWHERE = (
    "where to buy is not known: set PIZZA_SHOP_URL and PIZZA_FACTORY_URL to your shop and its factory, or name a "
    "target of chaos-pizza.yaml with --target; by hand it goes as `chaos-pizza runbook factory --print` says"
)


@click.group(invoke_without_command=True, short_help="Walk through what to do when purchases fail.")
@click.pass_context
def runbook(context: click.Context) -> None:
    """The runbooks: what to do, step by step, each step done for you where it can be. Without a name, lists them."""
    if context.invoked_subcommand is None:
        click.echo("factory  what to do when purchases fail: chaos-pizza runbook factory, or read it by its --print")


@runbook.command(short_help="Purchases fail: buy, read the answer, follow the link, verify.")
@click.option(
    "--target",
    "target_name",
    metavar="NAME",
    help="A target of the configuration; by default what the PIZZA_… variables say, else that of the drill under way.",
)
@config_option
@reports_option
@person_option
@click.option("--yes", is_flag=True, help="Do not ask before the link is followed.")
@click.option("--drill", metavar="DRILL", help="The drill under way (an id or a folder) that is told what you do.")
@click.option("--print", "printed", is_flag=True, help="Print the runbook, to be read, and do nothing.")
def factory(
    target_name: str | None,
    config_path: Path | None,
    reports: Path | None,
    by: str | None,
    yes: bool,
    drill: str | None,
    printed: bool,
) -> None:
    """Walk through the runbook of the factory: buy a pizza, look at the answer, find the link, follow it, verify.

    Asks before it follows the link; everything before only looks, and Ctrl-C does no harm at any time. It buys as an
    ordinary diner and needs no vendor key. Exit code 0: purchases are well, 1: they are not.
    """
    if printed:
        click.echo(runbook_text("factory"), nl=False)
        return
    configuration = read_configuration(config_path)
    kept_in = reports or configuration.reports
    target, folder = _place(configuration, target_name, kept_in, drill)
    name = Redactor(secrets_in(os.environ)).line(person_of(by))
    echo(f"The runbook of docs/runbooks/factory.md, for {target.shop_url}")
    echo(f"What you do here goes to the drill {folder.name}." if folder else "No drill is under way here.")
    post = DrillPost(folder)
    is_well = walk_runbook(target, post, name, echo, lambda: yes or _may_follow())
    for trouble in post.troubles(_PATIENCE_S):
        click.echo(f"Not in the drill's record: {trouble}", err=True)
    if not is_well:
        sys.exit(_NOT_CURED)


def _place(
    configuration: TeamConfiguration, name: str | None, reports: Path, drill: str | None
) -> tuple[Target, Path | None]:
    """Return where to buy, and the folder of the drill that is told of it, `None` where none is under way there."""
    folder = named_drill_under_way(reports, drill) if drill is not None else None
    target = _named(configuration, name, reports, folder)
    if folder is None:
        return target, drill_under_way(reports, target)
    if not is_held_on(folder, target):
        raise UsageError(f"the drill {folder.name} is held on another shop or factory than target {target.name!r}")
    return target, folder


def _named(configuration: TeamConfiguration, name: str | None, reports: Path, folder: Path | None) -> Target:
    """Return the target of this name; without one that of this drill, of the environment, or of any under way."""
    if name is not None and name != "env":
        return _configured(configuration, name)
    if name is None and folder is not None:
        return target_of_drill(folder)
    try:
        return _of_environment()
    except TargetError:
        # Whoever looks on at a drill on a sandbox has no variables of it, and needs none.
        found = drill_under_way(reports) if name is None else None
        if found is None:
            raise TargetError(_NOWHERE) from None
        return target_of_drill(found)


def _configured(configuration: TeamConfiguration, name: str) -> Target:
    """Return a target of the file; where a secret of it is missing, its addresses alone, which do for a new diner."""
    try:
        return configuration.target(name)
    except TargetError as error:
        described = configuration.targets.get(name, {})
        urls = [described.get(key) for key in ("shop_url", "factory_url")]
        if not all(isinstance(url, str) and url for url in urls):
            raise
        echo(f"Going on as a new diner, without this: {error}")
        shop, factory_url = (checked_url(str(url), f"target {name!r}") for url in urls)
        return Target(name, shop, factory_url, Secret(""))


def _of_environment() -> Target:
    """Return what the environment describes; a diner can do without the vendor's key."""
    if os.environ.get(_KEY, "").strip():
        return Target.of_environment("env", os.environ)
    return replace(Target.of_environment("env", {**os.environ, _KEY: "unknown"}), vendor_key=Secret(""))


def _may_follow() -> bool:
    try:
        return click.confirm("   End it now?", default=True)
    except click.Abort:
        if not sys.stdin.isatty():
            click.echo("\n   Nobody is here to answer; with --yes nothing is asked.", nl=False)
        raise KeyboardInterrupt from None
