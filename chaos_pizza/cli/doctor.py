"""`chaos-pizza doctor`: look whether a drill could be held, breaking nothing."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import click

from chaos_pizza.alerting.exposition import belongs, read_exposition
from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.cli.gameday_draw import may_not_be_told
from chaos_pizza.cli.options import config_option, target_option
from chaos_pizza.cli.passphrase import role_option
from chaos_pizza.clients.services import Services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.configuration import TeamConfiguration, read_configuration
from chaos_pizza.errors import PizzaError, UsageError
from chaos_pizza.live.alert_desk import look_alone
from chaos_pizza.live.alone import call_alone
from chaos_pizza.live.permission import check_hours
from chaos_pizza.model.target import Target
from chaos_pizza.safety.allowance import check_allowed, is_production
from chaos_pizza.sealed_lease import SEALED, leases_on
from chaos_pizza.traffic.buyer import log_in_admin

_SHORT_S = 10.0
Check = Callable[[Services], Awaitable[str]]


@click.command(short_help="Check that a drill could be held.")
@target_option(default="env")
@config_option
@role_option("Show what a game day keeps sealed, which takes the coordinator's passphrase.")
def doctor(target_name: str, config_path: Path | None, role: str | None) -> None:
    """Check that a drill could be held on a target, and say what is missing. Breaks nothing, buys nothing.

    Exit code 2 where something needed is missing, or where a drill is not over there. While a game day is on, the
    factory's word is for its coordinator.
    """
    configuration = read_configuration(config_path)
    target = configuration.target(target_name)
    allowed = _tell_permission(target, configuration)
    checks = {**_NEEDED, "vendor": _sealed_vendor} if may_not_be_told(target, role) else _NEEDED
    under_way = [lease.drill_id for lease in leases_on(target)]
    needed = call_alone(target, lambda services: _examine(services, checks, "✗"))
    call_alone(target, lambda services: _examine(services, _OPTIONAL, "·"))
    if not (needed and allowed):
        click.echo(f"{target_name} is not ready for a drill.")
        sys.exit(2)
    if under_way:
        click.echo(f"{target_name} is ready, but for one drill at a time: {', '.join(under_way)} is not over.")
        sys.exit(2)
    click.echo(f"{target_name} is ready for a drill.")


def _tell_permission(target: Target, configuration: TeamConfiguration) -> bool:
    """Tell whether the target may be drilled, and now; return whether it is allowed at all."""
    try:
        check_allowed(target, configuration.listed, production=True)
    except UsageError as error:
        click.echo(f"✗ permission: {error}")
        return False
    besides = "; it is public, so `drill` wants --production" if is_production(target) else ""
    click.echo(f"✓ permission: this target may be drilled{besides}")
    try:
        check_hours(target, configuration, AnchoredClock().now())
    except UsageError as error:
        click.echo(f"· hours: {error}")
    else:
        click.echo("✓ hours: a drill may be held now")
    return True


async def _examine(services: Services, checks: dict[str, Check], otherwise: str) -> bool:
    """Make the checks, tell of each, and return whether all were good."""
    good = True
    for name, check in checks.items():
        try:
            click.echo(f"✓ {name}: {await check(services)}")
        except PizzaError as error:
            good = False
            click.echo(f"{otherwise} {name}: {error}")
    return good


async def _shop(services: Services) -> str:
    from chaos_pizza.report.phrasing import counted  # noqa: PLC0415 - as in the other commands

    menu, stores = await services.shop.menu(), await services.shop.stores()
    dishes, places = counted(len(menu), "pizza"), counted(len(stores), "store")
    if not menu or not stores:
        raise PizzaError(f"{dishes} on the menu and {places}; nothing can be bought there")
    return f"{dishes} on the menu, {places}"


async def _factory(services: Services) -> str:
    await services.factory.keys()
    return "it shows the keys that pizzas are signed with"


async def _vendor(services: Services) -> str:
    vendor, _ = await services.factory.vendor()
    if not vendor.is_calm and vendor.chaos:
        raise PizzaError(
            f"the key works, but chaos ({vendor.chaos.type}) is on or scheduled; `chaos-pizza calm` ends it"
        )
    return "the key works, and the factory is calm"


async def _sealed_vendor(services: Services) -> str:
    await services.factory.vendor()
    return f"the key works; the factory's word is {SEALED}"


async def _diner(services: Services) -> str:
    target = services.target
    if not target.diner_email or not target.diner_password:
        return "none configured; the drill registers its own"
    return f"{(await services.shop.log_in(target.diner_email, target.diner_password)).email} can log in"


async def _metrics(services: Services) -> str:
    if services.metrics is None:
        raise PizzaError("none configured; alert rules will watch the drill's own purchases (PIZZA_METRICS_URL)")
    series = read_exposition(await services.metrics.text("", _SHORT_S))
    without = [rule.name for rule in shipped_rules().values() if not any(belongs(key, rule) for key in series)]
    if len(without) == len(shipped_rules()):
        raise PizzaError(f"{len(series)} series, but none that a shipped rule is about")
    # Some counters are not there before their first failure, and some only a monitor that verifies its pizzas has.
    return f"{len(series)} series" + (f"; none of them yet for the rules {', '.join(without)}" if without else "")


async def _alerting(services: Services) -> str:
    if not services.target.has_alerting:
        raise PizzaError("none of the team's named; the drill evaluates its rules by itself (PIZZA_PROMETHEUS_URL, …)")
    systems = await look_alone(services)
    return f"{', '.join(system.source.label for system in systems)} can be read"


async def _shop_admin(services: Services) -> str:
    return f"{(await log_in_admin(services)).email} can log in, so shop chaos can be drilled"


async def _factory_admin(services: Services) -> str:
    if not services.factory.has_admin:
        raise PizzaError("no key configured; scheduled chaos can't be taken back before it begins")
    return "a key is configured (it is not tried: only a deletion would show whether it works)"


_NEEDED: dict[str, Check] = {"shop": _shop, "factory": _factory, "vendor": _vendor, "diner": _diner}
_OPTIONAL: dict[str, Check] = {
    "metrics": _metrics,
    "alerting": _alerting,
    "shop admin": _shop_admin,
    "factory admin": _factory_admin,
}
