"""What the answer to a purchase tells whoever has to mend it, and in which words."""

from enum import StrEnum

from chaos_pizza.model.purchase import Evidence, Outcome
from chaos_pizza.wire.purchase import Classified

STALLED_S = 10.0
"""A refusal that took at least so many seconds was waited for: the factory's full oven takes 32."""
_AT_FACTORY = "Failed to fulfill order at factory"
_NO_FACTORY = "fetch failed"


class Symptom(StrEnum):
    """What a purchase shows. The first four can be ended from here; what isn't well but no fault of these, can't."""

    FAIL = "fail"
    BADJWT = "badjwt"
    THROTTLE = "throttle"
    SHOP_CHAOS = "shop_chaos"
    OVEN_FULL = "oven_full"
    FACTORY_REFUSES = "factory_refuses"
    FACTORY_DOWN = "factory_down"
    BAD_PIZZA = "bad_pizza"
    LATE = "late"
    SHOP_ERROR = "shop_error"
    SHOP_DOWN = "shop_down"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    WELL = "well"

    @property
    def has_link(self) -> bool:
        """Whether the answer holds the factory's link to end it."""
        return self in {Symptom.FAIL, Symptom.BADJWT, Symptom.THROTTLE}

    @property
    def has_cure(self) -> bool:
        """Whether the runbook knows an end to it: the link, or switching the shop's own chaos off."""
        return self.has_link or self is Symptom.SHOP_CHAOS

    @property
    def cause(self) -> str:
        """What has a cure, by its name; of what has none, the sentence that says what is wrong."""
        if self is Symptom.SHOP_CHAOS:
            return "the shop's own chaos"
        return f"the factory's chaos, kind {self.value}" if self.has_link else self.meaning

    @property
    def meaning(self) -> str:
        """What is wrong, in a plain sentence."""
        return _MEANINGS[self]


_MEANINGS = {
    Symptom.FAIL: "The factory's chaos is on (kind: fail): it answers every order with an error.",
    Symptom.BADJWT: (
        "The factory's chaos is on (kind: badjwt): the answer looks like a success, but the pizza does not verify."
    ),
    Symptom.THROTTLE: (
        "The factory's chaos is on (kind: throttle): the pizza is good, but the factory sends it about 32 s late."
    ),
    Symptom.SHOP_CHAOS: (
        "The shop's own chaos is on: it fails about half of all purchases, and the factory has no part in that."
    ),
    Symptom.OVEN_FULL: (
        "The factory let the order wait and then refused it: its oven is full, since too much is being ordered. "
        "There is no link for that."
    ),
    Symptom.FACTORY_REFUSES: (
        "The factory refused the order at once and sent no link: it is not its chaos. The shop's key may be wrong."
    ),
    Symptom.FACTORY_DOWN: "The factory is down or out of reach: nothing answers there, so there is no link either.",
    Symptom.BAD_PIZZA: "The pizza does not verify, and there is no link: it is not the factory's chaos.",
    Symptom.LATE: "The pizza is good but came late, and there is no link: it is not the factory's chaos.",
    Symptom.SHOP_ERROR: "The shop itself answers with an error, without a link: look at the shop, not the factory.",
    Symptom.SHOP_DOWN: "The shop is out of reach: nothing answers there.",
    Symptom.NO_ANSWER: "The shop gave no answer at all in time: not even a throttled factory takes so long.",
    Symptom.REJECTED: "The shop rejected this very purchase (login, menu or store): that says nothing of the factory.",
    Symptom.WELL: "The pizza is good: it verifies.",
}
_WITHOUT_WAY = {
    Outcome.TIMEOUT: Symptom.NO_ANSWER,
    Outcome.UNREACHABLE: Symptom.SHOP_DOWN,
    Outcome.REJECTED: Symptom.REJECTED,
    Outcome.BAD_PIZZA: Symptom.BAD_PIZZA,
    Outcome.LATE: Symptom.LATE,
    Outcome.OK: Symptom.WELL,
}
_OF_LINK = {Outcome.FAILED: Symptom.FAIL, Outcome.BAD_PIZZA: Symptom.BADJWT}


def symptom_of(classified: Classified, message: str, took_s: float, stalled_s: float = STALLED_S) -> Symptom:
    """Return what a purchase shows, whose answer said `message` after `took_s` seconds.

    A good pizza with the link beside it is a throttled one, however long it took: nothing else hands out both.
    """
    outcome = classified.outcome
    if classified.link:
        return _OF_LINK.get(outcome, Symptom.THROTTLE)
    if classified.evidence is Evidence.CHAOS_MONKEY:
        return Symptom.SHOP_CHAOS
    if outcome is not Outcome.FAILED:
        return _WITHOUT_WAY[outcome]
    if message == _NO_FACTORY:
        return Symptom.FACTORY_DOWN
    if message != _AT_FACTORY:
        return Symptom.SHOP_ERROR
    return Symptom.OVEN_FULL if took_s >= stalled_s else Symptom.FACTORY_REFUSES
