"""How soon the journal of a day's drill is read, proven and judged, and in how much memory: what a page is made from.

The whole size (864,000 purchases, a scrape every second) is written in some ten seconds and read by
`CHAOS_PIZZA_BENCHMARKS=full`; otherwise a small one only shows that the way there is open. The figures are printed
beside their goals, and no build fails by them.
"""

import json
import os
import sys

import pytest
from child import run_alone
from long_drill import MONITOR, SHOP, LongDrill

from chaos_pizza.drill.result import assess
from chaos_pizza.journal.file import read_journal
from chaos_pizza.model.conversion import event_from_mapping, event_to_mapping
from chaos_pizza.model.purchase_columns import OUTCOMES

FULL = os.environ.get("CHAOS_PIZZA_BENCHMARKS") == "full"
LASTS_S = 86_400 if FULL else 300
GOAL_S, GOAL_MB, GOAL_BYTES = 2.5, 150, 80
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


@pytest.mark.parametrize("sources", [(MONITOR,), (SHOP, MONITOR)], ids=["monitor", "shop and monitor"])
def test_a_long_drill_is_read_and_judged(tmp_path, request, sources):
    written = LongDrill(tmp_path / "journal.jsonl", LASTS_S, sources)
    run = run_alone(sys.executable, "-c", ASSESS, str(tmp_path))
    verdict, count, failed = run.stdout.split()
    assert (verdict, int(count)) == ("passed", written.samples)
    assert 0 < int(failed) <= written.failed
    size = (tmp_path / "journal.jsonl").stat().st_size / 2**20
    request.config.stash_table(
        f"a long drill's journal, scrapes of {' and '.join(sources)}",
        [
            f"{written.samples} purchases, {written.lines} lines, {size:.1f} MiB; read, proven and judged in a process",
            f"{run.took_s:.2f} s (goal {GOAL_S:g} s), {run.cpu_s:.2f} s of a processor",
            f"{run.peak_mb:.0f} MB at the most (goal {GOAL_MB} MB)",
            f"{written.batch_bytes / written.samples:.1f} bytes a purchase (goal {GOAL_BYTES})"
            + ("" if FULL else "; the whole size: CHAOS_PIZZA_BENCHMARKS=full"),
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


def test_the_page_of_a_long_drill_is_made(tmp_path, request):
    written = LongDrill(tmp_path / "journal.jsonl", LASTS_S, (MONITOR,))
    run = run_alone(sys.executable, "-m", "chaos_pizza", "report", str(tmp_path), cwd=tmp_path)
    assert run.stdout.startswith("passed: ")
    page_mb = (tmp_path / "report.html").stat().st_size / 1e6
    assert page_mb < PAGE_GOAL_MB
    request.config.stash_table(
        "a long drill's page, by chaos-pizza report",
        [
            f"{written.samples} purchases; the whole process, start included, pictures and page",
            f"{run.took_s:.2f} s (goal {PAGE_GOAL_S:g} s), {run.cpu_s:.2f} s of a processor",
            f"{run.peak_mb:.0f} MB at the most (goal {PAGE_GOAL_PEAK_MB} MB)",
            f"the page has {page_mb:.2f} MB (goal {PAGE_GOAL_MB:g} MB)"
            + ("" if FULL else "; the whole size: CHAOS_PIZZA_BENCHMARKS=full"),
        ],
    )
