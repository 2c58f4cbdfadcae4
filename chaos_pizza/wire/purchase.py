"""What became of a purchase, judged from its answer, or from there being none."""

from dataclasses import dataclass

from chaos_pizza.errors import BadAnswer, ServiceError, TimedOut
from chaos_pizza.model.purchase import Evidence, Outcome
from chaos_pizza.redaction import Secret
from chaos_pizza.wire.factory import link_path
from chaos_pizza.wire.message import Answer
from chaos_pizza.wire.pizza import LONGEST_JWT, PizzaKeys

OUR_OWN_FAULT = frozenset({"No ID found"})
"""Messages of a 500 that the request itself has caused, as the pizza service has them."""
CHAOS_MONKEY = "Chaos monkey"
"""The message of the shop's own chaos."""


@dataclass(frozen=True, slots=True)
class Classified:
    """A purchase judged: what the diner got, what it proves, and the way to the cure where the answer shows one."""

    outcome: Outcome
    status: int | None = None
    evidence: Evidence | None = None
    link: Secret | None = None


def classify(answer: Answer, latency_s: float, latency_budget_s: float, keys: PizzaKeys) -> Classified:
    """Judge the answer to a purchase that took `latency_s` seconds.

    A right pizza over the budget is late; a wrong one is a bad pizza however fast it came.
    """
    link = link_path(answer)
    evidence = Evidence.LINK if link else Evidence.CHAOS_MONKEY if answer.message == CHAOS_MONKEY else None
    return Classified(_outcome(answer, latency_s, latency_budget_s, keys), answer.status, evidence, link)


def pizza_of(answer: Answer) -> Secret | None:
    """Return the pizza that an answer holds, whether or not it verifies; `None` where it holds none."""
    jwt = answer.body.get("jwt") if answer.is_success and isinstance(answer.body, dict) else None
    return Secret(jwt) if isinstance(jwt, str) and 0 < len(jwt) <= LONGEST_JWT else None


def classify_failure(error: ServiceError) -> Classified:
    """Judge a purchase that got no usable answer."""
    if isinstance(error, TimedOut):
        return Classified(Outcome.TIMEOUT)
    if isinstance(error, BadAnswer):
        return Classified(Outcome.FAILED)
    return Classified(Outcome.UNREACHABLE)


def _outcome(answer: Answer, latency_s: float, latency_budget_s: float, keys: PizzaKeys) -> Outcome:
    if 400 <= answer.status < 500 or (answer.status == 500 and answer.message in OUR_OWN_FAULT):
        return Outcome.REJECTED
    if not answer.is_success:
        return Outcome.FAILED
    jwt = answer.body.get("jwt") if isinstance(answer.body, dict) else None
    if not keys.verify(jwt):
        return Outcome.BAD_PIZZA
    return Outcome.LATE if latency_s > latency_budget_s else Outcome.OK
