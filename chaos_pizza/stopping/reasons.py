"""Why a drill was stopped, as its report says it."""

import math


def by_hand(reason: str) -> str:
    """Somebody asked for it, with a reason or ("") without."""
    return f"stopped by hand: {reason}" if reason.strip() else "stopped by hand"


def file_there(name: str) -> str:
    """The file that must not be there is there."""
    return f"the file {name} is there"


def alert_fires(rule: str) -> str:
    """An alert fires that must not."""
    return f"alert {rule} fires, which must not"


def failing_too_long(lasting_s: float, allowed_s: float) -> str:
    """Purchases have failed for longer than is allowed; rounded up, so that it never looks like the limit itself."""
    return f"purchases have failed for {math.ceil(lasting_s * 10) / 10:g} s, longer than the {allowed_s:g} s allowed"


def real_purchases_failed(failed: int, allowed: int) -> str:
    """More purchases of real diners failed than is allowed."""
    purchases = "1 purchase of a real diner" if failed == 1 else f"{failed} purchases of real diners"
    return f"{purchases} failed, more than the {allowed} allowed"


def real_purchases_unknown(why: str) -> str:
    """Nobody can tell whether real diners suffer."""
    return f"whether purchases of real diners fail is unknown, since {why}"


def url_fails(url: str, answer: str) -> str:
    """The URL that must answer 2xx does not; `answer` is a status, or says what came instead of one."""
    return f"{url} stopped answering 2xx ({answer})"
