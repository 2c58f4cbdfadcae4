"""Whether calm is known to be back."""

from datetime import timedelta

from chaos_pizza.drill.observations import Observations
from chaos_pizza.model.event import CalmChecked, FaultInjected, FaultProven, VendorSeen
from chaos_pizza.model.micros import micros_of

_AT_ONCE = timedelta(seconds=1)


def last_check(observations: Observations) -> CalmChecked | None:
    """Return the last look at whether calm is back; `None` where nobody looked."""
    checks = observations.all_of(CalmChecked)
    return checks[-1] if checks else None


def is_calm_verified(observations: Observations) -> bool:
    """Tell whether calm was proven and nothing since shows a fault.

    Without any look at it, calm holds only where nothing was ever injected and no fault was seen.
    """
    check = last_check(observations)
    if check is None:
        return not was_fault_seen(observations)
    return check.is_calm and not _seen_after(observations, check)


def looks_told(observations: Observations) -> list[tuple[CalmChecked, ...]]:
    """Return the looks at whether calm is back as they are told of, in their order: mostly one at a time.

    Looks that proved calm and followed one another within a second, as the rollback's and the drill's own at its end,
    are told of together; one that was recorded twice was one.
    """
    told: list[tuple[CalmChecked, ...]] = []
    for look in dict.fromkeys(observations.all_of(CalmChecked)):
        if told and look.is_calm and told[-1][-1].is_calm and look.sent_at - told[-1][-1].received_at < _AT_ONCE:
            told[-1] = (*told[-1], look)
        else:
            told.append((look,))
    return told


def was_fault_seen(observations: Observations) -> bool:
    """Tell whether a fault was asked for, or seen on or scheduled; whosever it is."""
    check = last_check(observations)
    return (
        bool(observations.all_of(FaultInjected) or observations.all_of(FaultProven))
        or any(_names_chaos(seen) for seen in observations.all_of(VendorSeen))
        or len(observations.purchases.evident()) > 0
        or (check is not None and check.factory_calm is False)
    )


def _seen_after(observations: Observations, check: CalmChecked) -> bool:
    place = observations.places[CalmChecked][-1]
    purchases = observations.purchases
    return (
        any(asked > place for asked in observations.places.get(FaultInjected, ()))
        or any(_names_chaos(seen) for seen in observations.all_of(VendorSeen, after=place))
        or any(proven.sent_at > check.received_at for proven in observations.all_of(FaultProven))
        # A purchase sent before the look may bring its evidence half a minute later.
        or bool((purchases.rows.sent_us[purchases.evident()] > micros_of(check.received_at)).any())
    )


def _names_chaos(seen: VendorSeen) -> bool:
    return seen.chaos is not None and seen.chaos.type != "none"
