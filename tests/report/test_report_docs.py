"""What docs/reports.md shows of the pictures is what they say of the kept example."""

from pathlib import Path

from chaos_pizza.drill.course import course_of
from chaos_pizza.drill.observations import gather
from chaos_pizza.folder import judge_folder
from chaos_pizza.report.charts.buckets import LEAST_PURCHASES, MAX_BUCKETS
from chaos_pizza.report.charts.drill import charts_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reports.md").read_text()


def test_the_alternative_shown_is_that_of_the_kept_example():
    result, contents = judge_folder(ROOT / "reports" / "examples" / "factory-fail")
    observations = gather(contents.records)
    course = charts_of(result, observations.started.settings, course_of(observations))[0]
    shown = PAGE.split("<!-- alternative -->\n> ")[1].split("\n<!--")[0]
    assert shown == course.alternative


def test_the_numbers_named_are_those_at_work():
    assert f"of equal width, at most {MAX_BUCKETS}" in PAGE
    assert LEAST_PURCHASES == 5
    assert "at least as wide as five purchases take" in PAGE
