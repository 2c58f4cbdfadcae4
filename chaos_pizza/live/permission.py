"""What is asked before a drill, in one place for all who hold one: the list, the time, the lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from chaos_pizza.configuration import TeamConfiguration
from chaos_pizza.errors import UsageError
from chaos_pizza.lock import target_lock
from chaos_pizza.model.target import Target
from chaos_pizza.safety.allowance import check_allowed, listed_as
from chaos_pizza.safety.window import check_time
from chaos_pizza.sealed_lease import sealed_lease_on


@contextmanager
def permit(
    target: Target,
    configuration: TeamConfiguration,
    now: datetime,
    *,
    production: bool,
    drill: str,
    is_gameday: bool = False,
) -> Iterator[None]:
    """Hold the right to drill a target for as long as the `with` lasts; nothing is sent to it before.

    `drill` names the drill to others that want the same target meanwhile. Raises `UsageError` where the target is not
    allowed, now is not the time, another drill has it, or a game day that was cut off (none but a game day goes on
    then: what others would be told of the factory is sealed).
    """
    check_allowed(target, configuration.listed, production)
    check_hours(target, configuration, now)
    with target_lock(target, drill, now):
        sealed = None if is_gameday else sealed_lease_on(target)
        if sealed is not None:
            raise UsageError(
                f"target {target.name!r} is held by the game day drill {sealed.drill_id}, which was cut off; run its "
                "`chaos-pizza gameday` again to go on with it, or with --reveal to end it"
            )
        yield


def check_hours(target: Target, configuration: TeamConfiguration, now: datetime) -> None:
    """Raise `UsageError` unless a target may be drilled now; all entries that speak of it have to agree."""
    for entry in listed_as(target, configuration.listed):
        check_time(now, entry.windows, entry.quiet_hours)
