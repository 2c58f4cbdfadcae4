"""Which of what k6 tells are purchases, and what came of each."""

from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import urlsplit

from chaos_pizza.engines.k6_points import K6Check, K6Dropped, K6Request, Told
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.settings import TrafficSettings

_PATIENCE_US = 1_500_000
"""So long a check is waited for; k6 tells what it has five times a second."""


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
    never came: they count by what else is known of them. `dropped` counts what k6 did not begin.
    """

    def __init__(self, settings: TrafficSettings) -> None:
        self.unchecked = 0
        self.dropped = 0
        self._settings = settings
        self._waiting: OrderedDict[int, tuple[K6Request, int]] = OrderedDict()
        self._count = 0

    def take(self, told: Told, now_us: int) -> list[K6Purchase]:
        """Take in what k6 told at `now_us` (any clock), and return the purchases that are decided by it."""
        if isinstance(told, K6Dropped):
            self.dropped += told.count
            return []
        if isinstance(told, K6Check):
            return self._checked(told)
        if not self._is_purchase(told):
            return []
        if self._settings.check is not None and _is_success(told) and told.by:
            self._count += 1
            self._waiting[self._count] = (told, now_us)
            return []
        self.unchecked += self._settings.check is not None and _is_success(told)
        return [self._judged(told)]

    def overdue(self, now_us: int, patience_us: int = _PATIENCE_US) -> list[K6Purchase]:
        """Return the purchases that have waited too long for their checks."""
        decided = []
        while self._waiting:
            number, (request, since_us) = next(iter(self._waiting.items()))
            if now_us - since_us < patience_us:
                break
            del self._waiting[number]
            self.unchecked += 1
            decided.append(self._judged(request))
        return decided

    def _checked(self, check: K6Check) -> list[K6Purchase]:
        if check.name != self._settings.check or not check.by:
            return []
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
