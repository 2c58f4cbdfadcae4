"""The page of the benchmarks: a run's report goes between its marks, and all else stays as people wrote it."""

import pytest
from bench_page import BEGIN, END, with_report

PAGE = f"# Benchmarks\n\nBefore.\n\n{BEGIN}\n\nold\n\n{END}\n\nAfter.\n"


def test_a_report_takes_the_place_of_the_former_one_and_of_nothing_else():
    assert with_report(PAGE, "new\n") == f"# Benchmarks\n\nBefore.\n\n{BEGIN}\n\nnew\n\n{END}\n\nAfter.\n"


def test_the_same_report_again_changes_nothing():
    once = with_report(PAGE, "new")
    assert with_report(once, "new") == once


@pytest.mark.parametrize("page", ["", BEGIN, f"{END}{BEGIN}", PAGE + PAGE], ids=["none", "half", "turned", "twice"])
def test_a_page_without_its_marks_is_refused(page):
    with pytest.raises(ValueError, match="each of them once"):
        with_report(page, "new")
