"""What the answers of shop and factory mean, and that no answer whatever breaks a reader."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaos_pizza.errors import BadAnswer, Refused
from chaos_pizza.model.event import VendorChaos
from chaos_pizza.model.incident import CureAnswer
from chaos_pizza.redaction import Secret
from chaos_pizza.wire.factory import Vendor, read_cure, read_delete, read_vendor
from chaos_pizza.wire.shop import Diner, Dish, Store, read_diner, read_menu, read_shop_chaos, read_stores

from wire_bakery import answered  # isort: skip
from wire_json import DATES, HOSTILE, shaped  # isort: skip

INITIATED, START, FIX = "2026-11-23T19:57:21.117Z", "2026-11-24T20:52:00.000Z", "2026-11-24T21:02:00.326Z"


def test_a_vendor_whose_chaos_is_scheduled():
    chaos = {"type": "fail", "initiatedDate": INITIATED, "startDate": START}
    vendor = read_vendor(answered({"id": "pizza-shop", "apiKey": "k", "chaos": chaos}))
    initiated_at = datetime(2026, 11, 23, 19, 57, 21, 117_000, tzinfo=UTC)
    assert vendor == Vendor("pizza-shop", VendorChaos("fail", initiated_at, datetime(2026, 11, 24, 20, 52, tzinfo=UTC)))
    assert not vendor.is_calm


def test_a_vendor_whose_chaos_was_resolved():
    chaos = {"type": "none", "initiatedDate": INITIATED, "startDate": START, "fixDate": FIX}
    vendor = read_vendor(answered({"id": 7, "chaos": chaos}))
    assert vendor.id == "7"
    assert vendor.chaos is not None
    assert vendor.chaos.fix_at == datetime(2026, 11, 24, 21, 2, 0, 326_000, tzinfo=UTC)
    assert vendor.is_calm


@pytest.mark.parametrize("body", [{"id": "v"}, {"id": "v", "chaos": None}, {"id": "v", "chaos": {}}])
def test_a_vendor_without_chaos_is_calm(body):
    assert read_vendor(answered(body)) == Vendor("v", None)
    assert read_vendor(answered(body)).is_calm


@pytest.mark.parametrize(
    ("told", "kept"),
    [("BadJWT", "badjwt"), ("new-kind", "new-kind"), ("<b>", "b"), ("☃", "unknown"), ("x" * 99, "x" * 30)],
)
def test_a_kind_of_chaos_that_nobody_knows_is_chaos_and_harmless_as_a_text(told, kept):
    vendor = read_vendor(answered({"id": "v", "chaos": {"type": told}}))
    assert vendor.chaos == VendorChaos(kept)
    assert not vendor.is_calm


@pytest.mark.parametrize(
    "date",
    [
        "soon",
        "2026-11-24T20:52:00",
        5,
        None,
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59Z",
    ],
)
def test_a_date_that_can_not_be_is_no_date(date):
    vendor = read_vendor(answered({"id": "v", "chaos": {"type": "fail", "startDate": date}}))
    assert vendor.chaos == VendorChaos("fail")


def test_a_wrong_vendor_key_is_told_by_its_variable():
    with pytest.raises(Refused, match="PIZZA_VENDOR_KEY"):
        read_vendor(answered({"message": "invalid authentication"}, 401))


@pytest.mark.parametrize(
    ("status", "message", "meaning"),
    [
        (200, "Problem resolved. Pizza is back on the menu!", CureAnswer.RESOLVED),
        (200, "No chaos currently executing", CureAnswer.NOTHING_TO_RESOLVE),
        (400, "Problem unresolved", CureAnswer.REFUSED),
        (500, "Problem resolved. Pizza is back on the menu!", CureAnswer.REFUSED),
        (200, "OK", CureAnswer.REFUSED),
        (302, "", CureAnswer.REFUSED),
    ],
)
def test_what_came_of_following_the_link(status, message, meaning):
    assert read_cure(answered({"message": message}, status)) is meaning


@pytest.mark.parametrize(
    ("status", "meaning"), [(204, CureAnswer.RESOLVED), (401, CureAnswer.REFUSED), (500, CureAnswer.REFUSED)]
)
def test_what_came_of_the_admins_delete(status, meaning):
    assert read_delete(answered(None, status)) is meaning


@pytest.mark.parametrize(("role", "is_admin"), [("diner", False), ("admin", True)])
def test_a_login_tells_who_it_is(role, is_admin):
    user = {"id": 4, "name": "d", "email": "d@jwt.com", "roles": [{"role": role}]}
    assert read_diner(answered({"user": user, "token": "t0ken"})) == Diner(
        4, "d", "d@jwt.com", Secret("t0ken"), is_admin
    )


@pytest.mark.parametrize(
    "body", [{}, {"user": {"id": 4}}, {"token": "t"}, {"user": 4, "token": "t"}, {"user": {}, "token": "t"}]
)
def test_a_login_without_user_or_token_is_a_bad_answer(body):
    with pytest.raises(BadAnswer, match="no user or no token"):
        read_diner(answered(body))


def test_a_refused_login_tells_the_shops_own_words():
    with pytest.raises(Refused, match="the shop refused a login: 404 unknown user"):
        read_diner(answered({"message": "unknown user"}, 404))


def test_the_menu_keeps_what_can_be_bought_and_leaves_out_the_rest():
    veggie = {"id": 1, "title": "Veggie", "image": "pizza1.png", "price": 0.0038, "description": "A garden of delight"}
    free = {"id": 2, "title": "Water", "price": 0}
    broken = [5, None, {"id": "1", "price": 1}, {"id": 3}]
    unpriced = [{"id": 3, "price": price} for price in (True, "1", None, float("nan"), float("inf"), 10**400, -1)]
    assert read_menu(answered([veggie, *broken, free, *unpriced])) == (Dish(1, "Veggie", 0.0038), Dish(2, "Water", 0.0))
    assert read_menu(answered([])) == ()


def test_every_store_of_every_franchise_is_found():
    franchises = [
        {"id": 1, "name": "a", "stores": [{"id": 1, "name": "SLC"}, {"id": 2, "name": "Lehi"}]},
        {"id": 2, "name": "b", "stores": []},
        {"id": 3, "name": "c"},
        {"id": 4, "stores": 5},
        {"id": 5, "stores": [{"id": "x"}, None, {"id": 9}]},
    ]
    stores = read_stores(answered({"franchises": franchises, "more": False}))
    assert stores == (Store(1, 1), Store(1, 2), Store(5, 9))


def test_the_shop_says_whether_its_chaos_is_on():
    assert read_shop_chaos(answered({"chaos": True})) is True
    assert read_shop_chaos(answered({"chaos": False})) is False
    with pytest.raises(BadAnswer, match="doesn't say"):
        read_shop_chaos(answered({"chaos": "true"}))
    assert read_shop_chaos(answered({"message": "unknown endpoint"}, 404)) is None  # a shop without the exercise
    with pytest.raises(Refused, match="its chaos switch: 403"):
        read_shop_chaos(answered({"message": "not the admin"}, 403))


READERS = [read_vendor, read_diner, read_menu, read_stores, read_shop_chaos]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("status", [302, 500, 503])
def test_an_answer_that_is_none_is_a_bad_answer(reader, status):
    with pytest.raises(BadAnswer, match=str(status)):
        reader(answered({"id": 1}, status))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("body", [None, "text", 5])
def test_an_answer_of_another_shape_is_a_bad_answer(reader, body):
    with pytest.raises(BadAnswer, match="instead of a JSON"):
        reader(answered(body))


NEARLY_RIGHT = {
    read_vendor: shaped(id=st.integers(), chaos=shaped(type=st.text(), startDate=st.sampled_from(DATES))),
    read_diner: shaped(user=shaped(id=st.integers(), name=HOSTILE, roles=HOSTILE), token=st.text()),
    read_menu: st.lists(shaped(id=st.integers(), title=st.text(), price=st.floats()), max_size=2),
    read_stores: shaped(franchises=st.lists(shaped(id=st.integers(), stores=st.lists(shaped(id=HOSTILE))), max_size=2)),
    read_shop_chaos: shaped(chaos=st.booleans()),
    read_cure: shaped(message=st.text()),
    read_delete: st.none(),
}


@pytest.mark.parametrize("reader", NEARLY_RIGHT)
def test_any_answer_is_read_or_refused_and_none_breaks_a_reader(reader):
    @settings(max_examples=100, deadline=None)
    @given(NEARLY_RIGHT[reader] | HOSTILE, st.sampled_from([200, 200, 200, 204, 302, 401, 404, 500]))
    def is_read_or_refused(body, status):
        with suppress(Refused, BadAnswer):
            reader(answered(body, status))

    is_read_or_refused()


def test_no_answer_shows_its_body():
    assert "t0ken" not in repr(answered({"token": "t0ken"}))
