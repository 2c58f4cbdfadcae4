"""What a purchase takes in a drill's journal, by its rate, and how often what was written is brought to the disk.

The lines are those that the recorder writes, one a second, by the drill's own writer; only the purchases' times are
made up. No build fails by a figure.
"""

import random
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

import pytest
from figures import FULL, Figure, keep

from chaos_pizza.journal.file import JournalWriter, read_journal
from chaos_pizza.model.conversion import event_to_mapping
from chaos_pizza.model.event import DrillEnded, PurchasesObserved
from chaos_pizza.model.purchase import Evidence, Outcome, Sample

BEGIN = datetime(2026, 11, 24, 20, tzinfo=UTC)
RATES_PER_S = (1, 5, 10, 20, 200)
GOAL_BYTES, GOAL_FROM_PER_S = 80, 10
MOST_SECONDS, MOST_PURCHASES = (600, 12_000) if FULL else (30, 1_000)
SYNCED_S = 6.2 if FULL else 1.2
DISHES_BTC = (0.0038, 0.0042, 0.0042, 0.0028, 0.0099)


class OfLines:
    """The clock of a journal that is written faster than it goes: each line a second after the one before."""

    def __init__(self):
        self.lines = 0

    def now(self):
        return BEGIN + timedelta(seconds=self.lines, microseconds=312)


class Counting(JournalWriter):
    """The drill's own writer, which notes when it brought to the disk what it had written, and how long that took."""

    def __init__(self, *args):
        self.synced_s, self.took_s = [], []
        super().__init__(*args)

    def _sync(self):
        begun_s = time.perf_counter()
        super()._sync()
        self.synced_s.append(begun_s)
        self.took_s.append(time.perf_counter() - begun_s)


def batch(second, rate_per_s, generator, outcome=Outcome.OK):
    """A second's purchases, each sent some tenths of a millisecond late and answered some milliseconds after that."""
    samples = []
    for number in range(second * rate_per_s, (second + 1) * rate_per_s):
        intended_at = BEGIN + timedelta(seconds=number / rate_per_s)
        sent_at = intended_at + timedelta(microseconds=round(generator.lognormvariate(6, 0.8)))
        answered_at = sent_at + timedelta(microseconds=round(generator.lognormvariate(9.3, 0.5)))
        price_btc = sum(generator.choice(DISHES_BTC) for _ in range(generator.randint(1, 3)))
        one = generator.choice((outcome, Outcome.OK)) if outcome is not Outcome.OK else outcome
        how = (200, None) if one is Outcome.OK else (500, Evidence.CHAOS_MONKEY)
        samples.append(Sample(number, number % 5, intended_at, sent_at, answered_at, one, *how, price_btc))
    return PurchasesObserved(tuple(samples), (), 0, 1)


def written(folder, rate_per_s, outcome=Outcome.OK):
    """The bytes that a purchase takes, and the microseconds of a processor that it takes to write it."""
    folder.mkdir()
    clock, generator = OfLines(), random.Random(rate_per_s)
    seconds = min(MOST_SECONDS, MOST_PURCHASES // rate_per_s)
    batches = [batch(second, rate_per_s, generator, outcome) for second in range(seconds)]
    event_to_mapping(DrillEnded(BEGIN, "", False))  # what is made once is not counted
    journal = JournalWriter(folder, clock)
    begun_s = time.thread_time()
    for observed in batches:
        journal.record(observed)
        clock.lines += 1
    took_s = time.thread_time() - begun_s
    journal.close()
    assert [recorded.event for recorded in read_journal(folder).records] == batches
    count = seconds * rate_per_s
    return journal.path.stat().st_size / count, 1e6 * took_s / count


@pytest.mark.parametrize("rate_per_s", RATES_PER_S)
def test_a_purchase_takes_little_in_the_journal(tmp_path, request, rate_per_s):
    each, took_us = written(tmp_path / "good", rate_per_s)
    mixed, _ = written(tmp_path / "mixed", rate_per_s, Outcome.FAILED)
    goal = GOAL_BYTES if rate_per_s >= GOAL_FROM_PER_S else None
    keep(
        request.config.stash_table,
        f"the journal at {rate_per_s} purchases a second",
        [
            Figure("journal", f"bytes by purchase at {rate_per_s}/s", each, "bytes", goal,
                   note=f"a line a second; {took_us:.1f} µs of a processor to write"),
            Figure("journal", f"bytes by purchase at {rate_per_s}/s while half of them fail", mixed, "bytes", goal,
                   note="each with outcome, status and evidence"),
        ],
    )  # fmt: skip


def test_what_is_written_is_on_the_disk_within_a_second(tmp_path, request):
    generator = random.Random(1)
    journal = Counting(tmp_path, OfLines())
    begun_s = time.perf_counter()
    second = 0
    while time.perf_counter() - begun_s < SYNCED_S:
        journal.record(batch(second, 10, generator))
        second += 1
        time.sleep(0.05)
    gaps_s = [later - sooner for sooner, later in pairwise([begun_s, *journal.synced_s])]
    journal.close()
    assert gaps_s
    assert len(read_journal(tmp_path).records) == second
    note = f"{len(gaps_s)} flushes, each of {1000 * median(journal.took_s):.1f} ms, of {second} lines"
    keep(
        request.config.stash_table,
        "the journal on the disk",
        [
            Figure("journal", "longest time without a flush to the disk", max(gaps_s), "s", 1.05, note=note),
            Figure("journal", "shortest time between two flushes", min(gaps_s), "s", 0.95, at_most=False, note=note),
        ],
    )
