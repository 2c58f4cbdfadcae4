"""A fleet's plan from its file, every shop of it checked before anything is begun."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from chaos_pizza.configuration import TeamConfiguration, configuration_of
from chaos_pizza.errors import PizzaError, UsageError
from chaos_pizza.experiment.declaration import Declaration
from chaos_pizza.fleet.own_words import in_own_words
from chaos_pizza.fleet.plan import Course, FleetPlan, Shop, complaint_of_lacking, read_plan, shops_file_of
from chaos_pizza.fleet.shop_list import ListedShop, read_shop_list
from chaos_pizza.fleet_folder import check_shop_name
from chaos_pizza.live.permission import check_hours
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.runner.experiment_file import declaration_of, read_experiment
from chaos_pizza.runner.secrets_file import read_secrets
from chaos_pizza.safety.allowance import check_allowed
from chaos_pizza.safety.host import address_of
from chaos_pizza.yaml_file import read_yaml

_LARGEST_LIST_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class PlannedShop:
    """A shop that can be drilled, as far as can be told beforehand."""

    name: str
    target: Target = field(repr=False)
    declaration: Declaration


@dataclass(frozen=True, slots=True)
class PlannedFleet:
    """A fleet that is ready to begin; `complaints` say, a line each, why it is not, and no shop is left then.

    `configuration` lists all of its shops, besides what the team's own file lists: whether and when each may be
    drilled. `experiment` is the experiment's content.
    """

    plan: FleetPlan
    text: str
    experiment: Mapping[str, Any]
    sha256: str
    configuration: TeamConfiguration
    shops: tuple[PlannedShop, ...] = ()
    complaints: tuple[str, ...] = ()

    @property
    def course(self) -> Course:
        """How it is drilled."""
        return self.plan.course

    def with_at_a_time(self, at_a_time: int) -> "PlannedFleet":
        """Return the same fleet, so many of its shops at a time."""
        return replace(self, plan=replace(self.plan, course=replace(self.course, at_a_time=at_a_time)))


def plan_fleet(
    path: Path,
    team: TeamConfiguration,
    now: datetime,
    *,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    production: bool = False,
) -> PlannedFleet:
    """Return the fleet that a file describes, each of its shops checked: address, secrets, permission, and the hour.

    `team` is the team's own configuration, which has a say on targets that it lists too. Raises `UsageError` where the
    file, its list of shops, its secrets or its experiment can't be read.
    """
    text, content = read_fleet_file(path)
    plan = read_plan(content, str(path), listed_shops(path, content))
    chosen = plan.of(only, skip)
    experiment_path = path.parent / plan.course.experiment
    experiment = read_experiment(experiment_path)
    environment = environment_of(path, plan.course.env_file)
    configuration = _configuration(path, chosen, team)
    shops, complaints = [], []
    for shop in chosen:
        try:
            check_shop_name(shop.name)
            lacking = complaint_of_lacking(shop)
            if lacking is not None:
                raise UsageError(lacking)
            target = configuration.target(shop.name, environment)
            declared = declaration_of(dict(experiment), experiment_path, configuration.alerting(shop.name))
            check_allowed(target, configuration.listed, production)
            check_hours(target, configuration, now)
        except PizzaError as error:
            complaints.append(in_own_words(str(error), shop.target))
        else:
            shops.append(PlannedShop(shop.name, target, declared))
    complaints += _twins(shops)
    if complaints:
        shops = []
    sha256 = hashlib.sha256(experiment_path.read_bytes()).hexdigest()
    redactor = Redactor(secret for shop in shops for secret in shop.target.secrets())
    told = tuple(redactor.line(complaint) for complaint in complaints)
    return PlannedFleet(plan, text, experiment, sha256, configuration, tuple(shops), told)


def read_fleet_file(path: Path) -> tuple[str, Any]:
    """Return a fleet's file as its text and as its content; raises `UsageError` where it can't be read."""
    try:
        content = read_yaml(path)
        return path.read_text(encoding="utf-8"), content
    except FileNotFoundError:
        raise UsageError(f"there is no fleet {path}; docs/fleet.md shows one") from None
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from None


def listed_shops(path: Path, content: Any) -> list[ListedShop]:
    """Return the shops of the list that a plan names; none where it names none. Raises `UsageError`."""
    named = shops_file_of(content)
    if named is None:
        return []
    file = path.parent / Path(named).expanduser()
    try:
        raw = file.read_bytes()
        if len(raw) > _LARGEST_LIST_BYTES:
            raise UsageError(f"{file} is larger than a list of shops may be")
        return read_shop_list(raw.decode("utf-8"), str(file))
    except UnicodeDecodeError:
        raise UsageError(f"{file} can't be read: it is no text in UTF-8") from None
    except OSError as error:
        raise UsageError(f"the list of shops {file} can't be read: {error.strerror}") from None


def environment_of(path: Path, env_file: str | None) -> Mapping[str, str]:
    """Return where secrets are looked up: the environment, and for what is not set there the file of secrets.

    `env_file` is that file as the fleet's own, `path`, names it. Raises `UsageError` where it can't be read.
    """
    if env_file is None:
        return os.environ
    return {**read_secrets(path.parent / Path(env_file).expanduser()), **os.environ}


def _configuration(path: Path, shops: Sequence[Shop], team: TeamConfiguration) -> TeamConfiguration:
    configuration = configuration_of(path, {"targets": {shop.name: dict(shop.target) for shop in shops}})
    return replace(configuration, listed=(*configuration.listed, *team.listed))


def _twins(shops: Sequence[PlannedShop]) -> list[str]:
    """Return a complaint for each shop that would be drilled together with another one."""
    complaints = []
    by_address: dict[str, str] = {}
    by_key: dict[tuple[str, str], str] = {}
    for shop in shops:
        target = shop.target
        other = by_address.setdefault(address_of(target.shop_url), shop.name)
        if other != shop.name:
            complaints.append(f"shop {shop.name!r} has the address of {other!r}; each shop is drilled once")
        factory = (address_of(target.factory_url), target.vendor_key.reveal())
        other = by_key.setdefault(factory, shop.name)
        if other != shop.name:
            complaints.append(f"shop {shop.name!r} has the vendor key of {other!r}, whose fault would be its own too")
    return complaints
