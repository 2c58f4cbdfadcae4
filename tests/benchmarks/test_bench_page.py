"""How soon the journal of a day's drill is read, proven and judged, and in how much memory: what a page is made from.

The whole size (864,000 purchases, two scrapes every second) is written and read in half a minute by
`CHAOS_PIZZA_BENCHMARKS=full`; otherwise a small one only shows that the way there is open. The figures are printed
beside their goals, and no build fails by them.
"""

import json
import sys

import pytest
from child import run_alone
from figures import FULL, Figure, keep
from long_drill import MONITOR, SHOP, LongDrill

from chaos_pizza.drill.result import assess
from chaos_pizza.journal.file import read_journal
from chaos_pizza.model.conversion import event_from_mapping, event_to_mapping
from chaos_pizza.model.purchase_columns import OUTCOMES

LASTS_S = 86_400 if FULL else 300
GOAL_S, GOAL_MB, GOAL_BYTES = 2.5, 150, 80
SMALL = "" if FULL else "; the whole size: CHAOS_PIZZA_BENCHMARKS=full"
PAGE_GOAL_S, PAGE_GOAL_PEAK_MB, PAGE_GOAL_MB = 5, 300, 1.5
ASSESS = """
import sys
from pathlib import Path
from chaos_pizza.drill.result import assess
from chaos_pizza.journal.file import read_journal
contents = read_journal(Path(sys.argv[1]))
assessment = assess(contents.records, contents.complaint)
print(assessment.result.judgement.verdict.value, len(assessment.course), assessment.result.impact.failed)
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A day's drill, with the scrapes of shop and monitor: the folder, and what was written there."""
    folder = tmp_path_factory.mktemp("long")
    return folder, LongDrill(folder / "journal.jsonl", LASTS_S, (SHOP, MONITOR))


def test_a_long_drill_is_read_and_judged(written, request):
    folder, drill = written
    run = run_alone(sys.executable, "-c", ASSESS, str(folder))
    verdict, count, failed = run.stdout.split()
    assert (verdict, int(count)) == ("passed", drill.samples)
    assert 0 < int(failed) <= drill.failed
    size = (folder / "journal.jsonl").stat().st_size / 2**20
    rests_on = f"{drill.samples:,} purchases, {drill.lines:,} lines, {size:.1f} MiB"
    keep(
        request.config.stash_table,
        f"a long drill's journal{SMALL}",
        [
            Figure("long drill", "its journal read, proven and judged", run.took_s, "s", GOAL_S, note=rests_on),
            Figure("long drill", "greatest memory while judged", run.peak_mb, "MB", GOAL_MB),
            Figure("long drill", "bytes a purchase", drill.batch_bytes / drill.samples, "bytes", GOAL_BYTES),
        ],
    )


def test_the_long_drill_is_written_as_the_drills_own_writer_writes(tmp_path):
    written = LongDrill(tmp_path / "journal.jsonl", 120, (SHOP, MONITOR))
    batches = 0
    for line in (tmp_path / "journal.jsonl").read_text().splitlines():
        event = json.loads(line)["event"]
        if event["type"] in {"purchases_observed", "series_scraped"}:
            again = event_to_mapping(event_from_mapping(event))
            assert (again, list(again)) == (event, list(event))
            batches += event["type"] == "purchases_observed"
    assert batches == 240
    contents = read_journal(tmp_path)
    assert (contents.complaint, len(contents.records)) == (None, written.lines)
    course = assess(contents.records).course
    assert sum(OUTCOMES[place].is_failure for place in course.outcomes.tolist()) == written.failed


def test_the_page_of_a_long_drill_is_made(written, request):
    folder, drill = written
    run = run_alone(sys.executable, "-m", "chaos_pizza", "report", str(folder), cwd=folder)
    assert run.stdout.startswith("passed: ")
    page_mb = (folder / "report.html").stat().st_size / 1e6
    assert page_mb < PAGE_GOAL_MB
    keep(
        request.config.stash_table,
        f"a long drill's page, by chaos-pizza report{SMALL}",
        [
            Figure(
                "long drill", "its report, pictures and page", run.took_s, "s", PAGE_GOAL_S,
                note=f"{drill.samples:,} purchases; the whole process, its start included",
            ),
            Figure("long drill", "greatest memory while reported", run.peak_mb, "MB", PAGE_GOAL_PEAK_MB),
            Figure("long drill", "its page", page_mb, "MB", PAGE_GOAL_MB),
        ],
    )  # fmt: skip
