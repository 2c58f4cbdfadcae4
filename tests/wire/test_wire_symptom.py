"""What a purchase's answer means for whoever has to mend it."""

import pytest

from chaos_pizza.model.purchase import Evidence, Outcome
from chaos_pizza.redaction import Secret
from chaos_pizza.wire.purchase import Classified
from chaos_pizza.wire.symptom import Symptom, symptom_of

LINK = Secret("/api/support/a/report/b")


def linked(outcome, status):
    return Classified(outcome, status, Evidence.LINK, LINK)


@pytest.mark.parametrize(
    ("classified", "symptom"),
    [
        (linked(Outcome.FAILED, 500), Symptom.FAIL),
        (linked(Outcome.BAD_PIZZA, 200), Symptom.BADJWT),
        (linked(Outcome.LATE, 200), Symptom.THROTTLE),
        (linked(Outcome.OK, 200), Symptom.THROTTLE),
        (Classified(Outcome.FAILED, 500, Evidence.CHAOS_MONKEY), Symptom.SHOP_CHAOS),
        (Classified(Outcome.BAD_PIZZA, 200), Symptom.BAD_PIZZA),
        (Classified(Outcome.LATE, 200), Symptom.LATE),
        (Classified(Outcome.OK, 200), Symptom.WELL),
        (Classified(Outcome.REJECTED, 401), Symptom.REJECTED),
        (Classified(Outcome.TIMEOUT), Symptom.NO_ANSWER),
        (Classified(Outcome.UNREACHABLE), Symptom.SHOP_DOWN),
        (Classified(Outcome.FAILED), Symptom.SHOP_ERROR),
    ],
)
def test_an_answer_shows_what_is_wrong(classified, symptom):
    assert symptom_of(classified, "", 0.02) is symptom


@pytest.mark.parametrize(
    ("message", "took_s", "symptom"),
    [
        ("fetch failed", 0.01, Symptom.FACTORY_DOWN),
        ("Failed to fulfill order at factory", 32.0, Symptom.OVEN_FULL),
        ("Failed to fulfill order at factory", 0.02, Symptom.FACTORY_REFUSES),
        ("Cannot read properties of undefined", 0.02, Symptom.SHOP_ERROR),
    ],
)
def test_an_error_without_a_link_is_told_apart_by_its_message_and_its_time(message, took_s, symptom):
    assert symptom_of(Classified(Outcome.FAILED, 500), message, took_s) is symptom


def test_only_what_the_runbook_can_end_has_a_cure():
    assert {each for each in Symptom if each.has_cure} == {
        Symptom.FAIL,
        Symptom.BADJWT,
        Symptom.THROTTLE,
        Symptom.SHOP_CHAOS,
    }
    assert {each for each in Symptom if each.has_link} == {Symptom.FAIL, Symptom.BADJWT, Symptom.THROTTLE}


def test_every_symptom_has_its_own_plain_sentence():
    sentences = [each.meaning for each in Symptom]
    assert len(set(sentences)) == len(sentences)
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in sentences)
