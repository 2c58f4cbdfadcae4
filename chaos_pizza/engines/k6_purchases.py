"""Which of what k6 tells are purchases, and what came of each."""

from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import urlsplit

from chaos_pizza.engines.k6_points import K6Check, K6Dropped, K6Request, Told
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.settings import TrafficSettings

_PATIENCE_US = 3_000_000
"""So long a check is waited for; k6 tells what it has five times a second, and later where it is short of time."""
_ENOUGH = 20
"""So many purchases without their check show that it is not in the script."""
_CHECKS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class K6Purchase:
    """A purchase that a script made; times in microseconds since 1970, by k6's clock."""

    sent_us: int
    ended_us: int
    outcome: Outcome
    status: int | None


class K6Purchases:
    """Picks the purchases out of what k6 tells and judges them.

    Where the settings name a check, a purchase that looks good waits for its own. `unchecked` counts those whose check
    never came: nobody says that the pizza verifies, so it is a bad one. Until the check has come once, it may not be in
    the script at all, and such a purchase is none; `missing_check` tells. `dropped` counts what k6 did not begin.
    """

    def __init__(self, settings: TrafficSettings) -> None:
        self.unchecked = 0
        self.dropped = 0
        self._settings = settings
        self._waiting: OrderedDict[int, tuple[K6Request, int]] = OrderedDict()
        self._count = 0
        self._is_checked = False
        self._checks: dict[str, None] = {}

    @property
    def missing_check(self) -> str | None:
        """Why no pizza is being verified, though the settings name a check; `None` where it may be."""
        return self.unverified if self.unchecked >= _ENOUGH else None

    @property
    def unverified(self) -> str | None:
        """Why no pizza was verified so far, as far as it can be told from however few purchases; `None` where one was.

        It names the check that was waited for, and those that came. Below 20 purchases it may come yet.
        """
        if self._is_checked or not self.unchecked:
            return None
        name = self._settings.check
        if name in self._checks:
            return f'k6 does not say whose purchase the check "{name}" is about; no pizza is being verified'
        if self.unchecked < _ENOUGH:
            has = f"there came: {', '.join(self._checks)}" if self._checks else "nor any other"
            among = f"any of {self.unchecked} purchases" if self.unchecked > 1 else "a purchase"
            return f'no check "{name}" came with {among} ({has}); no pizza is being verified'
        has = f"it has: {', '.join(self._checks)}" if self._checks else "it has none at all"
        return f'the script has no check "{name}" ({has}); no pizza is being verified'

    def give_up(self) -> None:
        """Wait for no check any longer, k6 having told all; what decides is whether one has ever come."""
        if not self._is_checked:
            self.unchecked += len(self._waiting)
            self._waiting.clear()

    def take(self, told: Told, now_us: int) -> list[K6Purchase]:
        """Take in what k6 told at `now_us` (any clock), and return the purchases that are decided by it."""
        if isinstance(told, K6Dropped):
            self.dropped += told.count
            return []
        if isinstance(told, K6Check):
            return self._checked(told)
        if not self._is_purchase(told):
            return []
        if self._settings.check is not None and _is_success(told):
            self._count += 1
            self._waiting[self._count] = (told, now_us)
            return []
        return [self._judged(told)]

    def overdue(self, now_us: int) -> list[K6Purchase]:
        """Return the purchases that have waited too long for their checks."""
        decided = []
        while self._waiting:
            number, (request, since_us) = next(iter(self._waiting.items()))
            if now_us - since_us < _PATIENCE_US:
                break
            del self._waiting[number]
            self.unchecked += 1
            if self._is_checked:
                decided.append(self._judged(request, verified=False))
        return decided

    def _checked(self, check: K6Check) -> list[K6Purchase]:
        if len(self._checks) < _CHECKS_SHOWN or check.name == self._settings.check:
            self._checks[check.name] = None
        if check.name != self._settings.check or not check.by:
            return []
        self._is_checked = True
        # Of several purchases in a turn the check is about the last.
        for number in reversed(self._waiting):
            request, _ = self._waiting[number]
            if request.by == check.by:
                del self._waiting[number]
                return [self._judged(request, verified=check.passed)]
        return []

    def _is_purchase(self, request: K6Request) -> bool:
        wanted = self._settings.purchase
        try:
            path = urlsplit(request.url).path
        except ValueError:
            return False
        return request.method == wanted.method and path.rstrip("/").endswith(wanted.path.rstrip("/"))

    def _judged(self, request: K6Request, *, verified: bool = True) -> K6Purchase:
        return K6Purchase(
            sent_us=request.ended_us - request.took_us,
            ended_us=request.ended_us,
            outcome=self._outcome(request, verified),
            status=request.status,
        )

    def _outcome(self, request: K6Request, verified: bool) -> Outcome:
        if request.status is None:
            return Outcome.TIMEOUT if request.timed_out else Outcome.UNREACHABLE
        if 400 <= request.status < 500:
            return Outcome.REJECTED
        if not _is_success(request):
            return Outcome.FAILED
        if not verified:
            return Outcome.BAD_PIZZA
        return Outcome.LATE if request.took_us / 1e6 > self._settings.latency_budget_s else Outcome.OK


def _is_success(request: K6Request) -> bool:
    return request.status is not None and 200 <= request.status < 300
