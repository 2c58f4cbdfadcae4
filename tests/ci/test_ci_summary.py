"""The summary: read as the page that GitHub makes of it."""

import ci_turns as told
import pytest
from markdown_it import MarkdownIt

from chaos_pizza.ci.summary import MOST_BYTES, to_summary

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")


def html(text):
    return MARKDOWN.render(text)


def overview(text):
    """The cells of the first table, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    head = next(place for place, line in enumerate(lines) if line.startswith("| Drill |"))
    body = lines[head + 2 :]
    end = next((place for place, line in enumerate(body) if line.startswith("| Measure |")), len(body))
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in body[:end]]


def test_the_first_line_is_the_worst_verdict():
    assert to_summary([told.passed()]).startswith("## Chaos drills: passed (1 of 1 passed)\n")
    turns = [told.passed(), told.calm_not_restored(), told.failed()]
    assert to_summary(turns).startswith("## Chaos drills: calm not restored (1 of 3 passed)\n")
    assert to_summary([told.refused()]).startswith("## Chaos drills: none could be held (0 of 1 passed)\n")
    assert to_summary([]).startswith("## Chaos drills: none\n")


def test_a_row_for_each_drill_with_its_budgets_kept_or_missed():
    rows = overview(to_summary([told.failed(), told.undetected(), told.refused()]))
    assert rows[0][:5] == [
        "drill.yaml on sandbox",
        "**failed**",
        "4.25 s (4.20 to 4.30 s); ≤ 2 s: **missed**",
        "10.0 s (9.9 to 10.2 s); ≤ 60 s: kept",
        "10.2 s (9.9 to 10.4 s)",
    ]
    assert rows[1][2] == "undetected, at least 9.90 s; ≤ 10 min 0 s: **missed**"
    assert rows[1][5] == "TTA ≤ 10 min 0 s: **missed**"
    assert rows[2] == ["drill", "**not held**", "-", "-", "-", "-"]


def test_a_fault_that_ended_is_not_said_to_be_mitigated_and_a_placebo_has_no_times():
    page = to_summary([told.passed(), told.aborted()])
    assert "M fault ended at" in page
    assert "M mitigated" not in page
    page = to_summary([told.placebo()])
    assert "- (nothing was broken); ≤ 5 s: no time to hold against it" in page
    assert "so there is no time to hold against it" in page


def test_each_drill_has_its_reasons_its_chart_and_where_its_report_is():
    page = to_summary([told.failed()])
    assert "- time to detect of 4.25 s is over its budget of 2 s\n" in page
    assert "Report: reports/d1/report.md\n" in page
    chart = page.partition("```text\n")[2].partition("\n```")[0].splitlines()
    # Bought from 0 to 29.5 s, failed from 10 to 20 s: columns of half a second.
    assert chart[0] == "good " + "█" * 20 + "▁" * 20 + "█" * 20
    assert chart[1] == "fail " + " " * 20 + "x" * 20
    assert (chart[2].index("F"), chart[2].index("D"), chart[2].index("M")) == (5 + 19, 5 + 28, 5 + 39)
    assert "F fault at 20:00:09" in page


@pytest.mark.parametrize("name", told.ALL)
def test_whatever_came_of_a_drill_its_page_has_a_table_and_no_markup_of_strangers(name):
    page = html(to_summary([told.ALL[name]()]))
    assert page.count("<h2>") == page.count("<h3>") == 1
    assert page.count("<table>") in {1, 2}
    for tag in ("<script", "<img", "<a ", "<em>"):
        assert tag not in page
    assert all(char == "\n" or char.isprintable() for char in page)


def test_a_page_that_would_be_too_long_leaves_out_whole_drills_and_says_so():
    turns = [told.failed() for _ in range(50)]
    whole = to_summary(turns)
    cut = to_summary(turns, 12_000)
    assert len(whole.encode()) > 12_000 >= len(cut.encode()) > 9_000
    assert "What is left out here was more than the page takes" in cut
    assert len(overview(cut)) == 50
    assert cut.count("```") % 2 == 0
    assert "What is left out" not in whole


@pytest.mark.parametrize("most", [0, 50, 120, 300, 1000, 5000, 20_000])
def test_it_never_outgrows_what_there_is_room_for(most):
    assert len(to_summary([told.hostile() for _ in range(30)], most).encode()) <= most


def test_a_thousand_drills_fit_on_a_page():
    assert len(to_summary([told.failed()] * 1000).encode()) <= MOST_BYTES
