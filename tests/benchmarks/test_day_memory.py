"""A drill that lasts four times as long takes no more memory, in accelerated time: counted in bytes, not in pages."""

import asyncio
import gc
import tracemalloc

import pytest
from accelerated_day import Day

from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.live.growing_timeline import GrowingTimeline

LASTS_S, RATE_PER_S = 1200, 1
ROW_BYTES = 44
"""What a purchase takes in columns: whoever keeps something of each keeps more than that, as objects."""
SHORT = tuple(rule for rule in shipped_rules().values() if rule.window_s <= 60)
"""What a rule looks back on is kept; the others would need hours until they keep no more of it."""


class CountedDay(Day):
    """Counts what Python has allocated since the day began, every five minutes of its second half."""

    def __init__(self, *how, **besides):
        super().__init__(*how, **besides)
        self.timeline = GrowingTimeline(self.passing, few=300)
        self.taken = []

    async def look(self):
        for minute in range(1, self.lasts_s // 60):
            await asyncio.sleep(60)
            self.timeline.up_to_now()
            if minute % 5 == 0 and minute >= self.lasts_s // 120:
                gc.collect()
                self.taken.append((tracemalloc.get_traced_memory()[0], len(gc.get_objects())))


def least_taken(folder, lasts_s, fault_s):
    (folder / "watch").mkdir(parents=True)
    gc.collect()
    before = len(gc.get_objects())
    tracemalloc.start()
    try:
        day = CountedDay(folder, lasts_s, RATE_PER_S, fault_s, SHORT)
        told = day.run()
    finally:
        tracemalloc.stop()
    assert told["samples"] == lasts_s * RATE_PER_S
    # The least: now and then a segment is being packed, in a thread of its own.
    return min(size for size, _ in day.taken), min(count for _, count in day.taken) - before


@pytest.fixture(scope="module")
def everything_loaded(tmp_path_factory):
    """What is loaded, compiled and kept ready by whoever is first is there."""
    least_taken(tmp_path_factory.mktemp("first") / "day", 600, (200, 400))


@pytest.mark.parametrize("is_mended", [True, False])
def test_a_drill_of_four_times_the_purchases_takes_no_more_memory(tmp_path, is_mended, everything_loaded):
    """Whether its fault is over by then, or is on until the last minute."""

    def taken(lasts_s):
        return least_taken(tmp_path / str(lasts_s), lasts_s, (200, 500 if is_mended else lasts_s - 60))

    size, objects = taken(LASTS_S)
    size_of_four, objects_of_four = taken(4 * LASTS_S)
    more = 3 * LASTS_S * RATE_PER_S / 2
    assert size_of_four - size < ROW_BYTES * more
    assert objects_of_four - objects < more / 2
