import asyncio

import pytest

from chaos_pizza.sandbox.endpoint import Refusal
from chaos_pizza.sandbox.kitchen import Kitchen, Supplier, kitchen_client
from chaos_pizza.serving.servers import bind, url_of


@pytest.mark.parametrize("kind", ["fail", "badjwt", "throttle"])
def test_with_a_backup_factory_diners_feel_no_chaos(open_sandbox, kind):
    visitor = open_sandbox(backup_factory=True, stall_s=600.0)  # no patience of a client is as long
    diner = visitor.log_in()
    visitor.begin(kind)
    answer = visitor.buy(diner)
    assert answer.status_code == 200
    assert "followLinkToEndChaos" not in answer.json()
    verify = {"json": {"jwt": answer.json()["jwt"]}, "headers": visitor.vendor}
    assert visitor.http.post(f"{visitor.factory}/api/order/verify", **verify).status_code == 200
    assert visitor.sandbox.purchases[0].outcome == "ok"
    assert visitor.sandbox.truth[0].began_at is not None


def test_a_factory_that_is_down_is_a_failed_fetch_at_once():
    listener = bind(0, "--factory-port")
    url = url_of(listener)
    listener.close()

    async def bake():
        async with kitchen_client() as client:
            await Kitchen(client, Supplier(url, "key"), None, lambda _: True).bake({}, {})

    with pytest.raises(Refusal) as refusal:
        asyncio.run(bake())
    assert (refusal.value.status, refusal.value.message, refusal.value.stack) == (500, "fetch failed", True)
