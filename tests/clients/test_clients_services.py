"""The shop and the factory of a whole sandbox, call by call."""

import json

import pytest

from chaos_pizza.errors import BadAnswer, Refused, TargetError
from chaos_pizza.model.incident import CureAnswer
from chaos_pizza.redaction import Secret
from chaos_pizza.traffic.buyer import log_in_admin, open_buyer
from chaos_pizza.wire.factory import link_path
from chaos_pizza.wire.shop import Dish, Store

from hostile_server import answer  # isort: skip

ALICE = ("Alice", "alice@jwt.com", Secret("passw0rd-of-alice"))
WITHOUT_DINER = {"diner_email": "", "diner_password": ""}


def test_a_diner_registers_logs_in_and_buys_a_pizza_that_verifies(visit):
    async def scenario(services):
        registered = await services.shop.register(*ALICE)
        diner = await services.shop.log_in("alice@jwt.com", ALICE[2])
        assert (diner.name, diner.email, diner.is_admin) == ("Alice", "alice@jwt.com", False)
        assert diner.id == registered.id
        menu, stores, keys = await services.shop.menu(), await services.shop.stores(), await services.factory.keys()
        assert menu[0] == Dish(1, "Veggie", 0.0038)
        assert stores == (Store(1, 1),)
        bought = await services.shop.order(diner, stores[0], menu[:2], 5)
        assert keys.verify(bought.body["jwt"])

    visit(scenario)


def test_a_token_that_the_shop_gave_is_masked_from_then_on(visit):
    async def scenario(services):
        diner = await services.shop.register("Bob", "bob@jwt.com", Secret("passw0rd-of-bob"))
        assert services.redactor.clean(f"token {diner.token.reveal()}") == "token ***"

    visit(scenario)


def test_a_wrong_password_is_refused(visit):
    with pytest.raises(Refused, match="the shop refused a login: 404 unknown user"):
        visit(lambda services: services.shop.log_in("d@jwt.com", Secret("not it")))


def test_a_wrong_vendor_key_is_told_by_its_variable(visit):
    with pytest.raises(Refused, match="PIZZA_VENDOR_KEY") as refusal:
        visit(lambda services: services.factory.vendor(), vendor_key="wrong-key-0123")
    assert "wrong-key-0123" not in str(refusal.value)


def test_chaos_is_scheduled_felt_and_cured(visit):
    async def scenario(services):
        factory = services.factory
        assert (await factory.vendor())[0].is_calm
        assert (await factory.schedule_chaos("fail")).is_success
        vendor, _ = await factory.vendor()
        assert vendor.chaos.type == "fail"
        path = link_path(await factory.order(5))
        assert (await factory.cure(Secret("/api/support/nobody/report/wrong")))[0] is CureAnswer.NOTHING_TO_RESOLVE
        wrong = Secret(path.reveal()[:-1] + ("a" if path.reveal()[-1] != "a" else "b"))
        assert (await factory.cure(wrong))[0] is CureAnswer.REFUSED
        assert (await factory.cure(path))[0] is CureAnswer.RESOLVED
        assert (await factory.cure(path))[0] is CureAnswer.NOTHING_TO_RESOLVE
        assert (await factory.vendor())[0].chaos.fix_at is not None

    visit(scenario)


def test_a_kind_of_chaos_that_nobody_knows_is_refused(visit):
    with pytest.raises(Refused, match="chaos 'flood': 400 Invalid chaos type"):
        visit(lambda services: services.factory.schedule_chaos("flood"))


def test_the_factorys_admin_deletes_chaos(visit):
    async def scenario(services):
        assert services.factory.has_admin
        await services.factory.schedule_chaos("badjwt")
        assert (await services.factory.delete_chaos())[0] is CureAnswer.RESOLVED
        assert (await services.factory.vendor())[0].chaos is None

    visit(scenario)


def test_without_the_admins_key_nothing_is_deleted(visit):
    async def scenario(services):
        assert not services.factory.has_admin
        with pytest.raises(TargetError, match="PIZZA_FACTORY_ADMIN_KEY and PIZZA_VENDOR_ID"):
            await services.factory.delete_chaos()

    visit(scenario, factory_admin_key="")
    visit(scenario, vendor_id="")


def test_a_key_that_is_no_admins_deletes_nothing(visit):
    async def scenario(services):
        assert (await services.factory.delete_chaos())[0] is CureAnswer.REFUSED

    visit(scenario, factory_admin_key="somebody-elses-key")


def test_the_shops_chaos_is_turned_on_and_off_by_its_admin_alone(visit):
    async def scenario(services):
        admin = await log_in_admin(services)
        assert admin.is_admin
        assert (await services.shop.set_chaos(admin, on=True))[0] is True
        assert (await services.shop.set_chaos(admin, on=False))[0] is False
        diner = await services.shop.register("Carol", "carol@jwt.com", Secret("passw0rd-of-carol"))
        with pytest.raises(Refused, match="403"):
            await services.shop.set_chaos(diner, on=True)

    visit(scenario)


def test_no_admin_and_somebody_who_is_none_are_told_by_their_variables(visit, sandbox):
    with pytest.raises(TargetError, match="set PIZZA_ADMIN_EMAIL and PIZZA_ADMIN_PASSWORD"):
        visit(log_in_admin, admin_email="")
    diner = {"admin_email": "d@jwt.com", "admin_password": sandbox.environment["PIZZA_DINER_PASSWORD"]}
    with pytest.raises(TargetError, match="PIZZA_ADMIN_EMAIL names somebody who is not the shop's admin"):
        visit(log_in_admin, **diner)


def test_the_targets_own_diner_does_all_the_buying(visit):
    buyer = visit(lambda services: open_buyer(services, 3, "drill"))
    assert [diner.email for diner in buyer.diners] == ["d@jwt.com"]


def test_without_one_as_many_diners_as_wished_are_registered(visit):
    buyer = visit(lambda services: open_buyer(services, 3, "drill"), **WITHOUT_DINER)
    assert [diner.email for diner in buyer.diners] == [f"drill-{n}@chaos-pizza.invalid" for n in range(3)]
    assert len({diner.token for diner in buyer.diners}) == 3


def test_the_shop_greets(visit):
    assert visit(lambda services: services.shop.is_up()) is True


@pytest.mark.parametrize(
    ("answers", "error", "words"),
    [
        ({"menu": []}, TargetError, "has an empty menu"),
        ({"franchise": {"franchises": []}}, TargetError, "has no store"),
        ({"auth": {"user": {"id": 1}, "token": ""}}, BadAnswer, "gave no token"),
        ({"auth": {"user": {"id": 1}}}, BadAnswer, "no user or no token"),
        ({"menu": {"not": "a list"}}, BadAnswer, "instead of a JSON list"),
    ],
)
def test_a_shop_that_nothing_can_be_bought_from_is_told_as_such(visit, hostile, answers, error, words):
    usual = {
        "menu": [{"id": 1, "title": "Veggie", "price": 0.0038}],
        "franchise": {"franchises": [{"id": 1, "stores": [{"id": 1}]}]},
        "auth": {"user": {"id": 1}, "token": "t0ken-0123"},
    }

    def behave(connection, _):
        path = server.requests[-1].split(b" ")[1].decode()
        connection.sendall(answer(json.dumps({**usual, **answers}[path.rsplit("/", 1)[1]]).encode()))

    server = hostile(behave)
    with pytest.raises(error, match=words):
        visit(lambda services: open_buyer(services, 1, "drill"), shop_url=server.url, **WITHOUT_DINER)
