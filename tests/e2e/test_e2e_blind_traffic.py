"""What a blind drill asks of shop and factory is the same for every kind, but for the one request for its fault."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from chaos_pizza.model.draw import Draw

from .blind_days import LEFT_CONNECTIONS, POOL, tapped_day, wait_until_begun
from .under_way import wait_for

pytestmark = [pytest.mark.drill, LEFT_CONNECTIONS]

LOOK, SCRAPE, PURCHASE = "GET /api/vendor", "GET /metrics", "POST /api/order"
AGAIN_AND_AGAIN = {("factory", LOOK), ("shop", SCRAPE), ("shop", PURCHASE)}
FAULT = "PUT /api/vendor/chaos/"
WATCHED_S = 12
DELAY_S = 50
"""So long after it was asked for a fault begins here, where the factory draws the time: within the minute before it."""


@dataclass(frozen=True)
class Watched:
    """What was asked for in a drill: in its first seconds, and in those that were watched."""

    draw: Draw
    at_first: Counter
    then: Counter


def asked(day, since, until):
    return Counter(
        (service, each.what) for service, tap in day.taps.items() for each in tap.asked if since <= each.at < until
    )


def watched(workplace, experiment, **plan):
    with tapped_day(workplace, pool=[{"experiment": f"{experiment}.yaml"}], placebo=None, **plan) as day:
        wait_until_begun(day)
        # Traffic has begun; what is done once is soon over.
        since = datetime.now(UTC) + timedelta(seconds=3)
        until = since + timedelta(seconds=WATCHED_S)
        wait_for(lambda: datetime.now(UTC) > until)
        assert day.process.poll() is None
        return Watched(day.draw, asked(day, datetime.min.replace(tzinfo=UTC), since), asked(day, since, until))


def each_kind(workplace, **plan):
    with ThreadPoolExecutor(len(POOL)) as pool:
        return dict(zip(POOL, pool.map(lambda kind: watched(workplace / kind, kind, **plan), POOL), strict=True))


def told_apart(days):
    """What whoever counts requests would tell the kinds apart by; of what goes on all the time, twice as many do."""
    found = []
    for part in ("at_first", "then"):
        counts = {kind: getattr(day, part) for kind, day in days.items()}
        for what in sorted({what for count in counts.values() for what in count}):
            numbers = {kind: count[what] for kind, count in counts.items()}
            least, most = min(numbers.values()), max(numbers.values())
            is_steady = what in AGAIN_AND_AGAIN
            if (part == "then" or not is_steady) and (most > 2 * least if is_steady else most != least):
                found.append((part, what, numbers))
    return found


def test_before_the_drawn_time_every_kind_asks_the_same(tmp_path):
    days = each_kind(tmp_path, least_wait_s=1800, greatest_wait_s=3600)
    assert told_apart(days) == []
    assert all(day.then["factory", LOOK] > WATCHED_S for day in days.values())


def test_where_the_factory_draws_the_time_the_request_for_the_fault_is_all_that_differs(tmp_path):
    days = each_kind(tmp_path, start="factory", chaos_delay_s=str(DELAY_S))
    requests = {kind: [what for _, what in day.at_first if what.startswith(FAULT)] for kind, day in days.items()}
    assert requests == {"factory-fail": [f"{FAULT}fail"], "factory-badjwt": [f"{FAULT}badjwt"], "placebo": []}
    for kind, (request,) in ((kind, found) for kind, found in requests.items() if found):
        assert days[kind].at_first.pop(("factory", request)) == 1
    assert told_apart(days) == []
    # One every two seconds, and neither ten nor a quarter of one, though the start is less than a minute ahead.
    assert all(2 <= day.then["factory", LOOK] <= WATCHED_S for day in days.values())


def test_until_a_purchase_fails_nothing_follows_the_request_for_the_fault(tmp_path):
    pool = [{"experiment": "factory-fail.yaml"}]
    with tapped_day(tmp_path, chaos_delay_s="6", pool=pool, placebo=None, least_wait_s=3, greatest_wait_s=4) as day:
        wait_for(lambda: "first_impact" in day.feed)
        seen_at = datetime.now(UTC)
        time.sleep(0.5)
        order = next((each.at for each in day.taps["factory"].asked if each.what == PURCHASE), seen_at)
        (request,) = (each.at for each in day.taps["factory"].asked if each.what.startswith(FAULT))
        # The sandbox's word is exact to the microsecond here; an order before it would come two seconds early.
        assert order >= request + timedelta(seconds=5.9)
        between = asked(day, request + timedelta(milliseconds=1), order)
        assert {what for service, what in between if service == "factory"} == {LOOK}
