"""The plan: fixed before the first purchase, the same for the same seed, evenly spaced."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.traffic.plan import MOST_DISHES, Plan
from chaos_pizza.wire.shop import Dish

MENU = (Dish(1, "Veggie", 0.0038), Dish(2, "Pepperoni", 0.0042), Dish(4, "Crusty", 0.0028))


def planned(plan, count):
    return [plan.purchase(number) for number in range(count)]


def test_the_same_seed_makes_the_same_plan_in_whatever_order_it_is_asked():
    one, other = Plan(10, 5, MENU, seed=3), Plan(10, 5, MENU, seed=3)
    backwards = [other.purchase(number) for number in reversed(range(50))]
    assert planned(one, 50) == backwards[::-1]


def test_another_seed_makes_another_plan():
    assert planned(Plan(10, 5, MENU, seed=0), 50) != planned(Plan(10, 5, MENU, seed=1), 50)


@pytest.mark.parametrize(("rate_per_s", "number", "offset_s"), [(10, 0, 0), (10, 7, 0.7), (4, 9, 2.25), (0.5, 3, 6)])
def test_every_purchase_has_its_time(rate_per_s, number, offset_s):
    assert Plan(rate_per_s, 1, MENU, 0).purchase(number).offset_s == pytest.approx(offset_s)


@given(st.floats(0.01, 10_000), st.integers(0, 10**6))
def test_purchases_are_spaced_by_the_rate_however_late_in_the_drill(rate_per_s, first):
    plan = Plan(rate_per_s, 3, MENU, 0)
    for one, next_ in pairwise(plan.purchase(number) for number in range(first, first + 3)):
        assert (next_.offset_s - one.offset_s) * rate_per_s == pytest.approx(1, rel=1e-4)


def test_diners_take_turns():
    assert [purchase.diner for purchase in planned(Plan(10, 3, MENU, 0), 7)] == [0, 1, 2, 0, 1, 2, 0]


def test_a_purchase_is_of_one_to_three_dishes_of_the_menu_and_costs_their_sum():
    purchases = planned(Plan(10, 3, MENU, 0), 200)
    assert {len(purchase.dishes) for purchase in purchases} == {1, 2, 3} == set(range(1, MOST_DISHES + 1))
    assert {dish for purchase in purchases for dish in purchase.dishes} == set(MENU)
    for purchase in purchases:
        assert purchase.price_btc == pytest.approx(sum(dish.price_btc for dish in purchase.dishes))
