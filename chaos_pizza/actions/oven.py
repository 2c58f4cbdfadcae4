"""Fill the oven: orders larger than it takes, which anybody could send."""

import asyncio

from chaos_pizza.activity import activity, the_drill, until_interrupted
from chaos_pizza.errors import PizzaError, ServiceError
from chaos_pizza.live.injection import require_watchdog
from chaos_pizza.live.session import DrillSession
from chaos_pizza.model.event import FaultExpired, FaultInjected, FaultProven
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.wire.message import Answer

_PATIENCE_S = 60.0


@activity
def order_too_many_pizzas(pizzas: int = 21, every_s: float = 1.0, duration_s: float = 45.0) -> dict[str, int]:
    """Send an order of `pizzas` pizzas every `every_s` seconds for `duration_s` seconds; return how each ended.

    More than twenty fill the oven: the factory stalls such an order for 32 s and refuses it. Give it longer than that,
    or nothing has failed yet when the last is sent. These orders are not among the drill's purchases.
    """
    session = the_drill("order_too_many_pizzas")
    return session.call(_fill_the_oven(session, pizzas, every_s, duration_s))


async def _fill_the_oven(session: DrillSession, pizzas: int, every_s: float, duration_s: float) -> dict[str, int]:
    require_watchdog(session)
    try:
        answers = await until_interrupted(session, _order_again_and_again(session, pizzas, every_s, duration_s))
    finally:
        session.record(FaultExpired(Interval.exactly(session.clock.now())))
    stalled = sum(1 for answer in answers if isinstance(answer, Answer) and answer.status >= 500)
    unexpected = [
        answer for answer in answers if isinstance(answer, BaseException) and not isinstance(answer, PizzaError)
    ]
    if unexpected:
        raise unexpected[0]
    return {"orders": len(answers), "refused_by_the_oven": stalled}


async def _order_again_and_again(
    session: DrillSession, pizzas: int, every_s: float, duration_s: float
) -> list[Answer | BaseException]:
    """Return how every order ended; a cancelled call takes its orders back."""
    loop, orders = asyncio.get_running_loop(), list[asyncio.Task[Answer]]()
    until_s = loop.time() + duration_s
    try:
        while not orders or loop.time() < until_s:
            orders.append(asyncio.create_task(_order(session, pizzas, is_first=not orders)))
            await asyncio.sleep(every_s)
        return await asyncio.gather(*orders, return_exceptions=True)
    finally:
        for order in orders:
            order.cancel()
        await asyncio.gather(*orders, return_exceptions=True)


async def _order(session: DrillSession, pizzas: int, is_first: bool) -> Answer:
    buyer, clock = session.crew.buyer, session.clock
    sent_at = clock.now()

    def handed_over() -> None:
        if is_first:
            session.record(FaultInjected(FaultKind.OVEN_FULL, sent_at, clock.now()))

    dishes = buyer.menu[:1] * pizzas
    answer = await buyer.services.shop.order(buyer.diners[0], buyer.store, dishes, _PATIENCE_S, handed_over)
    if answer.status < 500:
        raise ServiceError(f"the shop answered {answer.status} to an order of {pizzas} pizzas: the oven is not full")
    if is_first:
        session.record(FaultProven("an order too large for the oven", answer.sent_at, answer.received_at))
    return answer
