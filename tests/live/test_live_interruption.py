"""Why a drill is to end: the first reason of each kind counts, and an abort outweighs a failure."""

from datetime import UTC, datetime

import pytest

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.live.interruption import Interruption
from chaos_pizza.redaction import Redactor, Secret


@pytest.fixture
def interruption():
    return Interruption(AnchoredClock(), Redactor([Secret("tomato-and-basil")]))


def test_a_drill_that_nobody_and_nothing_interrupts_goes_on(interruption):
    assert (interruption.reason, interruption.failure, interruption.is_abort) == (None, None, False)
    assert interruption.take_abort() is None


def test_only_the_first_abort_counts_and_is_recorded_once_with_its_time(interruption):
    before = datetime.now(UTC)
    interruption.abort("SIGINT was received")
    interruption.abort("SIGTERM was received")
    taken = interruption.take_abort()
    assert taken.reason == interruption.reason == "SIGINT was received"
    assert before <= taken.at
    assert interruption.take_abort() is None
    assert interruption.is_abort


def test_only_the_first_failure_counts_and_an_abort_outweighs_it(interruption):
    interruption.fail("the disk is full")
    interruption.fail("the journal is closed")
    assert (interruption.reason, interruption.failure) == ("the disk is full", "the disk is full")
    assert not interruption.is_abort
    interruption.abort("SIGINT was received")
    assert (interruption.reason, interruption.failure) == ("SIGINT was received", "the disk is full")


def test_no_reason_holds_a_secret(interruption):
    interruption.fail("refused: tomato-and-basil")
    interruption.abort("because of tomato-and-basil")
    assert "tomato" not in interruption.reason + interruption.failure
