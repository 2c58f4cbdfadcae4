"""How a drill's journal begins: with what the drill is and all that it promised."""

from collections.abc import Iterator
from dataclasses import replace

from chaos_pizza.live.commission import Blind, Commission
from chaos_pizza.model.blind_event import BlindDrillStarted, PlanKept
from chaos_pizza.model.event import DrillStarted, Event
from chaos_pizza.model.settings import DrillSettings
from chaos_pizza.redaction import Redactor
from chaos_pizza.versions import tool_version, toolkit_version


def first_events(commission: Commission, drill_id: str, diners: int, redactor: Redactor) -> Iterator[Event]:
    """Yield what a journal begins with: of a blind drill first what everybody may read of it.

    `diners` is how many do the buying.
    """
    if commission.blind is not None:
        yield _blind_drill_started(commission.blind, commission, drill_id, redactor)
    yield _drill_started(commission, drill_id, diners, redactor)
    if commission.blind is not None and commission.blind.plan_text is not None:
        yield PlanKept(commission.blind.plan_text)


def _drill_started(commission: Commission, drill_id: str, diners: int, redactor: Redactor) -> DrillStarted:
    declaration, target = commission.declaration, commission.target
    return DrillStarted(
        drill_id=drill_id,
        experiment=declaration.experiment,
        title=redactor.line(declaration.title),
        target=target.name,
        shop_url=target.shop_url,
        factory_url=target.factory_url,
        settings=_actual(declaration.settings, diners, is_blind=commission.blind is not None),
        tool_version=tool_version(),
        toolkit_version=toolkit_version(),
    )


def _blind_drill_started(blind: Blind, commission: Commission, drill_id: str, redactor: Redactor) -> BlindDrillStarted:
    target = commission.target
    return BlindDrillStarted(
        drill_id=drill_id,
        plan=redactor.line(blind.plan),
        target=target.name,
        shop_url=target.shop_url,
        factory_url=target.factory_url,
        commitment=blind.commitment,
        tool_version=tool_version(),
        toolkit_version=toolkit_version(),
        draw_number=blind.register.number,
        unheld_draws=blind.register.unheld,
        register_flaw=blind.register.flaw,
    )


def _actual(settings: DrillSettings, diners: int, *, is_blind: bool) -> DrillSettings:
    """The settings as they are kept: where the target names a diner, that one does all the buying."""
    announced = settings.announced and not is_blind
    return replace(settings, traffic=replace(settings.traffic, diners=diners), announced=announced)
