"""A day's drill in accelerated time, and a minute's real one: whether all stays as it began; no figure fails a build.

Both run at the same time, each on a core of its own: the day reckons, the minute mostly waits. The real 20 minutes are
`make soak`.
"""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from child import run_alone
from figures import FULL, Figure, keep
from soak import soak

HERE = Path(__file__).parent
DAY_S, DAY_RATE_PER_S = (86_400, 10) if FULL else (300, 10)
SOAK_S, SOAK_RATE_PER_S = (60, 50) if FULL else (0, 0)
GROWTH_PERCENT, JUDGED_S, BYTES = 5.0, 2.5, 80
WARM_UP_RATIO = 1 / 6
JUDGE = """
import sys
from pathlib import Path
from chaos_pizza.drill.result import assess
from chaos_pizza.journal.file import read_journal
contents = read_journal(Path(sys.argv[1]))
assessment = assess(contents.records, contents.complaint)
print(contents.complaint, assessment.result.judgement.verdict.value, len(assessment.course))
"""


def test_a_day_and_a_minute_end_as_they_began(tmp_path, request):
    (tmp_path / "soak").mkdir()
    with ThreadPoolExecutor(1) as beside:
        soaking = beside.submit(soak, tmp_path / "soak", SOAK_S, SOAK_RATE_PER_S) if SOAK_S else None
        figures = day_figures(tmp_path / "day")
    keep(request.config.stash_table, "a day's drill in accelerated time", figures)
    if soaking is not None:
        keep(request.config.stash_table, "a minute's real drill", soaking.result().figures("long"))


def day_figures(folder):
    """Hold the day and judge it; what must hold on any machine is asserted."""
    folder.mkdir()
    command = [sys.executable, str(HERE / "accelerated_day.py"), str(folder), str(DAY_S), str(DAY_RATE_PER_S)]
    day = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=900).stdout)
    judged = run_alone(sys.executable, "-c", JUDGE, str(folder))
    planned = DAY_S * DAY_RATE_PER_S
    assert day["samples"] == planned
    assert day["last_number"] == planned - 1
    assert day["recovered"]
    assert day["detected"]
    assert judged.stdout.split() == ["None", "passed", str(planned)]
    looks, handles = day["memory_mb"], day["handles"]
    warm = looks[round(WARM_UP_RATIO * len(looks)) - 1]
    about = f"{planned} purchases, {day['lines']} lines"
    return [
        Figure("long", "a day: growth of memory after the warm-up, at its most", 100 * (max(looks) / warm - 1), "%",
               GROWTH_PERCENT, note=f"{warm:.0f} MB after a sixth of it, {looks[-1]:.0f} MB at the end"),
        Figure("long", "a day: more file handles at the end", handles[-1] - handles[0], "handles", 0),
        Figure("long", "a day: the latest sending, of all", day["latest_us"] / 1000, "ms", 0.01, note=about),
        Figure("long", "a day: bytes by purchase", day["batch_bytes_each"], "bytes", BYTES,
               note=f"{day['bytes_each']:.1f} with all other lines, a scrape every 5 s among them"),
        Figure("long", "a day: read, proven and judged", judged.took_s, "s", JUDGED_S, note=f"{judged.peak_mb:.0f} MB"),
        Figure("long", "a day: held in", day["took_s"], "s", note=f"{day['cpu_s']:.0f} s of a processor"),
    ]  # fmt: skip
