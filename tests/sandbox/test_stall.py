import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from chaos_pizza.sandbox.endpoint import Refusal
from chaos_pizza.sandbox.stall import Stalls

from .visitor import VEGGIE, until


def test_many_stalled_purchases_wait_side_by_side(open_sandbox):
    visitor = open_sandbox(stall_s=2.0)
    diner = visitor.log_in()
    visitor.begin("throttle")
    with ThreadPoolExecutor(20) as pool:
        began = time.monotonic()
        answers = [each.result() for each in [pool.submit(visitor.buy, diner) for _ in range(20)]]
        took_s = time.monotonic() - began
    assert {each.status_code for each in answers} == {200}
    assert all("followLinkToEndChaos" in each.json() for each in answers)
    waited_s = [each.seconds for each in visitor.sandbox.purchases]
    # The loop counts from the beginning of its pass: by some milliseconds a purchase of the same pass came later.
    assert min(waited_s) > 1.9
    # One after the other they would take as long as all together, and on any machine.
    assert took_s < sum(waited_s) / 4


def test_an_oversized_order_stalls_and_fails_without_a_link(visitor):
    answer = visitor.buy(visitor.log_in(), *[VEGGIE] * 21)
    assert (answer.status_code, answer.json()) == (500, {"message": "Failed to fulfill order at factory"})
    assert visitor.sandbox.purchases[0].seconds >= 0.5


def test_stalled_purchases_hold_nobody_up_and_closing_does_not_wait_for_them(open_sandbox):
    visitor = open_sandbox(stall_s=600.0)
    diner = visitor.log_in()
    visitor.begin("throttle")
    with ThreadPoolExecutor(20) as pool:
        purchases = [pool.submit(visitor.buy, diner) for _ in range(20)]
        orders = f"{visitor.shop}/api/order"
        # Each look is answered while all of them wait.
        assert until(lambda: len(visitor.http.get(orders, headers=diner).json()["orders"]) >= 10)
        assert visitor.http.get(f"{visitor.shop}/api/order/menu").status_code == 200
        until(lambda: False, within_s=0.5)  # the orders are written; the factory gets them a moment later
        assert not any(each.done() for each in purchases)
        began = time.monotonic()
        visitor.sandbox.__exit__(None, None, None)
        assert time.monotonic() - began < 300
        # An answer, not a broken connection: the stall itself was ended.
        assert {each.result().json()["message"] for each in purchases} == {"Failed to fulfill order at factory"}


def test_a_purchase_whose_diner_went_away_is_stalled_and_sold_all_the_same(open_sandbox):
    visitor = open_sandbox(stall_s=1.0)
    diner = visitor.log_in()
    visitor.begin("throttle")
    order = {"franchiseId": 1, "storeId": 1, "items": [VEGGIE]}
    with pytest.raises(httpx.ReadTimeout):
        visitor.http.post(f"{visitor.shop}/api/order", json=order, headers=diner, timeout=0.3)
    assert until(lambda: visitor.sandbox.purchases)
    (sold,) = visitor.sandbox.purchases
    assert (sold.outcome, sold.status) == ("ok", 200)
    assert sold.seconds >= 1.0


def test_who_comes_when_as_many_are_stalled_as_may_be_is_refused_at_once_and_room_comes_back():
    async def crowd():
        stalls = Stalls(0.05, most=2)
        two = [asyncio.create_task(stalls.wait()) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Refusal, match="no room"):
            await stalls.wait()
        await asyncio.gather(*two)
        await stalls.wait()
        last = asyncio.create_task(stalls.wait())
        await asyncio.sleep(0)
        stalls.close()
        with pytest.raises(Refusal, match="closing"):
            await last

    asyncio.run(crowd())
