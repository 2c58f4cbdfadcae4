"""The targets of a fleet's shops, for calm alone: what is wrong with one of them leaves no other one broken."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chaos_pizza.configuration import configuration_of
from chaos_pizza.errors import PizzaError, UsageError
from chaos_pizza.fleet.own_words import in_own_words
from chaos_pizza.fleet.plan import Shop, chosen_of, complaint_of_lacking, find_shops
from chaos_pizza.fleet.shop_list import ListedShop
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.runner.fleet_plan import environment_of, listed_shops, read_fleet_file

_OF_DRILLS = ("alerting", "allowed", "windows", "quiet_hours")
"""What a target says of drills; calm is allowed anywhere and at any time."""


@dataclass(frozen=True, slots=True)
class CalmPlan:
    """Where calm is to be restored: each shop that has a target, by its name.

    `described` holds each of these targets as it stands in the file, by the same name. `complaints` say why calm can't
    be tried at the others, each after the name of its shop or of where it stands. `remarks` say what else went wrong.
    """

    targets: tuple[tuple[str, Target], ...] = field(repr=False)
    described: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    complaints: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()


def plan_calm(path: Path, *, only: Sequence[str] = (), skip: Sequence[str] = ()) -> CalmPlan:
    """Return where calm is to be restored of the shops in a fleet's file; no experiment is read for that.

    Raises `UsageError` where the file can't be read, holds no shop, or where one is named that it doesn't have.
    """
    _, content = read_fleet_file(path)
    unread, listed = _listed(path, content)
    chosen, astray = _chosen(path, content, listed, unread, only, skip)
    remarks, environment = _environment(path, content)
    targets, complaints = [], [*astray]
    for shop in chosen:
        try:
            targets.append((shop.name, _target(path, shop, environment)))
        except PizzaError as error:
            complaints.append((shop.name, in_own_words(str(error), shop.target)))
    described = {shop.name: shop.target for shop in chosen}
    redactor = Redactor(secret for _, target in targets for secret in target.secrets())
    told = tuple((name, redactor.line(complaint)) for name, complaint in complaints)
    return CalmPlan(tuple(targets), described, told, tuple(map(redactor.line, remarks)))


def _listed(path: Path, content: Any) -> tuple[UsageError | None, list[ListedShop]]:
    try:
        return None, listed_shops(path, content)
    except UsageError as error:
        return error, []


def _chosen(
    path: Path,
    content: Any,
    listed: Sequence[ListedShop],
    unread: UsageError | None,
    only: Sequence[str],
    skip: Sequence[str],
) -> tuple[list[Shop], list[tuple[str, str]]]:
    """Return the shops that are meant, none of them twice, and what of the file could be one of them and is none."""
    try:
        shops, complaints = find_shops(content, str(path), listed)
        chosen = chosen_of(shops, only, skip)
    except UsageError as error:
        # A shop that is missing may well stand in the list that can't be read.
        raise unread or error from None
    once = [shop for number, shop in enumerate(chosen) if shop not in chosen[:number]]
    if only:
        return once, []
    astray = [*complaints, *([str(unread)] if unread else [])]
    return once, [("an entry of the fleet", complaint) for complaint in astray]


def _environment(path: Path, content: Mapping[str, Any]) -> tuple[list[str], Mapping[str, str]]:
    """Return where secrets are looked up; where their file can't be read, that is the environment alone."""
    named = content.get("env_file")
    try:
        return [], environment_of(path, named if isinstance(named, str) else None)
    except UsageError as error:
        return [str(error)], os.environ


def _target(path: Path, shop: Shop, environment: Mapping[str, str]) -> Target:
    lacking = complaint_of_lacking(shop)
    if lacking is not None:
        raise UsageError(lacking)
    described = {key: value for key, value in shop.target.items() if key not in _OF_DRILLS}
    return configuration_of(path, {"targets": {shop.name: described}}).target(shop.name, environment)
