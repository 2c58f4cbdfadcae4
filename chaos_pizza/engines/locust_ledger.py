"""What Locust's workers tell of purchases, held against the plan and believed only where it fits."""

from collections.abc import Callable, Mapping
from typing import Any

from chaos_pizza.engines.locust_crew import Worker
from chaos_pizza.engines.share import Share
from chaos_pizza.engines.telling import Batch, Bought, Waiting, read_batch
from chaos_pizza.engines.worker_clock import Alignment, Reading
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.micros import instant_at
from chaos_pizza.model.purchase import Overdue, Sample
from chaos_pizza.traffic.plan import Plan, Planned
from chaos_pizza.traffic.recent import RecentPurchases

_EARLY_US = 50_000
"""By so much more than what is not known of its clock a worker's purchase may seem to lie ahead of time."""


class Member:
    """A worker at work: its share, what is believed of its clock, and when it was last heard."""

    def __init__(self, worker: Worker, share: Share, reading: Reading, heard_us: int) -> None:
        self.worker = worker
        self.share = share
        self.alignment = Alignment(reading)
        self.heard_us = heard_us
        self.in_flight = 0
        self.is_lost = False
        self.has_ended = False


class LocustLedger:
    """Takes in what members tell, and hands out what happened since it was last asked.

    `zero_us` is when purchase 0 was due, in microseconds since 1970, by the drill's clock. Price, diner and the time at
    which a purchase was due are the plan's, and none of what a worker tells. `refused` counts what did not fit,
    `first_refused` says what was wrong with the first of it.
    """

    def __init__(self, plan: Plan, zero_us: int, latency_budget_s: float, recent: RecentPurchases) -> None:
        self.refused = 0
        self.first_refused = ""
        self._plan = plan
        self._zero_us = zero_us
        self._budget_us = round(latency_budget_s * 1e6)
        self._recent = recent
        self._samples: list[Sample] = []
        self._overdue: list[Overdue] = []
        self._dropped = 0

    def take(self, in_flight: int) -> PurchasesObserved:
        """Return what happened since the last call; so many purchases are under way."""
        observed = PurchasesObserved(tuple(self._samples), tuple(self._overdue), self._dropped, in_flight)
        self._samples, self._overdue, self._dropped = [], [], 0
        return observed

    def come_due(self, member: Member, at_us: int) -> None:
        """Take in that it is `at_us` by now: nothing is made before it is due."""
        member.share.come_due((at_us - self._zero_us - member.alignment.later_us) / 1e6)

    def give_up(self, member: Member) -> int:
        """Count all that is due of a lost member's share as dropped, and return how many purchases that are."""
        missing = member.share.give_up()
        self._dropped += missing
        return missing

    def take_in(self, member: Member, said: Mapping[str, Any], at_us: int) -> None:
        """Take in a batch that came at `at_us`; `ValueError` for one that is none. What does not fit is left out."""
        batch: Batch = read_batch(said)
        latest_us = at_us + _EARLY_US + member.alignment.reading.uncertainty_us
        self.come_due(member, latest_us)
        member.in_flight = batch.in_flight
        for waiting in batch.waiting:
            self._believe(self._take_overdue, member, waiting)
        for bought in batch.bought:
            self._believe(self._take_sample, member, bought, latest_us)
        for number in batch.dropped:
            self._believe(self._take_dropped, member, number)

    def refuse(self, reason: str) -> None:
        """Count something that could not be believed."""
        self.first_refused = self.first_refused or reason
        self.refused += 1

    def _believe(self, take: Callable[..., None], *told: Any) -> None:
        try:
            take(*told)
        except ValueError as error:
            self.refuse(str(error))

    def _take_sample(self, member: Member, bought: Bought, latest_us: int) -> None:
        planned, due_us = self._planned(member, bought.number)
        sent_us = due_us + bought.late_us
        if sent_us + bought.took_us > latest_us:
            raise ValueError("a purchase that ended after it was told of")
        member.share.settle(bought.number)
        sample = Sample(
            number=bought.number,
            diner=planned.diner,
            intended_at=instant_at(due_us),
            sent_at=instant_at(sent_us),
            answered_at=instant_at(sent_us + bought.took_us),
            outcome=bought.outcome,
            status=bought.status,
            evidence=bought.evidence,
            price_btc=planned.price_btc,
        )
        self._samples.append(sample)
        self._recent.add_sample(sample)

    def _take_overdue(self, member: Member, waiting: Waiting) -> None:
        planned, due_us = self._planned(member, waiting.number)
        member.share.note_overdue(waiting.number)
        overdue = Overdue(
            number=waiting.number,
            diner=planned.diner,
            intended_at=instant_at(due_us),
            sent_at=instant_at(due_us + waiting.late_us),
            overdue_at=instant_at(due_us + self._budget_us),
            price_btc=planned.price_btc,
        )
        self._overdue.append(overdue)
        self._recent.add_overdue(overdue)

    def _take_dropped(self, member: Member, number: int) -> None:
        member.share.settle(number)
        self._dropped += 1

    def _planned(self, member: Member, number: int) -> tuple[Planned, int]:
        """Return what was planned, and when it was due at this member's hands."""
        if number >= member.share.next_due:
            raise ValueError("a purchase that is not due yet")
        planned = self._plan.purchase(number)
        return planned, self._zero_us + round(planned.offset_s * 1e6) + member.alignment.later_us
