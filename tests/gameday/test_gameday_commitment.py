"""A draw is committed to before the drill, and nobody can change it afterwards."""

import hashlib
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from chaos_pizza.gameday.commitment import canonical_text, commitment_of, matches
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.settings import FaultKind

DRAW = Draw(
    plan_sha256="ab" * 32,
    seed=7,
    experiment="experiments/factory-fail.yaml",
    fault=FaultKind.FAIL,
    opens_at=datetime(2026, 3, 2, 21, 0, tzinfo=UTC),
    starts_at=datetime(2026, 3, 2, 21, 17, 4, tzinfo=UTC),
    nonce="0f" * 32,
)
TEXT = (
    '{"experiment":"experiments/factory-fail.yaml","fault":"fail","nonce":"' + "0f" * 32 + '",'
    '"opens_at":"2026-03-02T21:00:00.000000Z","plan_sha256":"' + "ab" * 32 + '","seed":7,'
    '"starts_at":"2026-03-02T21:17:04.000000Z"}'
)


def test_the_canonical_text_is_what_anybody_would_write_by_hand():
    assert canonical_text(DRAW) == TEXT


def test_the_commitment_is_the_sha_256_of_that_text():
    assert commitment_of(DRAW) == hashlib.sha256(TEXT.encode()).hexdigest()


def test_a_draw_matches_its_own_commitment_however_its_letters_are_written():
    commitment = commitment_of(DRAW)
    assert matches(DRAW, commitment)
    assert matches(DRAW, commitment.upper())


def test_the_same_instant_in_another_time_zone_is_the_same_draw():
    denver = timezone(timedelta(hours=-7))
    assert commitment_of(replace(DRAW, opens_at=DRAW.opens_at.astimezone(denver))) == commitment_of(DRAW)


CHANGES = {
    "plan_sha256": "ac" * 32,
    "seed": 8,
    "experiment": "experiments/factory-badjwt.yaml",
    "fault": FaultKind.NONE,
    "opens_at": DRAW.opens_at + timedelta(microseconds=1),
    "starts_at": None,
    "nonce": "0e" * 32,
}


@pytest.mark.parametrize("name", [field.name for field in fields(Draw)])
def test_a_draw_that_was_changed_in_any_field_is_caught(name):
    assert not matches(replace(DRAW, **{name: CHANGES[name]}), commitment_of(DRAW))


@pytest.mark.parametrize("commitment", ["", "0" * 64, "no commitment"])
def test_what_is_no_commitment_matches_nothing(commitment):
    assert not matches(DRAW, commitment)
