"""What became of a purchase, for every answer there can be."""

import pytest

from chaos_pizza.errors import BadAnswer, TimedOut, Unreachable
from chaos_pizza.model.purchase import Evidence, Outcome
from chaos_pizza.wire.purchase import Classified, classify, classify_failure

from wire_bakery import answered  # isort: skip

BUDGET_S = 2.0
PATH = "/api/support/vendor-key/report/fix-code"
LINK = f"https://factory.example{PATH}"
SLOW_S, QUICK_S = 2.001, 0.02
FULFILL = "Failed to fulfill order at factory"


@pytest.mark.parametrize(
    ("status", "body", "latency_s", "outcome"),
    [
        (200, {"jwt": "RIGHT"}, QUICK_S, Outcome.OK),
        (201, {"jwt": "RIGHT"}, QUICK_S, Outcome.OK),
        (200, {"jwt": "RIGHT"}, BUDGET_S, Outcome.OK),
        (200, {"jwt": "RIGHT"}, SLOW_S, Outcome.LATE),
        (200, {"jwt": "RIGHT", "message": "No ID found"}, QUICK_S, Outcome.OK),
        (200, {"jwt": "WRONG"}, QUICK_S, Outcome.BAD_PIZZA),
        (200, {"jwt": "WRONG"}, SLOW_S, Outcome.BAD_PIZZA),
        (200, {"order": {"id": 1}}, QUICK_S, Outcome.BAD_PIZZA),
        (200, {"jwt": None}, QUICK_S, Outcome.BAD_PIZZA),
        (200, ["RIGHT"], QUICK_S, Outcome.BAD_PIZZA),
        (200, None, QUICK_S, Outcome.BAD_PIZZA),
        (204, None, QUICK_S, Outcome.BAD_PIZZA),
        (500, {"message": FULFILL}, QUICK_S, Outcome.FAILED),
        (500, {"message": FULFILL}, SLOW_S, Outcome.FAILED),
        (500, {"message": "fetch failed"}, QUICK_S, Outcome.FAILED),
        (500, {"jwt": "RIGHT"}, QUICK_S, Outcome.FAILED),
        (500, None, QUICK_S, Outcome.FAILED),
        (502, None, QUICK_S, Outcome.FAILED),
        (503, {"message": "No ID found here"}, QUICK_S, Outcome.FAILED),
        (301, None, QUICK_S, Outcome.FAILED),
        (304, None, QUICK_S, Outcome.FAILED),
        (500, {"message": "No ID found"}, QUICK_S, Outcome.REJECTED),
        (400, {"message": "bad request"}, QUICK_S, Outcome.REJECTED),
        (401, {"message": "unauthorized"}, QUICK_S, Outcome.REJECTED),
        (404, {"message": "unknown endpoint"}, SLOW_S, Outcome.REJECTED),
        (429, None, QUICK_S, Outcome.REJECTED),
    ],
)
def test_an_answer_is_judged(bakery, status, body, latency_s, outcome):
    right = bakery.pizza()
    if isinstance(body, dict) and body.get("jwt") in {"RIGHT", "WRONG"}:
        body = {**body, "jwt": right if body["jwt"] == "RIGHT" else "dead" + right[4:]}
    judged = classify(answered(body, status), latency_s, BUDGET_S, bakery.keys)
    assert (judged.outcome, judged.status) == (outcome, status)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (TimedOut("t"), Outcome.TIMEOUT),
        (Unreachable("u"), Outcome.UNREACHABLE),
        (BadAnswer("b"), Outcome.FAILED),
    ],
)
def test_no_answer_is_judged_too(error, outcome):
    assert classify_failure(error) == Classified(outcome)


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, {"message": FULFILL, "followLinkToEndChaos": LINK}), (200, {"jwt": "dead", "followLinkToEndChaos": LINK})],
)
def test_the_factorys_link_is_evidence_whatever_the_status(bakery, status, body):
    judged = classify(answered(body, status), QUICK_S, BUDGET_S, bakery.keys)
    assert judged.evidence is Evidence.LINK
    assert judged.link is not None
    assert judged.link.reveal() == PATH
    assert "vendor-key" not in repr(judged)


def test_the_shops_own_chaos_gives_itself_away(bakery):
    judged = classify(answered({"message": "Chaos monkey"}, 500), QUICK_S, BUDGET_S, bakery.keys)
    assert judged == Classified(Outcome.FAILED, 500, Evidence.CHAOS_MONKEY, None)


def test_other_failures_prove_nothing(bakery):
    assert classify(answered({"message": FULFILL}, 500), QUICK_S, BUDGET_S, bakery.keys).evidence is None
    hostile = answered({"message": "x", "followLinkToEndChaos": "https://evil.example/"}, 500)
    assert classify(hostile, QUICK_S, BUDGET_S, bakery.keys).evidence is None
