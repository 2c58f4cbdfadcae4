"""The list of targets that may be drilled: a team's own file, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from chaos_pizza.errors import UsageError
from chaos_pizza.model.target import Target
from chaos_pizza.safety.host import address_of, host_of, is_loopback, is_public
from chaos_pizza.safety.window import Window


@dataclass(frozen=True, slots=True)
class ListedTarget:
    """What a team's file says of whether and when one of its targets may be drilled.

    Without `windows` it may be drilled at any time that `quiet_hours` leave.
    """

    name: str
    shop_url: str
    factory_url: str
    allowed: bool = False
    windows: tuple[Window, ...] = ()
    quiet_hours: tuple[Window, ...] = ()


def listed_as(target: Target, listed: Sequence[ListedTarget]) -> list[ListedTarget]:
    """Return the entries that speak of a target: the one of its own name, else all that name the same hosts.

    On this machine the whole addresses have to be the same, since many things live behind one host there. An entry of
    the same name that names other hosts says nothing: `chaos run` may call a target as it likes.
    """
    same = [entry for entry in listed if _is_same_place(entry, target)]
    return [entry for entry in same if entry.name == target.name] or same


def check_allowed(target: Target, listed: Sequence[ListedTarget], production: bool) -> None:
    """Raise `UsageError` unless a target may be drilled.

    This machine always may be; any other host has to be listed with `allowed: true`; a public one besides has to be
    meant (`production`).
    """
    hosts = [host_of(target.shop_url), host_of(target.factory_url)]
    foreign = [host for host in hosts if not is_loopback(host)]
    if not foreign:
        return
    if not any(entry.allowed for entry in listed_as(target, listed)):
        raise UsageError(
            f"target {target.name!r}: a drill on {' and '.join(dict.fromkeys(foreign))} is not allowed; if it may be "
            "drilled, put its shop_url and factory_url into chaos-pizza.yaml, with `allowed: true`"
        )
    if is_production(target) and not production:
        public = next(host for host in hosts if is_public(host))
        raise UsageError(
            f"target {target.name!r}: {public} is public; if you mean it, say so by `chaos-pizza drill --production`, "
            "or by PIZZA_PRODUCTION=yes for `chaos run`"
        )


def is_production(target: Target) -> bool:
    """Tell whether a drill on a target reaches a public host, which has to be meant."""
    return any(is_public(host_of(url)) for url in (target.shop_url, target.factory_url))


def _is_same_place(entry: ListedTarget, target: Target) -> bool:
    ours, theirs = (target.shop_url, target.factory_url), (entry.shop_url, entry.factory_url)
    hosts = [host_of(url) for url in ours]
    if all(is_loopback(host) for host in hosts):
        return [address_of(url) for url in ours] == [address_of(url) for url in theirs]
    return hosts == [host_of(url) for url in theirs]
