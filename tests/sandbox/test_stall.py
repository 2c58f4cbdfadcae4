import time
from concurrent.futures import ThreadPoolExecutor

from .visitor import VEGGIE, until


def test_many_stalled_purchases_wait_side_by_side_and_hold_nobody_up(open_sandbox):
    visitor = open_sandbox(stall_s=2.0)
    diner = visitor.log_in()
    visitor.begin("throttle")
    with ThreadPoolExecutor(20) as pool:
        began = time.monotonic()
        purchases = [pool.submit(visitor.buy, diner) for _ in range(20)]
        assert visitor.http.get(f"{visitor.shop}/api/order/menu").status_code == 200
        assert time.monotonic() - began < 2
        answers = [each.result() for each in purchases]
    assert time.monotonic() - began < 10
    assert {each.status_code for each in answers} == {200}
    assert all("followLinkToEndChaos" in each.json() for each in answers)
    assert min(each.seconds for each in visitor.sandbox.purchases) >= 2.0


def test_an_oversized_order_stalls_and_fails_without_a_link(visitor):
    answer = visitor.buy(visitor.log_in(), *[VEGGIE] * 21)
    assert (answer.status_code, answer.json()) == (500, {"message": "Failed to fulfill order at factory"})
    assert visitor.sandbox.purchases[0].seconds >= 0.5


def test_closing_does_not_wait_for_stalled_purchases(open_sandbox):
    visitor = open_sandbox(stall_s=600.0)
    diner = visitor.log_in()
    visitor.begin("throttle")
    with ThreadPoolExecutor(1) as pool:
        purchase = pool.submit(visitor.buy, diner)
        orders = f"{visitor.shop}/api/order"
        assert until(lambda: visitor.http.get(orders, headers=diner).json()["orders"])
        until(lambda: False, within_s=0.5)  # the order is written; the factory gets it a moment later
        began = time.monotonic()
        visitor.sandbox.__exit__(None, None, None)
        assert time.monotonic() - began < 5
        # An answer, not a broken connection: the stall itself was ended.
        assert purchase.result().json() == {"message": "Failed to fulfill order at factory"}
