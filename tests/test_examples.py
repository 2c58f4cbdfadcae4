"""The kept example and the README's excerpt are what a drill really writes."""

import shutil
from pathlib import Path

import pytest

from chaos_pizza.results import write_results

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(path.parent for path in (ROOT / "reports" / "examples").glob("*/journal.jsonl"))


def test_there_is_an_example():
    assert [path.name for path in EXAMPLES] == ["factory-fail"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_what_its_journal_says(example, tmp_path):
    """After a change of the report: `chaos-pizza report reports/examples/factory-fail`."""
    shutil.copy(example / "journal.jsonl", tmp_path)
    write_results(tmp_path)
    for name in ("drill.json", "report.md"):
        assert (tmp_path / name).read_text() == (example / name).read_text()


def test_the_readmes_excerpt_stands_in_the_example():
    readme = (ROOT / "README.md").read_text()
    excerpt = readme.partition("<!-- excerpt -->\n")[2].partition("<!-- end of excerpt -->")[0]
    report = (ROOT / "reports" / "examples" / "factory-fail" / "report.md").read_text()
    lines = [line.removeprefix(">").strip().removeprefix("**Summary.** ") for line in excerpt.splitlines()]
    assert len([line for line in lines if line]) > 5
    for line in filter(None, lines):
        assert line in report
